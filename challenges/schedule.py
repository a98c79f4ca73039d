"""Calendar arithmetic of challenges: which step on which day. Pure functions, no database, no clock."""

from collections.abc import Container, Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, islice, takewhile

LATE_DAYS = 7
"""An act may be logged for today or the seven days before; a challenge takes late acts as long after its last day."""
SATURDAY = 5
WEEK = 7
FARTHEST = 366
"""Longer than this no calendar is off: a school that never opens would have no steps at all."""


class Phase(StrEnum):
    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class _Weekends:
    """Every Saturday and Sunday."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day.weekday() >= SATURDAY


# Days on which nothing is asked are handed in as `off`: none, the weekends, or those of a school.
NO_DAYS: Container[date] = frozenset()
WEEKENDS: Container[date] = _Weekends()


def asking_days(start: date, off: Container[date]) -> Iterator[date]:
    """The days from `start` on that are not off. A calendar that leaves out a whole year leaves out nothing."""
    day, left_out = start, 0
    while True:
        left_out = left_out + 1 if day in off else 0
        if not left_out or left_out > FARTHEST:
            yield day
        day += timedelta(days=1)


def day_of_step(start: date, position: int, *, off: Container[date] = NO_DAYS) -> date:
    """The date on which a daily challenge asks step `position` (0 is the first)."""
    if off is NO_DAYS:
        return start + timedelta(days=position)
    return next(islice(asking_days(start, off), position, None))


def position_on(start: date, day: date, steps: int, *, off: Container[date] = NO_DAYS) -> int | None:
    """The step a daily challenge asks on `day`; None before, after and on a day off."""
    if day < start:
        return None
    for position, asking in enumerate(islice(asking_days(start, off), steps)):
        if asking >= day:
            return position if asking == day else None
    return None


def last_day(
    start: date, *, cadence: str, steps: int, weeks: int, length_days: int, off: Container[date] = NO_DAYS
) -> date:
    """The last day of a challenge that starts on `start`.

    What runs by the week or as cards has as many weeks as it says, not counting those in which every day is off.
    """
    if cadence == "daily":
        return day_of_step(start, max(steps, 1) - 1, off=off)
    days = max(weeks, 1) * WEEK if cadence == "weekly" else max(length_days, 1)
    full, rest = divmod(days - 1, WEEK)
    return week_span(start, full, off=off)[0] + timedelta(days=rest)


def days_between(first: date, last: date, *, off: Container[date] = NO_DAYS) -> int:
    """How many days a challenge has from `first` to `last`, both of them included, not counting those that are off."""
    days = max((last - first).days + 1, 0)
    return days if off is NO_DAYS else sum(first + timedelta(days=n) not in off for n in range(days))


def _week_counts(start: date, stretch: int, off: Container[date]) -> bool:
    first = start + timedelta(weeks=stretch)
    return any(first + timedelta(days=n) not in off for n in range(WEEK))


def _stretches(start: date, off: Container[date]) -> Iterator[int]:
    """The stretches of seven days from the start that have a day which is not off, by their number."""
    left_out = 0
    for stretch in count():
        left_out = 0 if _week_counts(start, stretch, off) else left_out + 1
        if not left_out or left_out > FARTHEST // WEEK:
            yield stretch


def week_of(start: date, day: date, *, off: Container[date] = NO_DAYS) -> int:
    """The challenge week a day lies in, counted from 0; weeks begin on the weekday of the start.

    A stretch of seven days off is no week: it belongs to the week before it.
    """
    stretch = (day - start).days // WEEK
    if off is NO_DAYS or stretch < 0:
        return stretch
    return max(sum(1 for _ in takewhile(lambda one: one <= stretch, _stretches(start, off))) - 1, 0)


def week_span(start: date, week: int, *, off: Container[date] = NO_DAYS) -> tuple[date, date]:
    """First and last day of a challenge week, with the days off that follow it until the next one begins."""
    stretch, following = week, week + 1
    if off is not NO_DAYS:
        stretch, following = islice(_stretches(start, off), week, week + 2)
    return start + timedelta(weeks=stretch), start + timedelta(weeks=following, days=-1)


def phase_on(day: date, *, start: date, end: date, cancelled: bool = False) -> Phase:
    if cancelled:
        return Phase.CANCELLED
    if day < start:
        return Phase.UPCOMING
    if day <= end:
        return Phase.OPEN
    return Phase.LATE if day <= end + timedelta(days=LATE_DAYS) else Phase.CLOSED


def loggable_days(today: date) -> list[date]:
    """The days an act may be logged for, newest first: today and the seven before."""
    return [today - timedelta(days=back) for back in range(LATE_DAYS + 1)]
