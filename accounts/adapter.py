"""What allauth asks of us: our mailer, our sign-up rules, no password too long to be one."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.arrivals import arrive
from accounts.models import AccountMail, User

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
        "too_many_login_attempts": _("That was too often. Please wait a few minutes and try again."),
        "rate_limited": _("That was too often. Please wait a few minutes and try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a letter to the mailer above us (`ACCOUNT_MAILER`), which queues it as a notice."""
        code = context.get("code") or ""
        mail = AccountMail.objects.create(
            address=email,
            template=template_prefix.rsplit("/", 1)[-1],
            code=code,
            language=get_language() or settings.LANGUAGE_CODE,
            expires_at=timezone.now() + (CODE_LIFETIME if code else NEWS_LIFETIME),
        )
        import_string(settings.ACCOUNT_MAILER)(mail)

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

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")
