"""The last letter somebody gets: their account is gone. It is queued like any other and leaves nothing behind."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.ids import new_public_id
from notifications import outbox, samples
from notifications.kinds import Kind, Message, register
from notifications.models import Notice

# An address of somebody who is gone is kept for a day at most, even if no mail server answers for so long.
LIFETIME = timedelta(hours=20)


def queue(address: str, language: str) -> None:
    """Write to an address that no account has any more, in the language its owner read."""
    outbox.queue(address, "farewell", new_public_id(), context={"language": language})


def _say(address: str) -> Message:
    return Message(
        subject=_("Your account is deleted"),
        line="",
        path="",
        template="mail/farewell",
        context={"address": address},
    )


def _language(notice: Notice) -> str:
    return str(notice.context.get("language", settings.LANGUAGE_CODE))


register(
    Kind(
        name="farewell",
        mail=True,
        in_app=False,
        still_wanted=lambda _notice: True,
        render=lambda notice: _say(notice.address),
        transactional=True,
        lifetime=LIFETIME,
        fleeting=True,
        language=_language,
    )
)
samples.register("farewell", "farewell", lambda: _say(samples.READER))
