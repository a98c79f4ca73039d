"""Writes down what is due: from clocks that have come round to notices with their deliveries.

Any number of planners may run at once, twice, or die at any line. A round is one transaction; a notice is unique by
person, kind and local day; a clock is moved on only from the moment at which it was found.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import TZPATH

import tzdata
from django.db import transaction
from django.utils import timezone

from notifications import channels, kinds, rhythms, schedule
from notifications.models import Clock, Delivery, Notice, Sign
from notifications.rhythms import Rhythm
from notifications.schedule import Occurrence, Rule

PER_ROUND = 1000
ZONES, STIRRED = "time zones", "stirred"
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Row:
    """A clock as it was found."""

    pk: int
    user: int
    next_at: datetime
    last_on: date | None


@dataclass(frozen=True)
class Turn:
    """What comes of a clock: what was due by now, and when and after which day it comes round again."""

    row: Row
    due: Sequence[Occurrence]
    next_at: datetime | None
    last_on: date | None


def plan(now: datetime | None = None) -> int:
    """Plan everything that is due. Returns the number of notices that are to be sent."""
    now = now or timezone.now()
    if zones_have_changed():
        set_all_clocks(now)
    _stir(now)
    planned = 0
    while rows := list(Clock.objects.due(now).values_list("rhythm", "pk", "user_id", "next_at", "last_on")[:PER_ROUND]):
        by_rhythm: dict[str, list[Row]] = defaultdict(list)
        for name, pk, user, next_at, last_on in rows:
            by_rhythm[name].append(Row(pk, user, next_at or now, last_on))
        for name, found in by_rhythm.items():
            rhythm = rhythms.find(name)
            if rhythm is None:  # of a release that knew more than this one
                _move([Turn(row, (), None, row.last_on) for row in found])
            else:
                planned += _plan(rhythm, found, now)
    return planned


def _stir(now: datetime) -> None:
    """Start the clocks of those to whom something happened since the last tick, and a little before: what was written
    then may have become visible only now."""
    stirred = [rhythm for rhythm in rhythms.every() if rhythm.stirred]
    if not stirred:
        return
    last = Sign.objects.filter(name=STIRRED).values_list("at", flat=True).first() or now
    for rhythm in stirred:
        assert rhythm.stirred  # noqa: S101 (chosen by it)
        Clock.objects.start(rhythm.name, rhythm.stirred(last - OVERLAP))
    Sign.objects.update_or_create(name=STIRRED, defaults={"at": now})


def _plan(rhythm: Rhythm, rows: Sequence[Row], now: datetime) -> int:
    rules = rhythm.rules([row.user for row in rows])
    turns = [_turn(rhythm, row, rules.get(row.user), now) for row in rows]
    by_day: dict[date, list[Turn]] = defaultdict(list)
    for turn in turns:
        for one in turn.due:
            by_day[one.day].append(turn)
    kind = kinds.get(rhythm.kind)
    ways = channels.for_people(kind, {turn.row.user for turn in turns if turn.due})
    planned = 0
    with transaction.atomic():
        for day, those in sorted(by_day.items()):
            lanes = rhythm.wanted(day, [turn.row.user for turn in those if ways[turn.row.user]])
            wanted = [turn for turn in those if turn.row.user in lanes]
            planned += _write(rhythm, day, wanted, lanes, ways, now)
        _move(turns)
    return planned


def _turn(rhythm: Rhythm, row: Row, rule: Rule | None, now: datetime) -> Turn:
    if rule is None:
        return Turn(row, (), None, row.last_on)
    if row.last_on is None:  # a new clock: nothing was missed before the moment at which it was wound
        following = rhythms.from_now(rule, row.next_at, None)
        last = following.day - schedule.DAY if following else now.astimezone(rule.zone).date()
        return Turn(row, (), following.at if following else None, last)
    oldest = (now - rhythms.FARTHEST_BACK).astimezone(rule.zone).date()
    last, due = max(row.last_on, oldest), []
    while True:
        following = next(schedule.occurrences(rule, after_day=last), None)
        if following is None or following.at > now:
            break
        due.append(following)
        last = following.day
    if due and not rhythm.lasting:
        following = None  # until something happens again
    return Turn(row, due, following.at if following else None, last)


def _write(
    rhythm: Rhythm,
    day: date,
    turns: Sequence[Turn],
    lanes: Mapping[int, int],
    ways: dict[int, list[str]],
    now: datetime,
) -> int:
    """The notices of one day with their deliveries; what is too late, or not the newest, is written as skipped."""
    kind, key = kinds.get(rhythm.kind), day.isoformat()
    moments = {turn.row.user: next(one.at for one in turn.due if one.day == day) for turn in turns}
    newest = {turn.row.user for turn in turns if turn.due[-1].day == day}
    live = {user for user in newest if now - moments[user] <= rhythm.latest}
    notices = [
        Notice(
            recipient_id=user,
            kind=rhythm.kind,
            key=key,
            in_app=kind.in_app and user in live,
            due_at=moment,
            expires_at=moment + rhythm.latest,
        )
        for user, moment in moments.items()
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    written = Notice.objects.filter(recipient__in=moments, kind=rhythm.kind, key=key, deliveries=None)
    deliveries = []
    for pk, user in written.values_list("pk", "recipient_id"):
        assert user  # noqa: S101 (found by it)
        for channel in ways[user]:
            one = Delivery(notice_id=pk, channel=channel, manner=kind.manner, lane=lanes[user])
            one.not_before = moments[user]
            if user not in live:
                one.state, one.reason = Delivery.State.SKIPPED, "late"
            deliveries.append(one)
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    return sum(one.state == Delivery.State.WAITING for one in deliveries)


def _move(turns: Iterable[Turn]) -> None:
    """Set clocks on, each only from the moment at which it was found: another planner may have been faster."""
    alike: dict[tuple[datetime, datetime | None, date | None], list[int]] = defaultdict(list)
    for turn in turns:
        alike[turn.row.next_at, turn.next_at, turn.last_on].append(turn.row.pk)
    for (found_at, next_at, last_on), pks in sorted(alike.items(), key=lambda item: item[1]):
        Clock.objects.filter(pk__in=pks, next_at=found_at).update(next_at=next_at, last_on=last_on)


# --- New time zones -----------------------------------------------------------------------------


def zone_release() -> str:
    """Which release of the time zones is in use, and which rhythms are known: with a new one of either, all clocks are
    set anew."""
    return f"{tzdata.IANA_VERSION} {' '.join(TZPATH)} {' '.join(sorted(one.name for one in rhythms.every()))}".strip()


def zones_have_changed() -> bool:
    sign = Sign.objects.filter(name=ZONES).first()
    return sign is None or sign.note.get("release") != zone_release()


def set_all_clocks(now: datetime) -> None:
    """Reckon every cached moment anew from its rule, and give a clock to everybody who should have one.

    Once after a start with another release of the time zones. A moment that has passed stays, to be planned.
    """
    for rhythm in rhythms.every():
        Clock.objects.bulk_create(
            [Clock(user_id=user, rhythm=rhythm.name, next_at=now) for user in rhythm.people()],
            ignore_conflicts=True,
            batch_size=PER_ROUND,
        )
        last_pk = 0
        ahead = Clock.objects.filter(rhythm=rhythm.name, next_at__gt=now, last_on__isnull=False).order_by("pk")
        while rows := list(ahead.filter(pk__gt=last_pk).values_list("pk", "user_id", "next_at", "last_on")[:PER_ROUND]):
            last_pk = rows[-1][0]
            found = [Row(pk, user, next_at or now, last_on) for pk, user, next_at, last_on in rows]
            rules = rhythm.rules([row.user for row in found])
            turns = []
            for row in found:
                rule = rules.get(row.user)
                following = next(schedule.occurrences(rule, after_day=row.last_on or date.min), None) if rule else None
                turns.append(Turn(row, (), following.at if following else None, row.last_on))
            _move(turn for turn in turns if turn.next_at != turn.row.next_at)
    Sign.objects.leave(ZONES, {"release": zone_release()})
