"""What allauth asks of us: our words, our mailer, our sign-up rules."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from accounts.models import AccountMail

CODE_LIFETIME = timedelta(minutes=10)
NEWS_LIFETIME = timedelta(days=3)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a letter to the mailer above us (`ACCOUNT_MAILER`), which queues it as a notice."""
        code = context.get("code") or ""
        mail = AccountMail.objects.create(
            address=email,
            template=template_prefix.rsplit("/", 1)[-1],
            code=code,
            language=get_language() or "en",
            expires_at=timezone.now() + (CODE_LIFETIME if code else NEWS_LIFETIME),
        )
        import_string(settings.ACCOUNT_MAILER)(mail)
