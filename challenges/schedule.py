"""Calendar arithmetic of challenges: which step on which day. Pure functions, no database, no clock."""

from datetime import date, timedelta
from enum import StrEnum

LATE_DAYS = 7
"""An act may be logged for today or the seven days before; a challenge takes late acts as long after its last day."""
SATURDAY = 5


class Phase(StrEnum):
    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def is_workday(day: date) -> bool:
    return day.weekday() < SATURDAY


def nth_workday(start: date, n: int) -> date:
    """The n-th workday (0 is the first) on or after `start`."""
    day = start
    while not is_workday(day):
        day += timedelta(days=1)
    weeks, rest = divmod(n, 5)
    day += timedelta(weeks=weeks)
    for _ in range(rest):
        day += timedelta(days=1)
        while not is_workday(day):
            day += timedelta(days=1)
    return day


def day_of_step(start: date, position: int, *, workdays_only: bool) -> date:
    """The date on which a daily challenge asks step `position` (0 is the first)."""
    return nth_workday(start, position) if workdays_only else start + timedelta(days=position)


def position_on(start: date, day: date, steps: int, *, workdays_only: bool) -> int | None:
    """The step a daily challenge asks on `day`; None before, after and on a day off."""
    if day < start or (workdays_only and not is_workday(day)):
        return None
    if workdays_only:
        first = nth_workday(start, 0)
        if day < first:
            return None
        weeks, days = divmod((day - first).days, 7)
        passed = sum(1 for d in range(days) if is_workday(first + timedelta(days=d)))
        position = weeks * 5 + passed
    else:
        position = (day - start).days
    return position if position < steps else None


def last_day(start: date, *, cadence: str, steps: int, weeks: int, length_days: int, workdays_only: bool) -> date:
    """The last day of a challenge that starts on `start`."""
    if cadence == "daily":
        return day_of_step(start, max(steps, 1) - 1, workdays_only=workdays_only)
    if cadence == "weekly":
        return start + timedelta(weeks=max(weeks, 1), days=-1)
    return start + timedelta(days=max(length_days, 1) - 1)


def days_between(first: date, last: date, *, workdays_only: bool) -> int:
    """How many days a daily challenge has from `first` to `last`, both of them included."""
    days = max((last - first).days + 1, 0)
    if not workdays_only:
        return days
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum(is_workday(first + timedelta(days=n)) for n in range(rest))


def week_of(start: date, day: date) -> int:
    """The challenge week a day lies in, counted from 0; weeks begin on the weekday of the start."""
    return (day - start).days // 7


def week_span(start: date, week: int) -> tuple[date, date]:
    """First and last day of a challenge week."""
    first = start + timedelta(weeks=week)
    return first, first + timedelta(days=6)


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
