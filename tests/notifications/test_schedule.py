"""When something is due: every zone, every change of the clocks, and people who travel (SAFETY A7–A9, A12)."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.zones import known_zones
from notifications.schedule import (
    NEVER_QUIET,
    WEEK,
    Occurrence,
    Quiet,
    Rule,
    moment_of,
    occurrences,
    out_of_quiet,
)

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
QUARTERS = [time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 15)]
NIGHT = Quiet(time(21), time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# --- Fixed cases (BAD_INPUTS 1–5) ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T03:00-04:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T02:30+02:00"),
        ("America/Nuuk", "2026-03-28 23:30", "2026-03-29T00:00-01:00"),
        ("America/Havana", "2026-03-08 00:00", "2026-03-08T01:00-04:00"),
        ("America/Santiago", "2026-09-06 00:00", "2026-09-06T01:00-03:00"),
        ("Africa/Cairo", "2026-04-24 00:15", "2026-04-24T01:00+03:00"),
        ("Asia/Beirut", "2026-03-29 00:10", "2026-03-29T01:00+03:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:30+11:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45+11:00"),
        ("Antarctica/Troll", "2026-03-29 02:00", "2026-03-29T03:00+02:00"),
        ("Africa/Casablanca", "2026-02-15 02:30", "2026-02-15T02:30+01:00"),
        ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22T03:00+01:00"),
        ("Asia/Kathmandu", "2026-03-12 08:30", "2026-03-12T08:30+05:45"),
    ],
)
def test_a_time_the_clocks_skip_is_due_right_after_and_a_doubled_one_the_first_time(
    zone: str, local: str, moment: str
) -> None:
    wanted = datetime.fromisoformat(local)
    assert moment_of(wanted.date(), wanted.time(), ZoneInfo(zone)) == at(moment)


def test_a_reminder_pushed_over_midnight_takes_nothing_from_the_next_day() -> None:
    """The gap of Nuuk starts at 23:00: Saturday's comes in the first minute of Sunday, and Sunday's on Sunday."""
    rule = Rule(ZoneInfo("America/Nuuk"), time(23, 30))
    found = occurrences(rule, after_day=date(2026, 3, 27))
    assert next(found) == Occurrence(date(2026, 3, 28), at("2026-03-29T00:00-01:00"))
    assert next(found) == Occurrence(date(2026, 3, 29), at("2026-03-29T23:30-01:00"))


def test_a_day_that_a_calendar_skips_has_nothing_due_and_the_next_is_as_ever() -> None:
    apia = Rule(ZoneInfo("Pacific/Apia"), time(8))
    assert moment_of(date(2011, 12, 30), time(8), apia.zone) is None
    found = occurrences(apia, after_day=date(2011, 12, 28))
    assert [next(found).day.day for _n in range(3)] == [29, 31, 1]


def test_only_chosen_weekdays_and_none_in_a_pause() -> None:
    rule = Rule(ZoneInfo("UTC"), time(8), weekdays=frozenset({0, 3}), paused_until=date(2026, 3, 12))
    days = [found.day for found in occurrences(rule, after_day=date(2026, 3, 1))]
    assert days == [date(2026, 3, 16), date(2026, 3, 19), date(2026, 3, 23), date(2026, 3, 26)]
    assert not list(occurrences(Rule(ZoneInfo("UTC"), time(8), weekdays=frozenset()), after_day=FIRST))


@pytest.mark.parametrize(
    ("quiet", "minutes"),
    [
        (Quiet(time(22), time(22)), 24 * 60),
        (Quiet(time(7), time(6, 59)), 1),
        (NIGHT, 14 * 60),
        (Quiet(time(12), time(13)), 23 * 60),
    ],
)
def test_quiet_hours_that_begin_when_they_end_are_none(quiet: Quiet, minutes: int) -> None:
    """BAD_INPUTS 10."""
    assert quiet.allowed_minutes == minutes
    loud = sum(not quiet.holds(time(m // 60, m % 60)) for m in range(24 * 60))
    assert loud == minutes


def test_what_falls_into_quiet_hours_waits_for_their_end_and_keeps_its_day() -> None:
    rule = Rule(ZoneInfo("Europe/Berlin"), time(22, 15), quiet=NIGHT)
    first = next(occurrences(rule, after_day=date(2026, 3, 10)))
    assert first == Occurrence(date(2026, 3, 11), at("2026-03-12T07:00+01:00"))
    early = Rule(ZoneInfo("Europe/Berlin"), time(5), quiet=NIGHT)
    assert next(occurrences(early, after_day=date(2026, 3, 10))).at == at("2026-03-11T07:00+01:00")


def test_an_end_of_quiet_hours_that_comes_twice_ends_them_twice() -> None:
    berlin, quiet = ZoneInfo("Europe/Berlin"), Quiet(time(22), time(2, 30))
    assert out_of_quiet(at("2026-10-25T01:00+02:00"), berlin, quiet) == at("2026-10-25T02:30+02:00")
    assert out_of_quiet(at("2026-10-25T02:10+01:00"), berlin, quiet) == at("2026-10-25T02:30+01:00")


def test_an_end_of_quiet_hours_that_is_skipped_ends_them_after_the_gap() -> None:
    berlin, quiet = ZoneInfo("Europe/Berlin"), Quiet(time(22), time(2, 30))
    assert out_of_quiet(at("2026-03-29T01:00+01:00"), berlin, quiet) == at("2026-03-29T03:00+02:00")


# --- Every zone ---------------------------------------------------------------------------------


@cache
def segments(zone: str) -> tuple[list[datetime], list[timedelta]]:
    """From when on which offset holds, found by asking for the offset alone, hour by hour and then to the second."""
    tz = ZoneInfo(zone)
    begin = datetime(FIRST.year - 1, 12, 1, tzinfo=UTC)
    starts, offsets = [begin], [_offset(begin, tz)]
    moment = begin
    while moment.year <= LAST.year + 1 and moment < datetime(LAST.year + 1, 2, 1, tzinfo=UTC):
        later = moment + timedelta(hours=6)
        if _offset(later, tz) != offsets[-1]:
            low, high = moment, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _offset(middle, tz) == offsets[-1] else (low, middle)
            starts.append(high)
            offsets.append(_offset(high, tz))
        moment = later
    return starts, offsets


def _offset(moment: datetime, tz: ZoneInfo) -> timedelta:
    offset = moment.astimezone(tz).utcoffset()
    assert offset is not None
    return offset


def expected(zone: str, local: datetime) -> datetime:
    """The first moment at which a clock on the wall shows this time or a later one."""
    starts, offsets = segments(zone)
    naive = local.replace(tzinfo=UTC)
    place = max(bisect_left(starts, naive - timedelta(days=2)) - 1, 0)
    while True:
        moment = max(naive - offsets[place], starts[place])
        if place + 1 == len(starts) or moment < starts[place + 1]:
            return moment
        place += 1


def days_around_changes(zone: str) -> Iterator[date]:
    starts, offsets = segments(zone)
    for start, offset in zip(starts[1:], offsets[1:], strict=True):
        if FIRST <= start.date() <= LAST:
            day = (start + offset).date()
            yield from (day + timedelta(days=n) for n in (-1, 0, 1))


def check_changes(zones: list[str]) -> int:
    """Every quarter of an hour of the days around every change; returns how many times were looked at."""
    looked = 0
    for name in zones:
        tz = ZoneInfo(name)
        for day in days_around_changes(name):
            for quarter in QUARTERS:
                right = expected(name, datetime.combine(day, quarter))
                assert moment_of.__wrapped__(day, quarter, tz) == right, (name, day, quarter)
                looked += 1
    return looked


def check_year(zones: list[str], at: time, year: int) -> None:
    first = date(year, 1, 1)
    for name in zones:
        rule = Rule(ZoneInfo(name), at)
        day = first - timedelta(days=1)
        for n in range(366):
            found = next(occurrences(rule, after_day=day))
            day = found.day
            assert day == first + timedelta(days=n), name
            assert found.at.astimezone(rule.zone).replace(tzinfo=None) == datetime.combine(day, at), name


def check_quiet(zones: list[str]) -> None:
    """On the days around a change nothing leaves in quiet hours, and what waited leaves as soon as they end."""
    quiets = (NIGHT, Quiet(time(22), time(2, 30)), Quiet(time(0), time(6)), Quiet(time(7), time(6, 59)))
    for name in zones:
        tz = ZoneInfo(name)
        starts, _offsets = segments(name)
        of_one_year = [start for start in starts if start.year == 2026] or [datetime(2026, 3, 1, tzinfo=UTC)]
        for start in of_one_year:
            for quarter in range(-96, 96):
                moment = start + timedelta(minutes=15 * quarter)
                for quiet in quiets:
                    leaves = out_of_quiet(moment, tz, quiet)
                    assert not quiet.holds(leaves.astimezone(tz).time()), (name, moment, quiet)
                    assert moment <= leaves <= moment + timedelta(hours=27)
                    if leaves > moment:
                        just_before = (leaves - timedelta(seconds=1)).astimezone(tz).time()
                        assert quiet.holds(just_before), (name, moment, quiet)


SOME = [
    "America/New_York",
    "America/Nuuk",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "America/Havana",
    "Europe/Dublin",
]


def test_around_the_changes_of_some_zones_every_quarter_of_an_hour_is_right() -> None:
    assert check_changes(SOME) > 10_000


def test_a_leap_year_at_eight_in_some_zones() -> None:
    check_year(SOME, time(8), 2028)


def test_quiet_hours_hold_around_the_changes_of_some_zones() -> None:
    check_quiet(SOME)


@pytest.mark.audit
def test_around_every_change_of_every_zone_every_quarter_of_an_hour_is_right() -> None:
    """A7: all zones × all changes 2024–2030 × 3 days × 96 quarters of an hour."""
    assert check_changes(sorted(known_zones())) > 700_000


@pytest.mark.audit
def test_a_leap_year_at_eight_in_every_zone() -> None:
    """A8."""
    check_year(sorted(known_zones()), time(8), 2028)


@pytest.mark.audit
def test_quiet_hours_hold_around_the_changes_of_every_zone() -> None:
    """A12."""
    check_quiet(sorted(known_zones()))


# --- Whoever they are and wherever they go ------------------------------------------------------

NAMES = "America/New_York Europe/Berlin America/Nuuk Asia/Kathmandu Pacific/Apia Pacific/Honolulu Australia/Lord_Howe"
NAMES += " Africa/Casablanca America/Havana Asia/Tokyo UTC Pacific/Auckland"
ZONES = st.sampled_from(NAMES.split()).map(ZoneInfo)
TIMES = st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60))
QUIETS = st.builds(Quiet, TIMES, TIMES)
DAYS = st.dates(FIRST, LAST)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(lambda m: m.replace(tzinfo=UTC))


@given(ZONES, MOMENTS, QUIETS)
def test_what_waits_leaves_outside_quiet_hours_and_not_earlier(zone: ZoneInfo, moment: datetime, quiet: Quiet) -> None:
    leaves = out_of_quiet(moment, zone, quiet)
    assert not quiet.holds(leaves.astimezone(zone).time())
    assert leaves >= moment
    assert out_of_quiet(leaves, zone, quiet) == leaves


@given(ZONES, DAYS, TIMES, QUIETS, st.frozensets(st.integers(0, 6), min_size=1))
def test_each_day_comes_once_and_in_order(
    zone: ZoneInfo, day: date, at: time, quiet: Quiet, weekdays: frozenset[int]
) -> None:
    rule = Rule(zone, at, weekdays, quiet)
    found = list(occurrences(rule, after_day=day))
    days = [one.day for one in found]
    assert days == sorted(set(days))
    assert min(days) > day
    assert {one.weekday() for one in days} <= weekdays
    moments = [one.at for one in found]
    assert moments == sorted(moments)


def walk(steps: list[tuple[int, ZoneInfo, time | None]]) -> list[Occurrence]:
    """A life in steps: some hours pass with a zone and an hour, or with reminders off; as the planner goes about it.

    A clock is set anew at each change: from the day before today on, but never for a day that was dealt with.
    """
    now, last, sent = datetime(2026, 3, 1, tzinfo=UTC), None, []
    for hours, zone, at in steps:
        until = now + timedelta(hours=hours)
        while at is not None:
            rule = Rule(zone, at)
            today = now.astimezone(zone).date()
            start = max(last or date.min, today - timedelta(days=1))
            ahead = [one for one in occurrences(rule, after_day=start) if one.at >= now]
            due = ahead[0]
            if due.at >= until:
                break
            sent.append(due)
            last, now = due.day, due.at
        now = until
    return sent


STEPS = st.lists(st.tuples(st.integers(1, 40), ZONES, st.none() | TIMES), min_size=1, max_size=25)
ROUTES = st.tuples(st.lists(st.tuples(st.integers(60, 100), ZONES), min_size=1, max_size=12), st.integers(0, 23))


def once_for_each_day(steps: list[tuple[int, ZoneInfo, time | None]]) -> None:
    sent = walk(steps)
    days = [one.day for one in sent]
    assert days == sorted(set(days))
    assert [one.at for one in sent] == sorted(one.at for one in sent)


def two_days_at_most(route: tuple[list[tuple[int, ZoneInfo]], int]) -> None:
    """Whoever stays a few days wherever they go; who flies on before breakfast each time may well miss every one."""
    steps, hour = route
    sent = walk([(hours, zone, time(hour)) for hours, zone in steps])
    assert all(later.at - earlier.at <= timedelta(hours=48) for earlier, later in pairwise(sent))


def travel(examples: int) -> None:
    settings(max_examples=examples)(given(STEPS)(once_for_each_day))()
    settings(max_examples=examples)(given(ROUTES)(two_days_at_most))()


def test_a_traveler_is_reminded_once_for_each_day_of_their_calendar_and_waits_two_days_at_most() -> None:
    travel(100)


@pytest.mark.audit
def test_two_thousand_travelers() -> None:
    """A9 in its full width."""
    travel(2000)


def test_flying_west_over_midnight_repeats_no_day() -> None:
    """BAD_INPUTS 8: twenty changes of zone in a day bring one reminder for each local date at most."""
    zones = [ZoneInfo(name) for name in ("Pacific/Auckland", "Pacific/Honolulu")] * 10
    sent = walk([(2, zone, time(8, 30)) for zone in zones])
    assert len({one.day for one in sent}) == len(sent) <= 3


def test_every_weekday_is_found_however_the_week_was_chosen() -> None:
    for weekday in WEEK:
        rule = Rule(ZoneInfo("UTC"), time(8), frozenset({weekday}), NEVER_QUIET)
        assert next(occurrences(rule, after_day=FIRST)).day - FIRST <= timedelta(days=7)
