"""Calendar arithmetic: no database and no clock."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.schedule import (
    Phase,
    day_of_step,
    days_between,
    is_workday,
    last_day,
    loggable_days,
    nth_workday,
    phase_on,
    position_on,
    week_of,
    week_span,
)

starts = st.dates(min_value=date(2023, 1, 1), max_value=date(2033, 12, 31))


@given(start=starts, place=st.integers(min_value=0, max_value=400), workdays=st.booleans())
def test_the_day_of_a_step_asks_that_step(start: date, place: int, workdays: bool) -> None:
    day = day_of_step(start, place, workdays_only=workdays)
    assert position_on(start, day, place + 1, workdays_only=workdays) == place
    assert not workdays or is_workday(day)


@given(start=starts, days=st.integers(min_value=-10, max_value=60))
def test_on_workdays_each_step_has_one_day_and_no_weekend_has_any(start: date, days: int) -> None:
    day = start + timedelta(days=days)
    place = position_on(start, day, 21, workdays_only=True)
    if place is not None:
        assert nth_workday(start, place) == day
    elif day >= start and is_workday(day):
        assert day > nth_workday(start, 20)


@given(start=starts, place=st.integers(min_value=0, max_value=400), workdays=st.booleans())
def test_the_day_that_asks_a_step_has_the_number_of_the_step(start: date, place: int, workdays: bool) -> None:
    day = day_of_step(start, place, workdays_only=workdays)
    assert days_between(start, day, workdays_only=workdays) == place + 1
    assert days_between(day, day - timedelta(days=1), workdays_only=workdays) == 0


def test_a_start_on_saturday_asks_the_first_step_on_monday() -> None:
    saturday = date(2026, 3, 7)
    assert position_on(saturday, saturday, 21, workdays_only=True) is None
    assert position_on(saturday, date(2026, 3, 9), 21, workdays_only=True) == 0
    assert position_on(saturday, saturday, 21, workdays_only=False) == 0


def test_friday_and_monday_are_neighbors_on_workdays() -> None:
    friday = date(2026, 3, 6)
    assert position_on(friday, date(2026, 3, 9), 21, workdays_only=True) == 1
    assert last_day(friday, cadence="daily", steps=21, weeks=0, length_days=21, workdays_only=True) == date(2026, 4, 3)


def test_a_leap_day_is_a_day_like_any_other() -> None:
    start = date(2028, 2, 27)
    assert [day_of_step(start, n, workdays_only=False).isoformat() for n in (2, 3)] == ["2028-02-29", "2028-03-01"]


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1)])
def test_days_on_which_the_clocks_change_are_one_day_long(change: date) -> None:
    start = change - timedelta(days=3)
    assert [position_on(start, start + timedelta(days=n), 21, workdays_only=False) for n in range(6)] == [*range(6)]


def test_weeks_begin_on_the_weekday_of_the_start() -> None:
    start = date(2026, 3, 4)
    assert [week_of(start, start + timedelta(days=n)) for n in (0, 6, 7, 13, 14)] == [0, 0, 1, 1, 2]
    assert week_span(start, 1) == (date(2026, 3, 11), date(2026, 3, 17))
    assert last_day(start, cadence="weekly", steps=20, weeks=4, length_days=28, workdays_only=False) == date(
        2026, 3, 31
    )


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
