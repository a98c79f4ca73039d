"""Letters about an account, handed to the mailer above us (`ACCOUNT_MAILER`), which queues each as a notice."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from accounts.models import AccountMail, User


def send(address: str, template: str, *, code: str, until: datetime, language: str = "") -> None:
    """Queue one letter.

    Args:
        template: the letter's name, which the mailer knows.
        code: what it hands over, if anything: six digits, or the end of a link.
        until: when that stops working, and with it the sense of the letter.
    """
    mail = AccountMail.objects.create(
        address=address,
        template=template,
        code=code,
        language=language or _language_of(address),
        expires_at=until,
    )
    import_string(settings.ACCOUNT_MAILER)(mail)


def _language_of(address: str) -> str:
    """What the owner of the account reads; whoever has none, what their browser asks for."""
    chosen = User.objects.filter(email=address).values_list("language", flat=True).first()
    return chosen or get_language() or settings.LANGUAGE_CODE
