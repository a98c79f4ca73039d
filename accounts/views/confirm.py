"""Confirming that it is you: with a password, a code from the app, a passkey, or a mailed code."""

from typing import Any

from allauth.account import views as allauth
from allauth.mfa.base.views import ReauthenticateView as FactorView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView

from accounts.confirming import MailedConfirmation
from accounts.key_forms import ConfirmByFactorForm, ConfirmByPasskeyForm, ConfirmByPasswordForm
from accounts.limits import allow, too_many
from accounts.sign_in_forms import CodeForm
from accounts.views.kind_status import KindStatus

page = require_http_methods(["GET", "HEAD", "POST"])


class NewKey(KindStatus):
    """What is trusted more gets a new session key (ASVS 7.2.4)."""

    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        self.request.session.cycle_key()
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response


class ByPassword(NewKey, allauth.ReauthenticateView):  # type: ignore[misc]
    template_name = "account/confirm_by_password.html"

    def get_form_class(self) -> type[Form]:
        return ConfirmByPasswordForm


class ByFactor(NewKey, FactorView):  # type: ignore[misc]
    template_name = "account/confirm_by_factor.html"

    def get_form_class(self) -> type[Form]:
        return ConfirmByFactorForm


class ByPasskey(NewKey, ReauthenticateWebAuthnView):  # type: ignore[misc]
    template_name = "account/confirm_by_passkey.html"

    def get_form_class(self) -> type[Form]:
        return ConfirmByPasskeyForm

    def form_invalid(self, form: Form) -> HttpResponse:
        """Here again with the reason, where allauth would go to the sign-in page."""
        response = FormView.form_invalid(self, form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth drops what it is given, and with it the form that was refused.
        return {**super().get_context_data(**kwargs), **kwargs}


class ByMail(NewKey, allauth.BaseReauthenticateView):  # type: ignore[misc]
    template_name = "account/confirm_by_mail.html"
    process: MailedConfirmation | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.process = MailedConfirmation.resume(request)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("action") == "send" or self.process is None:
            return self._send(request)
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def _send(self, request: HttpRequest) -> HttpResponseBase:
        if not allow(request, "confirm"):
            return too_many(request, "confirm")
        if self.process:
            messages.success(request, _("A new code is on its way. Only the newest one works."))
        MailedConfirmation.begin(request)
        return redirect(self.passthrough_next_url(reverse("account_confirm_by_mail")))

    def get_form_class(self) -> type[Form]:
        return CodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "code": self.process.code if self.process else ""}

    def form_valid(self, form: Form) -> HttpResponse:
        if self.process:
            self.process.finish()
        return super().form_valid(form)

    def form_invalid(self, form: Form) -> HttpResponse:
        if self.process and not self.process.record_invalid_attempt():
            self.process = None
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_sent": self.process is not None}


by_password = page(ByPassword.as_view())
by_factor = page(ByFactor.as_view())
by_passkey = page(ByPasskey.as_view())
by_mail = page(ByMail.as_view())
