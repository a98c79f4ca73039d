"""How long ago something was, as people say it."""

from datetime import UTC, datetime, timedelta

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
