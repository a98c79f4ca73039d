"""Once a day each room forgets what it keeps no longer."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from kindness_platform import tasks

ROOMS = ("purge_accounts", "purge_classes", "purge_feed", "purge_groups", "purge_notifications")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rooms that were told to forget."""
    asked: list[str] = []
    for room in ROOMS:
        monkeypatch.setattr(tasks, room, lambda room=room: asked.append(room))
    return asked


def test_every_room_is_asked_once_a_day_however_often_it_is_woken(asked: list[str]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _hour in range(48):
            tasks.forget()
            clock.shift(timedelta(hours=1))
    assert sorted(asked) == sorted(ROOMS * 2)


def test_what_failed_is_tried_again(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(tasks, "purge_feed", fail)
        with pytest.raises(ConnectionError):
            tasks.forget()
    tasks.forget()
    assert "purge_feed" in asked


def test_the_clock_wakes_it() -> None:
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    assert tasks.forget.name in {row["task"] for row in schedule.values()}


@pytest.mark.django_db
def test_forgetting_where_there_is_nothing_to_forget() -> None:
    tasks.forget()
