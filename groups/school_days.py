"""Which days a school is open: pure arithmetic over its weekdays, terms and holidays, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONDAY_TO_FRIDAY = "01234"


@dataclass(frozen=True)
class Span:
    """Some days in a row, the last one included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
    """When a school is open.

    Attributes:
        weekdays: the days of the week with lessons, Monday being 0.
        terms: lessons are only within these; none given means all year.
        holidays: no lessons within these.
    """

    weekdays: str = MONDAY_TO_FRIDAY
    terms: Sequence[Span] = ()
    holidays: Sequence[Span] = ()

    def is_school_day(self, day: date) -> bool:
        in_term = not self.terms or any(day in term for term in self.terms)
        return str(day.weekday()) in self.weekdays and in_term and not any(day in free for free in self.holidays)

    def off_days(self, first: date, last: date) -> frozenset[date]:
        """The days from `first` to `last` on which there is no school."""
        return frozenset(day for day in days(first, last) if not self.is_school_day(day))

    def next_school_day(self, day: date, *, within: int = 120) -> date | None:
        """The first school day on or after a day; None where there is none for months."""
        return next((one for one in days(day, day + timedelta(days=within)) if self.is_school_day(one)), None)


@dataclass(frozen=True)
class DaysOff:
    """All days on which a school is closed, to be asked one by one: `day in days_off`."""

    calendar: Calendar

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and not self.calendar.is_school_day(day)


ALWAYS_OPEN = Calendar(weekdays="0123456")
"""What holds for a group that is no class: every day is a day."""


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
