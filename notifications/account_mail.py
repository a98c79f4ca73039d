"""Letters about accounts: sign-in codes, address checks, changed passwords. `accounts` hands them up to us."""

from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import AccountMail, AddressChange, User
from notifications import outbox, samples
from notifications.kinds import Kind, Message, register
from notifications.models import Notice

# What allauth calls its letters, and which of ours says it.
TEMPLATES = {
    "login_code": "mail/login_code",
    "email_confirmation": "mail/address_code",
    "email_confirmation_signup": "mail/sign_up_code",
    "password_reset_code": "mail/password_code",
    "account_already_exists": "mail/account_exists",
    "unknown_account": "mail/unknown_account",
    "password_changed": "mail/password_changed",
    "password_set": "mail/password_changed",
    "password_reset": "mail/password_changed",
    "confirm_code": "mail/confirm_code",
}


class News(NamedTuple):
    """A letter that says what has happened to an account; one template for all of them."""

    subject: str
    heading: str
    said: str


# What has happened, by allauth's name for the letter. The words are looked up in the reader's language.
NEWS = {
    "webauthn_added": News(
        gettext_noop("A passkey was added at %(site)s"),
        gettext_noop("A passkey was added."),
        gettext_noop("From now on a new passkey opens your account."),
    ),
    "webauthn_removed": News(
        gettext_noop("A passkey was removed at %(site)s"),
        gettext_noop("A passkey was removed."),
        gettext_noop("A passkey no longer opens your account."),
    ),
    "totp_activated": News(
        gettext_noop("The second step is on at %(site)s"),
        gettext_noop("The second step is on."),
        gettext_noop("From now on signing in also asks for a code from your authenticator app."),
    ),
    "totp_deactivated": News(
        gettext_noop("The second step is off at %(site)s"),
        gettext_noop("The second step is off."),
        gettext_noop("Signing in no longer asks for a code from your authenticator app."),
    ),
    "recovery_codes_generated": News(
        gettext_noop("New recovery codes at %(site)s"),
        gettext_noop("You have new recovery codes."),
        gettext_noop("New recovery codes were made just now. The old ones no longer work."),
    ),
    "email_changed": News(
        gettext_noop("Your address at %(site)s has changed"),
        gettext_noop("You sign in with another address."),
        gettext_noop("Your account no longer uses this address. From now on everything goes to the new one."),
    ),
    "address_in_use": News(
        gettext_noop("This is your address at %(site)s now"),
        gettext_noop("You sign in with this address."),
        gettext_noop("Your account uses this address from now on. The old one has been told."),
    ),
    "account_connected": News(
        gettext_noop("An account elsewhere opens yours at %(site)s"),
        gettext_noop("An account elsewhere was connected."),
        gettext_noop("From now on an account at another site opens yours."),
    ),
    "account_disconnected": News(
        gettext_noop("An account elsewhere no longer opens yours at %(site)s"),
        gettext_noop("An account elsewhere was disconnected."),
        gettext_noop("An account at another site no longer opens yours."),
    ),
}
# Letters that carry a link, and the page it opens.
LINKS = {"address_proof": "account_prove_address", "address_stop": "account_stop_address"}
KNOWN = {*TEMPLATES, *NEWS, *LINKS}


def queue(mail: AccountMail) -> None:
    """The mailer that `accounts` calls (`ACCOUNT_MAILER`)."""
    outbox.queue(mail.address, "account", mail.public_id, expires_at=mail.expires_at, context={"mail": mail.public_id})


def _mails(notice: Notice) -> QuerySet[AccountMail]:
    return AccountMail.objects.filter(public_id=notice.context.get("mail", ""))


def _still_wanted(notice: Notice) -> bool:
    """A code that no longer opens anything is not worth a letter."""
    return _mails(notice).filter(expires_at__gt=timezone.now(), template__in=KNOWN).exists()


def _render(notice: Notice) -> Message:
    mail = _mails(notice).get()
    if mail.template not in LINKS:
        return _say(mail)
    by_link = Q(proof=mail.code) if mail.template == "address_proof" else Q(stopper=mail.code)
    return _say_link(mail, AddressChange.objects.select_related("user", "begun_by").get(by_link))


def _say(mail: AccountMail) -> Message:
    if mail.template in NEWS:
        return _news(mail, NEWS[mail.template])
    return Message(
        subject=_("About your account at %(site)s") % {"site": settings.SITE_NAME},
        line="",
        path=reverse("account_login"),
        template=TEMPLATES[mail.template],
        context={"code": mail.code, "address": mail.address},
    )


def _news(mail: AccountMail, news: News) -> Message:
    return Message(
        subject=_(news.subject) % {"site": settings.SITE_NAME},
        line="",
        path=reverse("account_login"),
        template="mail/account_news",
        context={"heading": _(news.heading), "said": _(news.said), "address": mail.address},
    )


def _say_link(mail: AccountMail, change: AddressChange) -> Message:
    """A change of address that somebody's leader has begun: one link for the new mailbox, another for the old one."""
    return Message(
        subject=_("About your account at %(site)s") % {"site": settings.SITE_NAME},
        line="",
        path=reverse(LINKS[mail.template], args=[mail.code]),
        template=f"mail/{mail.template}",
        context={
            "address": mail.address,
            "leader": change.begun_by.name if change.begun_by else settings.SITE_NAME,
            "provable_from": change.provable_from.astimezone(change.user.zone),
        },
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


def _sample(template: str) -> Message:
    mail = AccountMail(template=template, address=samples.READER, code="123456")
    if template not in LINKS:
        return _say(mail)
    mia, olive = User(name="Mia Marsh", email=samples.READER), User(name="Olive Okafor")
    return _say_link(mail, AddressChange(user=mia, begun_by=olive, address=samples.READER))


for _template in KNOWN:
    samples.register(_template.replace("_", "-"), "account", partial(_sample, _template))
