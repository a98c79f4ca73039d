"""Sends what is due: claim, ask whether it is still wanted, render, send, record.

Any number of senders may work at once, twice, or die at any line: a letter goes out at least once (with
the same Message-ID, so that mailboxes drop a second copy), a nudge at most once.
"""

import logging
from datetime import timedelta
from email.utils import format_datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from notifications import kinds, mail
from notifications.kinds import Kind
from notifications.models import Delivery, Notice

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
State = Delivery.State


def deliver(delivery_pk: int) -> str:
    """Deliver one row, if it is due and nobody else has it. Returns the state it ended in, or "" if not ours."""
    if not Delivery.objects.claim(delivery_pk):
        return ""
    delivery = Delivery.objects.select_related("notice__recipient").get(pk=delivery_pk)
    kind = kinds.find(delivery.notice.kind)
    reason = why_not(delivery, kind)
    if reason or kind is None:
        return _settle(delivery, State.SKIPPED, reason=reason)
    if delivery.attempts > MAX_ATTEMPTS:
        return _settle(delivery, State.FAILED, reason="senders died")
    try:
        return _send(delivery, kind)
    except Exception as error:
        # The type alone: the text of an SMTP error may hold the address or the letter.
        log.warning("delivery %s not sent: %s", delivery.pk, type(error).__name__)
        return _try_later(delivery, kind, type(error).__name__)


def why_not(delivery: Delivery, kind: Kind | None) -> str:
    """Why this delivery shall not be sent after all; empty if it shall."""
    notice = delivery.notice
    if kind is None:
        return "unknown kind"
    if notice.expires_at and notice.expires_at <= timezone.now():
        return "expired"
    if notice.recipient and not (notice.recipient.is_active and notice.recipient.email):
        return "no such person"
    return "" if kind.still_wanted(notice) else "not wanted"


def language_of(notice: Notice, kind: Kind) -> str:
    if notice.recipient:
        return notice.recipient.language
    return kind.language(notice) if kind.language else settings.LANGUAGE_CODE


def _send(delivery: Delivery, kind: Kind) -> str:
    notice = delivery.notice
    _stamp(delivery)
    zone = notice.recipient.zone if notice.recipient else timezone.get_default_timezone()
    with translation.override(language_of(notice, kind)), timezone.override(zone):
        letter = mail.compose(
            notice.recipient.email or "" if notice.recipient else notice.address,
            kind.render(notice),
            message_id=delivery.message_id,
            date=delivery.date_header,
        )
    if kind.nudge and not _ours(delivery).update(state=State.IN_FLIGHT):
        return ""
    mail.send(letter)
    return _settle(delivery, State.SENT)


def _stamp(delivery: Delivery) -> None:
    """Message-ID and Date belong to the letter, not to the attempt: a repeated send is the same letter."""
    if delivery.message_id:
        return
    name = f"{delivery.notice.public_id}/{delivery.channel}"
    token = salted_hmac("notifications.message-id", name, algorithm="sha256").hexdigest()
    delivery.message_id = f"<{token[:32]}@{mail.domain()}>"
    delivery.date_header = format_datetime(timezone.now())
    _ours(delivery).update(message_id=delivery.message_id, date_header=delivery.date_header)


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as this claim of it holds; a sender that was too slow changes nothing."""
    return Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, state__in=[State.CLAIMED, State.IN_FLIGHT]
    )


def _settle(delivery: Delivery, state: Delivery.State, reason: str = "") -> str:
    sent_at = timezone.now() if state == State.SENT else None
    ours = _ours(delivery).update(state=state, reason=reason[:40], sent_at=sent_at, lease_until=None)
    kind = kinds.find(delivery.notice.kind)
    if ours and kind and kind.fleeting:
        delivery.notice.delete()
    return state


def _try_later(delivery: Delivery, kind: Kind, reason: str) -> str:
    """A letter gets another try after a pause that grows; a nudge does not, for nobody misses it."""
    if kind.nudge:
        return _settle(delivery, State.UNKNOWN if _was_in_flight(delivery) else State.FAILED, reason)
    if delivery.attempts >= MAX_ATTEMPTS:
        return _settle(delivery, State.FAILED, reason)
    _ours(delivery).update(
        state=State.WAITING,
        reason=reason[:40],
        lease_until=None,
        not_before=timezone.now() + WAITS[delivery.attempts - 1],
    )
    return State.WAITING


def _was_in_flight(delivery: Delivery) -> bool:
    return _ours(delivery).filter(state=State.IN_FLIGHT).exists()


def settle_lost_nudges() -> int:
    """Nudges whose sender died in the act: perhaps sent, perhaps not; never sent again."""
    lost = Delivery.objects.filter(state=State.IN_FLIGHT, lease_until__lt=timezone.now())
    return lost.update(state=State.UNKNOWN, reason="sender died", lease_until=None)
