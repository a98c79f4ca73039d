"""allauth's forms of passkeys and second factors, in our words, with the checks it leaves to us."""

import unicodedata
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.keys import MOST_PASSKEYS, has_second_step, passkeys_of
from accounts.names import NameField


class Digits:
    """A field for a code of digits: in whichever script and however spaced they were typed."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    label = _("The six digits from your authenticator app")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("data"):  # what was typed is shown again, and no page can hold a NUL
            kwargs["data"] = {name: value.replace("\0", "") for name, value in kwargs["data"].items()}
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = self.label
        field.error_messages["required"] = _("Please type the code.")
        field.widget.attrs |= {"inputmode": "numeric", "maxlength": "24", "spellcheck": "false"}
        field.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"][:64]
        digits = (str(unicodedata.decimal(c, c)) for c in typed if not c.isspace() and c not in "-‐–")
        self.cleaned_data["code"] = "".join(digits)
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class SecondStepForm(Digits, base.AuthenticateForm):  # type: ignore[misc]
    label = _("The six digits from your app, or a recovery code")


class ConfirmByFactorForm(Digits, base.ReauthenticateForm):  # type: ignore[misc]
    label = _("The six digits from your app, or a recovery code")


class TurnOnAppForm(Digits, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass


class TurnOffAppForm(totp.DeactivateTOTPForm):  # type: ignore[misc]
    pass


class NewRecoveryCodesForm(recovery.GenerateRecoveryCodesForm):  # type: ignore[misc]
    def clean(self) -> dict[str, Any]:
        """Recovery codes stand in for the app; without one they would open nothing."""
        cleaned: dict[str, Any] = super().clean()
        if not has_second_step(self.user):
            raise get_adapter().validation_error("cannot_generate_recovery_codes")
        return cleaned


def _name(initial: str = "") -> NameField:
    return NameField(
        label=_("What do you call it?"),
        help_text=_("So that you know it again, such as “my phone”."),
        initial=initial,
        required=False,
    )


class NewPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = _name(self.initial["name"])

    def clean(self) -> dict[str, Any]:
        if passkeys_of(self.user).count() >= MOST_PASSKEYS:
            raise get_adapter().validation_error("too_many_passkeys")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class SignUpPasskeyForm(webauthn.SignupWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name(self.initial["name"])


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name(self.initial["name"])
        self.fields["name"].required = True


class Counted:
    """Refuses a copied passkey: its counter falls behind the one of the original (WebAuthn 6.1.1)."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        answer = self.cleaned_data["credential"]
        authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
        counter = auth.parse_authentication_response(answer).response.authenticator_data.counter
        seen = authenticator.data.get("counter", authenticator.wrap().authenticator_data.counter)
        if (counter or seen) and counter <= seen:
            raise get_adapter().validation_error("incorrect_passkey")
        authenticator.data["counter"] = counter
        authenticator.save(update_fields=["data"])
        return authenticator


class PasskeySignInForm(Counted, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeySecondStepForm(Counted, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmByPasskeyForm(Counted, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmByPasswordForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Your password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
