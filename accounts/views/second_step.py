"""The second step: an authenticator app, recovery codes that are shown once, and the page that asks for either."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.totp.internal.auth import TOTP
from django.forms import Form
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from accounts.confirming import confirmed
from accounts.key_forms import (
    NewRecoveryCodesForm,
    PasskeySecondStepForm,
    SecondStepForm,
    TurnOffAppForm,
    TurnOnAppForm,
)
from accounts.keys import Type, passkeys_of
from accounts.people import person
from accounts.views.kind_status import KindStatus

page = require_http_methods(["GET", "HEAD", "POST"])


class SecondStepView(KindStatus, AuthenticateView):  # type: ignore[misc]
    template_name = "account/second_step.html"

    def get_form_class(self) -> type[Form]:
        return SecondStepForm

    def get_webauthn_form_class(self) -> type[Form]:
        return PasskeySecondStepForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"has_passkey": passkeys_of(self.stage.login.user).exists()}


@method_decorator(confirmed, name="dispatch")
class TurnOnAppView(KindStatus, totp.ActivateTOTPView):  # type: ignore[misc]
    template_name = "account/app_on.html"

    def get_form_class(self) -> type[Form]:
        return TurnOnAppForm

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        # The code that has turned it on does not sign in as well: each works once.
        app = Authenticator.objects.get(user=person(self.request), type=Type.TOTP)
        TOTP(app)._mark_code_used(form.cleaned_data["code"])
        return response


@method_decorator(confirmed, name="dispatch")
class TurnOffAppView(KindStatus, totp.DeactivateTOTPView):  # type: ignore[misc]
    template_name = "account/app_off.html"

    def get_form_class(self) -> type[Form]:
        return TurnOffAppForm

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        Authenticator.objects.filter(user=person(self.request), type=Type.RECOVERY_CODES).delete()
        return response


@method_decorator(confirmed, name="dispatch")
class RecoveryCodesView(recovery.ViewRecoveryCodesView):  # type: ignore[misc]
    template_name = "account/recovery_codes.html"


@method_decorator(confirmed, name="dispatch")
class NewRecoveryCodesView(KindStatus, recovery.GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = "account/recovery_codes_new.html"

    def get_form_class(self) -> type[Form]:
        return NewRecoveryCodesForm


second_step = page(SecondStepView.as_view())
turn_on_app = page(TurnOnAppView.as_view())
turn_off_app = page(TurnOffAppView.as_view())
recovery_codes = require_safe(RecoveryCodesView.as_view())
new_recovery_codes = page(NewRecoveryCodesView.as_view())
