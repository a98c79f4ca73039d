"""When something is due for somebody: their hour on their days in their zone. Pure functions, no database, no clock.

A local time that the clocks skip is due at the first moment after the gap; one that they repeat is due the first time.
What is due belongs to the *intended* local day, whatever the calendar says at the moment it happens: where the gap
lies before midnight, the reminder of a Saturday comes in the first minute of Sunday, and Sunday's own still comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WEEK = frozenset(range(7))
LOOK_AHEAD = 15
"""So many days are searched for the next one: two weeks and a day hold every weekday, however short the week was."""


@dataclass(frozen=True)
class Quiet:
    """Hours in which nothing that can wait is told. Ends that are equal mean that there are none."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    @property
    def allowed_minutes(self) -> int:
        """How many minutes of an ordinary day are left."""
        begin, end = (t.hour * 60 + t.minute for t in (self.start, self.end))
        return 24 * 60 - (end - begin) % (24 * 60)


NEVER_QUIET = Quiet(time(0), time(0))


@dataclass(frozen=True)
class Rule:
    """When somebody wants something: the hour, the weekdays (0 is Monday) and the zone, and when not."""

    zone: ZoneInfo
    at: time
    weekdays: frozenset[int] = WEEK
    quiet: Quiet = NEVER_QUIET
    paused_until: date | None = None

    def asks_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not (self.paused_until and day <= self.paused_until)


@dataclass(frozen=True)
class Occurrence:
    """One time that something is due: the intended day of the person's calendar, and the moment."""

    day: date
    at: datetime


@lru_cache(maxsize=65536)
def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The moment (UTC) of a local time; None if that day does not exist there."""
    if not _exists(day, zone):
        return None
    return _first_moment(datetime.combine(day, at, tzinfo=zone))


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the calendar has this day: Samoa went from 29 to 31 December 2011."""
    midnight = datetime.combine(day, time(0), tzinfo=zone)
    return _first_moment(midnight).astimezone(zone).date() == day


def _first_moment(local: datetime) -> datetime:
    """The first moment at which the clocks show this time, or have just jumped over it."""
    first = local.replace(fold=0)
    moment = first.astimezone(UTC)
    if moment.astimezone(first.tzinfo).replace(tzinfo=None, fold=0) == first.replace(tzinfo=None):
        return moment
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), moment, local)


def _end_of_gap(before: datetime, after: datetime, local: datetime) -> datetime:
    """The moment of the jump, which lies between these two: bisected to the second, as the tables have it."""
    zone = local.tzinfo
    offset = before.astimezone(zone).utcoffset()
    seconds = int((after - before).total_seconds())
    low, high = 0, seconds
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return (before + timedelta(seconds=high)).replace(microsecond=0)


def out_of_quiet(moment: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The same moment, or the first one after it that is not in quiet hours."""
    local = moment.astimezone(zone)
    if not quiet.holds(local.time()):
        return moment
    ends = (end for n in range(4) for end in _ends(local.date() + n * DAY, quiet.end, zone))
    return next(end for end in ends if end > moment and not quiet.holds(end.astimezone(zone).time()))


def _ends(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """When quiet hours end on a day: twice where the clocks are set back over the end."""
    first = moment_of(day, at, zone)
    again = datetime.combine(day, at, tzinfo=zone).replace(fold=1).astimezone(UTC)
    return sorted({moment for moment in (first, again) if moment and moment.astimezone(zone).time() >= at})


def occurrences(rule: Rule, *, after_day: date) -> Iterator[Occurrence]:
    """What follows from a rule from the day after `after_day` on, in the order of the days."""
    first = after_day + DAY
    if rule.paused_until:
        first = max(first, rule.paused_until + DAY)
    for n in range(LOOK_AHEAD):
        day = first + n * DAY
        if rule.asks_on(day) and (moment := moment_of(day, rule.at, rule.zone)):
            yield Occurrence(day, out_of_quiet(moment, rule.zone, rule.quiet))
