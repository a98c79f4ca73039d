"""allauth's forms of signing in, in our words and with our widgets."""

from typing import Any

from allauth.account import forms as allauth
from allauth.socialaccount import forms as social
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

ADDRESS = _("E-mail address")
PASSWORD_HINT = _("At least 10 characters. Three or four words that you will remember work well.")


class OurSignupForm(allauth.SignupForm):  # type: ignore[misc]
    """allauth's sign-up form (which takes `SignupForm` in) with our labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Only for signing in and for the messages that you choose.")
        _address(self.fields["email"])


class ServerSignupForm(social.SignupForm):  # type: ignore[misc]
    """The same two lines for who comes with an account elsewhere, filled in with what is known there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Only for signing in and for the messages that you choose.")
        _address(self.fields["email"])


class LoginForm(allauth.LoginForm):  # type: ignore[misc]
    """Sign-in: an address alone asks for a mailed code; with a password it is a password sign-in."""

    def __init__(self, *args: Any, with_password: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        _address(self.fields["login"])
        if with_password:
            self.fields["password"] = allauth.PasswordField(label=_("Password"), autocomplete="current-password")
            _plain(self.fields["password"])

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        """As allauth does it, but an error keeps its code, so that "too often" can be told from "not right"."""
        request_form = allauth.RequestLoginCodeForm({"email": email})
        if request_form.is_valid():
            self.user = request_form._user
        for error in request_form.errors.as_data().get("email", []):
            self.add_error("login", error)
        cleaned: dict[str, Any] = self.cleaned_data
        return cleaned

    def _setup_password_field(self) -> None:
        """allauth decides by the sign-up fields; here the page decides."""
        del self.fields["password"]


class NewAddressForm(allauth.AddEmailForm):  # type: ignore[misc]
    """Another address for oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _address(self.fields["email"])
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class CodeForm(allauth.BaseConfirmCodeForm):  # type: ignore[misc]
    """A six-digit code: a phone shows digits and offers the code from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("The six digits from the mail")
        field.error_messages["required"] = _("Please type the six digits from the mail.")
        field.widget.attrs |= {"inputmode": "numeric", "maxlength": "12", "spellcheck": "false"}
        _plain(field)

    def clean_code(self) -> str:
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        code: str = super().clean_code()
        return code


class LoginCodeForm(CodeForm, allauth.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class AddressCodeForm(CodeForm, allauth.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    pass


class PasswordCodeForm(CodeForm, allauth.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _address(self.fields["email"])


class OnePassword:
    """A new password is typed once: who mistypes it still signs in by a mailed code."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HINT
        for field in self.fields.values():
            _plain(field)


class NewPasswordForm(OnePassword, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(OnePassword, allauth.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Your password until now")
        self.fields["oldpassword"].help_text = ""


def _plain(field: forms.Field) -> None:
    """Labels stand above the fields; a placeholder would say it twice and vanish."""
    field.widget.attrs.pop("placeholder", None)


def _address(field: forms.Field) -> None:
    """An address field in our words, no longer than the column it is kept in."""
    field.label = ADDRESS
    field.error_messages["required"] = _("Please give your e-mail address.")
    field.validators.append(MaxLengthValidator(254))
    _plain(field)
