"""`/admin/`, for operators: behind a second factor, and without anything that people have written."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.confirming import has_used_a_key
from accounts.keys import has_second_step, passkeys_of
from accounts.look_only import LookOnly
from accounts.people import person


class OperatorSite(admin.AdminSite):
    site_title = site_header = gettext_lazy("For operators")
    index_title = gettext_lazy("What runs here; nothing that people wrote")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what was written for operators: what libraries register shows addresses, secrets and more."""
        if admin_class is not None and issubclass(admin_class, LookOnly):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and only in a session that a passkey, the app or a recovery code has opened or confirmed."""
        user = request.user
        return bool(user.is_active and getattr(user, "is_staff", False) and has_used_a_key(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = secure_admin_login(self._second_factor)(request)
        return response

    def _second_factor(self, request: HttpRequest) -> HttpResponse:
        """Staff who are signed in without one: on to the one they have, or to setting one up."""
        me = person(request)
        onward = "?" + urlencode({"next": reverse("admin:index")})
        if self.has_permission(request):
            return redirect("admin:index")
        if has_second_step(me):
            return redirect(reverse("mfa_reauthenticate") + onward)
        if passkeys_of(me).exists():
            return redirect(reverse("mfa_reauthenticate_webauthn") + onward)
        messages.info(request, _("The pages for operators need a passkey or an authenticator app. Add one here first."))
        return redirect("mfa_index")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one page for that, and it asks for what it has to."""
        return redirect("account_change_password")
