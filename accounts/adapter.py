"""What allauth asks of us: our mailer, our sign-up rules, no password too long to be one."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.arrivals import arrive
from accounts.keys import has_second_step, passkeys_of
from accounts.models import User

CODE_LIFETIME = timedelta(minutes=10)
NEWS_LIFETIME = timedelta(days=3)
# Longer than any passphrase; what is longer is refused before anything expensive looks at it.
LONGEST_PASSWORD = 1024


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("That password does not match this address. Please try again."),
        "incorrect_code": _("That code does not match. Please look at the newest mail and try again."),
        "enter_current_password": _("That is not your password until now. Please try again."),
        "incorrect_password": _("That password does not match. Please try again."),
        "too_many_login_attempts": _("That was too often. Please ask for a new code, or wait a few minutes."),
        "duplicate_email": _("That is the address you sign in with already."),
        "rate_limited": _("That was too often. Please wait a few minutes and try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's letters go where all others go."""
        code = context.get("code") or ""
        until = timezone.now() + (CODE_LIFETIME if code else NEWS_LIFETIME)
        letters.send(email, template_prefix.rsplit("/", 1)[-1], code=code, until=until)

    def generate_password_reset_code(self) -> str:
        """Six digits like every other code of ours (allauth reads the setting for this one under another name)."""
        code: str = self.generate_login_code()
        return code

    def post_login(self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any) -> HttpResponse:
        """Whichever way somebody came in, what they had begun as a visitor is done first."""
        response: HttpResponse = super().post_login(
            request, user, redirect_url=arrive(request, user) or redirect_url, **kwargs
        )
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        if len(credentials.get("password", "")) > LONGEST_PASSWORD:
            credentials["password"] = ""
        user: User | None = super().authenticate(request, **credentials)
        return user

    def clean_password(self, password: str, user: User | None = None) -> str:
        if len(password) > LONGEST_PASSWORD:
            message = _("This password is too long. Please use at most %(limit)d characters.")
            raise ValidationError(message, code="password_too_long", params={"limit": LONGEST_PASSWORD})
        cleaned: str = super().clean_password(password, user=user)
        return cleaned

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, str]]:
        """How somebody may confirm that it is them; the first is offered first.

        A mailed code is as good as a sign-in, so it will do wherever no second step is asked for.
        """
        if not isinstance(user, User):
            return []
        ways = []
        if user.has_usable_password():
            ways.append(("reauthenticate", _("Use my password"), "account_reauthenticate"))
        if has_second_step(user):
            ways.append(("mfa_reauthenticate", _("Use a code from my app"), "mfa_reauthenticate"))
        elif user.email:
            ways.append(("code", _("Mail me a code"), "account_confirm_by_mail"))
        if passkeys_of(user).exists():
            ways.append(("mfa_reauthenticate:webauthn", _("Use a passkey"), "mfa_reauthenticate_webauthn"))
        return [{"id": key, "description": str(words), "url": reverse(name)} for key, words, name in ways]

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Back to where an address is changed; a sign-up goes on by itself."""
        return reverse("mfa_index") if self.request.user.is_authenticated else reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")
