"""Calendar arithmetic: no database and no clock."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.schedule import (
    NO_DAYS,
    WEEKENDS,
    Phase,
    day_of_step,
    days_between,
    last_day,
    loggable_days,
    phase_on,
    position_on,
    week_of,
    week_span,
)
from groups.school_days import Calendar, DaysOff, Span

starts = st.dates(min_value=date(2023, 1, 1), max_value=date(2033, 12, 31))


@given(start=starts, place=st.integers(min_value=0, max_value=400), workdays=st.booleans())
def test_the_day_of_a_step_asks_that_step(start: date, place: int, workdays: bool) -> None:
    day = day_of_step(start, place, off=WEEKENDS if workdays else NO_DAYS)
    assert position_on(start, day, place + 1, off=WEEKENDS if workdays else NO_DAYS) == place
    assert not workdays or day not in WEEKENDS


@given(start=starts, days=st.integers(min_value=-10, max_value=60))
def test_on_workdays_each_step_has_one_day_and_no_weekend_has_any(start: date, days: int) -> None:
    day = start + timedelta(days=days)
    place = position_on(start, day, 21, off=WEEKENDS)
    if place is not None:
        assert day_of_step(start, place, off=WEEKENDS) == day
    elif day >= start and day not in WEEKENDS:
        assert day > day_of_step(start, 20, off=WEEKENDS)


@given(start=starts, place=st.integers(min_value=0, max_value=400), workdays=st.booleans())
def test_the_day_that_asks_a_step_has_the_number_of_the_step(start: date, place: int, workdays: bool) -> None:
    day = day_of_step(start, place, off=WEEKENDS if workdays else NO_DAYS)
    assert days_between(start, day, off=WEEKENDS if workdays else NO_DAYS) == place + 1
    assert days_between(day, day - timedelta(days=1), off=WEEKENDS if workdays else NO_DAYS) == 0


def test_a_start_on_saturday_asks_the_first_step_on_monday() -> None:
    saturday = date(2026, 3, 7)
    assert position_on(saturday, saturday, 21, off=WEEKENDS) is None
    assert position_on(saturday, date(2026, 3, 9), 21, off=WEEKENDS) == 0
    assert position_on(saturday, saturday, 21) == 0


def test_friday_and_monday_are_neighbors_on_workdays() -> None:
    friday = date(2026, 3, 6)
    assert position_on(friday, date(2026, 3, 9), 21, off=WEEKENDS) == 1
    assert last_day(friday, cadence="daily", steps=21, weeks=0, length_days=21, off=WEEKENDS) == date(2026, 4, 3)


def test_a_leap_day_is_a_day_like_any_other() -> None:
    start = date(2028, 2, 27)
    assert [day_of_step(start, n).isoformat() for n in (2, 3)] == ["2028-02-29", "2028-03-01"]


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1)])
def test_days_on_which_the_clocks_change_are_one_day_long(change: date) -> None:
    start = change - timedelta(days=3)
    assert [position_on(start, start + timedelta(days=n), 21) for n in range(6)] == [*range(6)]


def test_weeks_begin_on_the_weekday_of_the_start() -> None:
    start = date(2026, 3, 4)
    assert [week_of(start, start + timedelta(days=n)) for n in (0, 6, 7, 13, 14)] == [0, 0, 1, 1, 2]
    assert week_span(start, 1) == (date(2026, 3, 11), date(2026, 3, 17))
    assert last_day(start, cadence="weekly", steps=20, weeks=4, length_days=28) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 3, 1), Phase.UPCOMING),
        (date(2026, 3, 2), Phase.OPEN),
        (date(2026, 3, 22), Phase.OPEN),
        (date(2026, 3, 23), Phase.LATE),
        (date(2026, 3, 29), Phase.LATE),
        (date(2026, 3, 30), Phase.CLOSED),
    ],
)
def test_late_acts_are_taken_for_seven_days(day: date, phase: Phase) -> None:
    assert phase_on(day, start=date(2026, 3, 2), end=date(2026, 3, 22)) == phase


def test_a_cancelled_challenge_is_nothing_else() -> None:
    assert phase_on(date(2026, 3, 5), start=date(2026, 3, 2), end=date(2026, 3, 22), cancelled=True) == Phase.CANCELLED


def test_today_and_the_seven_days_before_can_be_logged() -> None:
    days = loggable_days(date(2026, 3, 3))
    assert (days[0], days[-1], len(days)) == (date(2026, 3, 3), date(2026, 2, 24), 8)


# School days

MONDAY = date(2026, 10, 5)
HALF_TERM = Span(date(2026, 10, 19), date(2026, 10, 25))
SCHOOL = DaysOff(Calendar(holidays=(HALF_TERM, Span(date(2026, 10, 14), date(2026, 10, 14)))))
schools = st.builds(
    lambda weekdays, gaps: DaysOff(
        Calendar(
            "".join(sorted(weekdays)),
            holidays=tuple(Span(MONDAY + timedelta(days=a), MONDAY + timedelta(days=a + n)) for a, n in gaps),
        )
    ),
    st.sets(st.sampled_from("0123456"), min_size=1),
    st.lists(st.tuples(st.integers(-20, 120), st.integers(0, 24)), max_size=5),
)
first_days = st.integers(min_value=0, max_value=30).map(lambda n: MONDAY + timedelta(days=n))


@given(start=first_days, place=st.integers(min_value=0, max_value=60), off=schools)
def test_a_step_is_asked_on_a_school_day_and_each_has_its_own(start: date, place: int, off: DaysOff) -> None:
    day = day_of_step(start, place, off=off)
    assert day not in off
    assert position_on(start, day, place + 1, off=off) == place
    assert days_between(start, day, off=off) == place + 1
    assert day < day_of_step(start, place + 1, off=off)


@given(start=first_days, off=schools, ahead=st.integers(min_value=0, max_value=120))
def test_no_step_is_asked_on_a_day_without_school(start: date, off: DaysOff, ahead: int) -> None:
    day = start + timedelta(days=ahead)
    assert day not in off or position_on(start, day, 200, off=off) is None


@given(start=first_days, off=schools, week=st.integers(min_value=0, max_value=8))
def test_school_weeks_follow_each_other_and_each_has_a_school_day(start: date, off: DaysOff, week: int) -> None:
    first, last = week_span(start, week, off=off)
    assert any(first + timedelta(days=n) not in off for n in range(7))
    assert week_span(start, week + 1, off=off)[0] == last + timedelta(days=1)
    assert {week_of(start, first + timedelta(days=n), off=off) for n in range((last - first).days + 1)} == {week}


def test_four_weeks_around_a_half_term_take_five() -> None:
    spans = [week_span(MONDAY, week, off=SCHOOL) for week in range(4)]
    assert [first for first, _last in spans] == [MONDAY + timedelta(weeks=n) for n in (0, 1, 3, 4)]
    assert week_of(MONDAY, date(2026, 10, 21), off=SCHOOL) == 1
    plan = {"cadence": "weekly", "steps": 12, "weeks": 4, "length_days": 28}
    assert last_day(MONDAY, **plan, off=SCHOOL) == date(2026, 11, 8)  # type: ignore[arg-type]
    assert last_day(MONDAY, **plan) == date(2026, 11, 1)  # type: ignore[arg-type]


def test_cards_for_three_weeks_stay_for_three_school_weeks() -> None:
    cards = {"cadence": "cards", "steps": 10, "weeks": 0, "length_days": 21}
    assert last_day(MONDAY, **cards, off=SCHOOL) == date(2026, 11, 1)  # type: ignore[arg-type]
    assert last_day(MONDAY, **cards) == date(2026, 10, 25)  # type: ignore[arg-type]


def test_ten_school_days_leave_out_weekends_and_holidays() -> None:
    days = [day_of_step(MONDAY, n, off=SCHOOL) for n in range(10)]
    assert date(2026, 10, 14) not in days
    assert (days[6], days[7]) == (date(2026, 10, 13), date(2026, 10, 15))
    assert (days[8], days[9]) == (date(2026, 10, 16), date(2026, 10, 26))


def test_a_school_that_teaches_from_sunday_to_thursday_is_asked_then() -> None:
    off = DaysOff(Calendar("01236"))
    days = [day_of_step(date(2026, 10, 4), n, off=off) for n in range(6)]
    assert [day.weekday() for day in days] == [6, 0, 1, 2, 3, 6]


def test_a_school_that_never_opens_leaves_nothing_out() -> None:
    closed = DaysOff(Calendar(terms=(Span(date(2020, 1, 6), date(2020, 6, 30)),)))
    assert day_of_step(MONDAY, 0, off=closed) > MONDAY
    assert week_span(MONDAY, 1, off=closed)[0] > MONDAY
