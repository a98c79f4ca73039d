"""Letters about accounts: sign-in codes, address checks, changed passwords. `accounts` hands them up to us."""

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountMail
from notifications import outbox
from notifications.kinds import Kind, Message, register
from notifications.models import Notice

# What allauth calls its letters, and which of ours says it.
TEMPLATES = {
    "login_code": "mail/login_code",
    "email_confirmation": "mail/sign_up_code",
    "email_confirmation_signup": "mail/sign_up_code",
    "password_reset_code": "mail/password_code",
    "account_already_exists": "mail/account_exists",
    "unknown_account": "mail/unknown_account",
    "password_changed": "mail/password_changed",
    "password_set": "mail/password_changed",
    "password_reset": "mail/password_changed",
}


def queue(mail: AccountMail) -> None:
    """The mailer that `accounts` calls (`ACCOUNT_MAILER`)."""
    outbox.queue(mail.address, "account", mail.public_id, expires_at=mail.expires_at, context={"mail": mail.public_id})


def _mails(notice: Notice) -> QuerySet[AccountMail]:
    return AccountMail.objects.filter(public_id=notice.context.get("mail", ""))


def _still_wanted(notice: Notice) -> bool:
    """A code that no longer opens anything is not worth a letter."""
    return _mails(notice).filter(expires_at__gt=timezone.now(), template__in=TEMPLATES).exists()


def _render(notice: Notice) -> Message:
    mail = _mails(notice).get()
    return Message(
        subject=_("About your account at %(site)s") % {"site": settings.SITE_NAME},
        line="",
        path=reverse("account_login"),
        template=TEMPLATES[mail.template],
        context={"code": mail.code, "address": mail.address},
    )


def _language(notice: Notice) -> str:
    return _mails(notice).get().language


register(
    Kind(
        name="account",
        mail=True,
        in_app=False,
        still_wanted=_still_wanted,
        render=_render,
        transactional=True,
        language=_language,
    )
)
