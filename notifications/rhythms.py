"""What comes again and again: a rhythm gets a notice planned for each person on each day on which it is due."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.zones import zone_named
from notifications import schedule
from notifications.models import Clock, Preferences
from notifications.schedule import WEEK, Occurrence, Rule

LATEST = timedelta(hours=3)
FARTHEST_BACK = timedelta(days=14)
"""What was missed longer ago than this is not even noted."""


@dataclass(frozen=True)
class Rhythm:
    """Something that comes again and again, at times that each person chooses.

    Attributes:
        name: of the clocks; at most 12 characters.
        kind: of the notices, whose key is the intended local day: there is one a day at most.
        people: the ids of those who should have a clock; asked once after a start with new time zones.
        rules: the rules of these people; who is missing has none (any more), and their clock stands still.
        wanted: by day, who of these people is really told something on it, each with the lane (group id).
        latest: how late it may still be sent; what is later is noted as skipped.
        lasting: whether the clock runs for as long as somebody takes part; the others are started by what happens.
        of_all: whether everybody who takes part has its clock; the others' are started where it is asked for.
        stirred: who (ids) has to be told something at the next time, of what happened since a moment; asked at each
            tick, and about a moment more than once.
    """

    name: str
    kind: str
    people: Callable[[], Iterable[int]]
    rules: Callable[[Sequence[int]], Mapping[int, Rule]]
    wanted: Callable[[date, Sequence[int]], Mapping[int, int]]
    latest: timedelta = LATEST
    lasting: bool = True
    of_all: bool = True
    stirred: Callable[[datetime], Iterable[int]] | None = None


_rhythms: dict[str, Rhythm] = {}


def register(rhythm: Rhythm) -> None:
    _rhythms[rhythm.name] = rhythm


def find(name: str) -> Rhythm | None:
    return _rhythms.get(name)


def every() -> Iterable[Rhythm]:
    return _rhythms.values()


def with_wishes(users: Sequence[int]) -> Iterator[tuple[User, Preferences]]:
    """Those of these people who can be told something again and again, each with what they chose. Two queries."""
    wishes = {row.user_id: row for row in Preferences.objects.filter(user__in=users)}
    people = User.objects.filter(pk__in=users, is_active=True, kind=User.Kind.PERSON)
    for user in people.only("pk", "time_zone"):
        yield user, wishes.get(user.pk, Preferences(user=user))


def same_for_all(at: time, weekdays: frozenset[int] = WEEK) -> Callable[[Sequence[int]], Mapping[int, Rule]]:
    """The rules of a rhythm whose hour nobody chooses: theirs is the zone, the quiet hours and the pause."""

    def rules(users: Sequence[int]) -> dict[int, Rule]:
        return {
            user.pk: Rule(
                zone=zone_named(user.time_zone),
                at=at,
                weekdays=weekdays,
                quiet=wishes.quiet,
                paused_until=wishes.paused_until,
            )
            for user, wishes in with_wishes(users)
        }

    return rules


def wind(users: Iterable[User]) -> None:
    """Let the clocks run of these people, who take part in something now. Those that run are left alone."""
    users = list(users)
    for rhythm in every():
        if rhythm.lasting and rhythm.of_all:
            Clock.objects.wind(rhythm.name, users)


def set_anew(name: str, users: QuerySet[Any]) -> None:
    """Let the next tick set the clocks of these people (ids), whose rules have changed without their doing. A day that
    was dealt with does not come again: a notice is unique by its day."""
    Clock.objects.filter(rhythm=name, user__in=users).update(next_at=timezone.now(), last_on=None)


def at(name: str, user: User) -> time | None:
    """The hour that holds for somebody by their rule; None if they have none."""
    rhythm = find(name)
    rule = rhythm.rules([user.pk]).get(user.pk) if rhythm else None
    return rule.at if rule else None


def from_now(rule: Rule, now: datetime, last_on: date | None) -> Occurrence | None:
    """The next one from this moment on. A day that was dealt with does not come again, whichever zone one is in."""
    yesterday = now.astimezone(rule.zone).date() - schedule.DAY
    found = schedule.occurrences(rule, after_day=max(last_on or yesterday, yesterday))
    return next((one for one in found if one.at >= now), None)


def rewind(user: User) -> None:
    """Set somebody's clocks by the rules as they are now: another hour, other days, another zone, a pause."""
    now = timezone.now()
    for clock in Clock.objects.filter(user=user):
        rhythm = find(clock.rhythm)
        rule = rhythm.rules([user.pk]).get(user.pk) if rhythm else None
        following = from_now(rule, now, clock.last_on) if rule else None
        clock.next_at = following.at if following else None
        if following:
            # What lies between was not missed: it was never due by the new rule.
            clock.last_on = max(clock.last_on or date.min, following.day - schedule.DAY)
        clock.save(update_fields=["next_at", "last_on"])
