"""Sends what is due: claim, ask whether it is still wanted, render, send, record.

Any number of senders may work at once, twice, or die at any line: a letter goes out at least once (with
the same Message-ID, so that mailboxes drop a second copy), a nudge at most once.
"""

import contextlib
import logging
import random
import smtplib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from math import inf
from time import monotonic, sleep

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from notifications import channels, kinds, mail, smtp, stopping
from notifications.ahead import Ahead, address_of
from notifications.kinds import Kind
from notifications.models import Delivery, Notice, Preferences, Sign, Suppression
from notifications.models.delivery import LEASE
from notifications.models.suppression import HARD, SOFT
from notifications.schedule import out_of_quiet

log = logging.getLogger(__name__)
BATCH = 20
LANES_AT_ONCE = 4
MAX_ATTEMPTS = 5
MAX_DEATHS = 3
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
PATIENCE = timedelta(days=2)
"""So long a letter waits for a mail server that cannot be reached."""
NO_SUCH_MAILBOX = {b"5.1.1", b"5.1.2", b"5.1.3", b"5.1.6", b"5.1.10", b"5.2.1"}
LONGEST_PAUSE = timedelta(seconds=20)
PACE = "pace"
State, Manner = Delivery.State, Delivery.Manner


# --- Which ------------------------------------------------------------------------------------------


def run(seconds: float = 25) -> bool:
    """Send what is due until nothing is or the time is over. True if there may be more."""
    settle_lost_nudges()
    ends, queue = monotonic() + seconds, Queue()
    with mail.line():
        while monotonic() < ends:
            batch = queue.take(BATCH)
            if not batch or not send_batch(batch, ends):
                return False
    return True


def send_batch(batch: Sequence[Delivery], ends: float = inf) -> bool:
    """Send what was claimed together, and give back what there is no time for. False if the mail server is away."""
    ahead = Ahead(batch)
    for n, delivery in enumerate(batch):
        if monotonic() > ends:
            _give_back(batch[n:])
            break
        if not ahead.is_fresh:
            ahead = Ahead(batch[n:])
        try:
            _deliver(delivery, ahead)
        except smtp.Away:
            _give_back(batch[n + 1 :])
            return False
    return True


def deliver(delivery_pk: int) -> str:
    """Deliver one row, if it is due and nobody else has it. Returns the state it ended in, or "" if not ours."""
    token = Delivery.objects.claim(delivery_pk)
    if not token:
        return ""
    delivery = Delivery.objects.claimed_as(token).select_related("notice__recipient__preferences").get()
    try:
        return _deliver(delivery)
    except smtp.Away:
        return State.WAITING


class Queue:
    """Who is next: what somebody waits for first, then the groups by turns, each with its oldest."""

    FRESH = 2.0

    def __init__(self) -> None:
        self.lanes: list[tuple[str, int]] = []
        self.looked_at = 0.0

    def take(self, count: int) -> list[Delivery]:
        """Claim up to so many; none if nothing is due, or if no more may leave at the moment."""
        now = timezone.now()
        if not hold_pace(now):
            return []
        if settings.MAIL_PER_SECOND:
            count = min(count, max(1, int(settings.MAIL_PER_SECOND)))
        for pks in self._choices(now, count):
            if pks and (token := Delivery.objects.claim(pks, now)):
                claimed = list(Delivery.objects.claimed_as(token).select_related("notice__recipient__preferences"))
                keep_pace(len(claimed))
                return claimed
        return []

    def _choices(self, now: datetime, count: int) -> Iterator[list[int]]:
        asked = Delivery.objects.filter(state=State.WAITING, manner=Manner.TRANSACTIONAL, not_before__lte=now)
        yield list(asked.order_by("not_before").values_list("pk", flat=True)[:count])
        # One whose sender died is taken alone: should it be what kills senders, it takes no other with it.
        yield list(Delivery.objects.abandoned(now).values_list("pk", flat=True)[:1])
        if monotonic() - self.looked_at > self.FRESH:
            self._look(now)
        for _others_were_faster in range(3):
            yield self._by_turns(now, count)
        self._look(now)
        yield self._by_turns(now, count)

    def _look(self, now: datetime) -> None:
        waiting = Delivery.objects.filter(state=State.WAITING, not_before__lte=now).exclude(manner=Manner.TRANSACTIONAL)
        lanes = waiting.order_by().values_list("manner", "lane").distinct()
        self.lanes = [
            (manner, lane) for manner, lane in lanes if manner == Manner.NUDGE or not _has_had_enough(lane, now)
        ]
        self.looked_at = monotonic()

    def _by_turns(self, now: datetime, count: int) -> list[int]:
        lanes = random.sample(self.lanes, min(LANES_AT_ONCE, len(self.lanes)))
        found: list[int] = []
        for manner, lane in lanes:
            share = count // len(lanes)
            rows = Delivery.objects.filter(state=State.WAITING, manner=manner, lane=lane, not_before__lte=now)
            first = list(rows.order_by("not_before").values_list("pk", flat=True)[: share * 3])
            # Senders that look at the same moment do not all reach for the same rows.
            found += sorted(random.sample(first, min(share, len(first))))
        return found


def _has_had_enough(lane: int, now: datetime) -> bool:
    if not lane or not settings.MAIL_PER_GROUP_AND_HOUR:
        return False
    sent = Delivery.objects.filter(state=State.SENT, lane=lane, sent_at__gt=now - timedelta(hours=1))
    return sent.count() >= settings.MAIL_PER_GROUP_AND_HOUR


def hold_pace(now: datetime) -> bool:
    """Wait until the next letters may leave; False if that is too long to wait for."""
    if not settings.MAIL_PER_SECOND:
        return True
    free_at = Sign.objects.filter(name=PACE).values_list("at", flat=True).first() or now
    if free_at - now > LONGEST_PAUSE:
        return False
    sleep(max((free_at - now).total_seconds(), 0))
    return True


def keep_pace(count: int) -> None:
    """Note that so many leave now; the next ones leave when they have had their time."""
    if not settings.MAIL_PER_SECOND or not count:
        return
    Sign.objects.get_or_create(name=PACE)
    while True:
        sign, now = Sign.objects.get(name=PACE), timezone.now()
        at = max(sign.at, now) + timedelta(seconds=count / settings.MAIL_PER_SECOND)
        if Sign.objects.filter(name=PACE, at=sign.at).update(at=at):
            return


# --- Whether ----------------------------------------------------------------------------------------


def why_not(delivery: Delivery, kind: Kind | None, ahead: Ahead) -> str:
    """Why this delivery shall not be sent after all; empty if it shall."""
    notice, person = delivery.notice, delivery.notice.recipient
    if kind is None:
        return "unknown kind"
    if notice.expires_at and notice.expires_at <= timezone.now():
        return "late" if kind.nudge else "expired"
    if person and not (person.is_active and person.email):
        return "no such person"
    if person and kind.topic and ahead.is_off(notice, kind.topic, delivery.channel):
        return "switched off"
    if person and kind.topic and Preferences.objects.of(person).is_paused_on(person.today()):
        return "paused"
    by_mail = delivery.channel == Delivery.Channel.MAIL
    if by_mail and not kind.transactional and ahead.is_stopped(notice):
        return "suppressed"
    if by_mail and person and kind.topic and ahead.has_been_told_enough(notice):
        return "enough for a day"
    return kind.objection(notice)


def _quiet_until(notice: Notice, kind: Kind) -> datetime | None:
    """When this person may be told something again, if they want quiet now and this can wait."""
    person, now = notice.recipient, timezone.now()
    if person is None or not kind.topic:
        return None
    until = out_of_quiet(now, person.zone, Preferences.objects.of(person).quiet)
    return until if until > now else None


# --- How --------------------------------------------------------------------------------------------


def _deliver(delivery: Delivery, ahead: Ahead | None = None) -> str:
    kind, ahead = kinds.find(delivery.notice.kind), ahead or Ahead([delivery])
    if delivery.deaths >= MAX_DEATHS or delivery.attempts > MAX_ATTEMPTS:
        return _settle(delivery, State.FAILED, "senders died")
    try:
        with _as_read(delivery.notice, kind):
            return _tell(delivery, kind, ahead)
    except smtp.Taken:
        return ""
    except smtp.Away as problem:
        _server_is_away(delivery, str(problem))
        raise
    except smtp.Unsure as problem:
        mail.hang_up()
        return _unsure(delivery, str(problem))
    except smtplib.SMTPException as problem:
        return _refused(delivery, *_code(problem))
    except Exception as error:
        mail.hang_up()
        # The type alone: the text of an error may hold the address or the letter.
        log.warning("delivery %s not sent: %s", delivery.pk, type(error).__name__)
        return _unsure(delivery, type(error).__name__)


def _tell(delivery: Delivery, kind: Kind | None, ahead: Ahead) -> str:
    reason = why_not(delivery, kind, ahead)
    if reason or kind is None:
        return _settle(delivery, State.SKIPPED, reason)
    if until := _quiet_until(delivery.notice, kind):
        return _put_off(delivery, until, "quiet hours")
    if delivery.channel != Delivery.Channel.MAIL:
        return _send_otherwise(delivery, kind)
    _send(delivery, kind)
    ahead.note(delivery)
    return _settle(delivery, State.SENT)


@contextlib.contextmanager
def _as_read(notice: Notice, kind: Kind | None) -> Iterator[None]:
    """In the language and the zone of whoever reads it."""
    zone = notice.recipient.zone if notice.recipient else timezone.get_default_timezone()
    with translation.override(language_of(notice, kind)), timezone.override(zone):
        yield


def _send(delivery: Delivery, kind: Kind) -> None:
    notice = delivery.notice
    _stamp(delivery)
    letter = mail.compose(
        address_of(notice),
        kind.render(notice),
        message_id=delivery.message_id,
        date=delivery.date_header,
        topic=kind.topic,
        stop_url=stopping.url_for(notice.recipient, kind.topic) if notice.recipient and kind.topic else "",
    )
    letter.about_to_go = lambda: _goes(delivery)  # type: ignore[attr-defined]
    mail.send(letter)


def _send_otherwise(delivery: Delivery, kind: Kind) -> str:
    way = channels.way(delivery.channel)
    if way is None or way.send is None:
        return _settle(delivery, State.SKIPPED, "no such way")
    if not _goes(delivery):
        return ""
    try:
        way.send(delivery, kind)
    except channels.Nobody:
        return _settle(delivery, State.SKIPPED, "no device")
    except channels.Later as later:
        return _later(delivery, later)
    return _settle(delivery, State.SENT)


def language_of(notice: Notice, kind: Kind | None) -> str:
    if notice.recipient:
        return notice.recipient.language
    return kind.language(notice) if kind and kind.language else settings.LANGUAGE_CODE


def _stamp(delivery: Delivery) -> None:
    """Message-ID and Date belong to the letter, not to the attempt: a repeated send is the same letter."""
    if delivery.message_id:
        return
    name = f"{delivery.notice.public_id}/{delivery.channel}"
    token = salted_hmac("notifications.message-id", name, algorithm="sha256").hexdigest()
    delivery.message_id = f"<{token[:32]}@{mail.domain()}>"
    delivery.date_header = format_datetime(timezone.now())


def _goes(delivery: Delivery) -> bool:
    """Commit that it is under way, with what makes a second copy recognizable. False if somebody else has it."""
    return bool(
        _ours(delivery).update(
            state=State.IN_FLIGHT,
            lease_until=timezone.now() + LEASE,
            message_id=delivery.message_id,
            date_header=delivery.date_header,
        )
    )


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as this claim of it holds; a sender that was too slow changes nothing."""
    return Delivery.objects.claimed_as(delivery.claim_token).filter(pk=delivery.pk)


# --- And then ---------------------------------------------------------------------------------------


def _settle(delivery: Delivery, state: Delivery.State, reason: str = "") -> str:
    sent_at = timezone.now() if state == State.SENT else None
    ours = _ours(delivery).update(state=state, reason=reason[:40], sent_at=sent_at, lease_until=None)
    kind = kinds.find(delivery.notice.kind)
    if ours and kind and kind.fleeting:
        delivery.notice.delete()
    return state


def _put_off(delivery: Delivery, until: datetime, reason: str, *, counts: bool = False) -> str:
    expires = delivery.notice.expires_at
    if expires and until >= expires:
        return _settle(delivery, State.SKIPPED, "late" if reason == "quiet hours" else "expired")
    _ours(delivery).update(
        state=State.WAITING,
        reason=reason[:40],
        lease_until=None,
        not_before=until,
        attempts=F("attempts") - (0 if counts else 1),
    )
    return State.WAITING


def _give_back(deliveries: Sequence[Delivery]) -> None:
    """What was claimed and not begun waits as before."""
    for delivery in deliveries:
        _ours(delivery).update(state=State.WAITING, lease_until=None, attempts=F("attempts") - 1)


def _server_is_away(delivery: Delivery, problem: str) -> None:
    """The longer it has been away, the longer the letter waits before it tries again."""
    waited = timezone.now() - delivery.notice.due_at
    if waited > PATIENCE:
        _settle(delivery, State.FAILED, problem)
    else:
        _put_off(delivery, timezone.now() + _jitter(min(max(waited / 4, WAITS[0]), WAITS[-1])), problem)


def _refused(delivery: Delivery, code: int, said: bytes) -> str:
    """The server heard the letter and said no: for good, or for now."""
    reason, words = str(code), said.split()
    enhanced = words[0] if words and words[0][:2] in {b"4.", b"5."} else b""
    if enhanced:
        reason += f" {enhanced.decode(errors='replace')}"
    if 400 <= code < 500 and delivery.attempts < MAX_ATTEMPTS:
        pause = _jitter(WAITS[min(delivery.attempts, len(WAITS)) - 1])
        return _put_off(delivery, timezone.now() + pause, reason, counts=True)
    address = address_of(delivery.notice)
    if enhanced in NO_SUCH_MAILBOX or (code in {550, 551, 553} and not enhanced):
        Suppression.objects.stop(address, Suppression.Why.BOUNCED, reason)
    elif code in {450, 452, 550, 552}:
        Suppression.objects.score(address, SOFT if code < 500 else HARD, reason)
    return _settle(delivery, State.FAILED, reason)


def _later(delivery: Delivery, later: channels.Later) -> str:
    """A service in between is away or has enough: it is asked again when it likes. A nudge that it may have taken is
    left alone."""
    if later.perhaps:
        return _unsure(delivery, str(later))
    if delivery.attempts >= MAX_ATTEMPTS:
        return _settle(delivery, State.FAILED, str(later))
    pause = max(later.pause, _jitter(WAITS[min(delivery.attempts, len(WAITS)) - 1]))
    return _put_off(delivery, timezone.now() + pause, str(later), counts=True)


def _unsure(delivery: Delivery, problem: str) -> str:
    """It may have arrived: a nudge stays as it is, a letter is sent once more and recognized as the same."""
    in_flight = _ours(delivery).filter(state=State.IN_FLIGHT).exists()
    if delivery.manner == Manner.NUDGE and in_flight:
        return _settle(delivery, State.UNKNOWN, problem)
    if delivery.attempts >= MAX_ATTEMPTS:
        return _settle(delivery, State.FAILED, problem)
    pause = _jitter(WAITS[min(delivery.attempts, len(WAITS)) - 1])
    return _put_off(delivery, timezone.now() + pause, problem, counts=True)


def _code(problem: smtplib.SMTPException) -> tuple[int, bytes]:
    """What the server said; a fault of the conversation without an answer counts as "try later"."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return next((code, _bytes(said)) for code, said in problem.recipients.values())
    if isinstance(problem, smtplib.SMTPResponseException):
        return problem.smtp_code, _bytes(problem.smtp_error)
    return 451, b""


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _jitter(pause: timedelta) -> timedelta:
    """A little more or less, so that what failed together does not come back together."""
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)


def settle_lost_nudges() -> int:
    """Nudges whose sender died in the act: perhaps sent, perhaps not; never sent again."""
    lost = Delivery.objects.filter(state=State.IN_FLIGHT, manner=Manner.NUDGE, lease_until__lt=timezone.now())
    return lost.update(state=State.UNKNOWN, reason="sender died", lease_until=None)
