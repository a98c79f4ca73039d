"""How long ago something was, as people say it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.clock import when

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=10), "Just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=20), "20 minutes ago"),
        (timedelta(hours=3), "This morning"),
        (timedelta(hours=13), "Yesterday"),
        (timedelta(days=3), "Monday"),
        (timedelta(days=30), "February 10"),
        (timedelta(days=400), "Feb. 5, 2025"),
    ],
)
def test_how_long_ago_in_words(ago: timedelta, words: str) -> None:
    assert when(NOON - ago, NOON) == words


@pytest.mark.parametrize("now", [datetime(2026, 3, 8, 7, 10, tzinfo=UTC), datetime(2026, 11, 1, 6, 10, tzinfo=UTC)])
def test_minutes_are_minutes_in_the_night_the_clocks_change(now: datetime) -> None:
    zone = ZoneInfo("America/New_York")
    assert when((now - timedelta(minutes=20)).astimezone(zone), now.astimezone(zone)) == "20 minutes ago"
