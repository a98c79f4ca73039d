"""Once a day each room forgets what it keeps no longer."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from groups.models import Group
from kindness_platform import tasks
from kindness_platform.retention import PURGES


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rooms that were told to forget."""
    asked: list[str] = []
    for room in PURGES:
        monkeypatch.setitem(PURGES, room, lambda room=room: asked.append(room))
    monkeypatch.setattr(tasks, "purge_groups", lambda: 0)
    return asked


def test_every_room_is_asked_once_a_day_however_often_it_is_woken(asked: list[str]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _hour in range(48):
            tasks.forget()
            clock.shift(timedelta(hours=1))
    assert sorted(asked) == sorted([*PURGES, *PURGES])


def test_what_failed_is_tried_again(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setitem(PURGES, "feed", fail)
        with pytest.raises(ConnectionError):
            tasks.forget()
    tasks.forget()
    assert "feed" in asked


def test_each_hour_groups_go_whose_days_of_grace_are_over(group: Group, olive: User) -> None:
    tasks.forget()
    group.delete_soon(olive)
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        cache.add(tasks.FORGOTTEN, "1", timeout=tasks.DAY)  # the rest is done for today
        tasks.forget()
    assert not Group.objects.filter(pk=group.pk).exists()


def test_by_hand_the_same_rooms_forget(group: Group, olive: User) -> None:
    group.delete_soon(olive)
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        tried, done = StringIO(), StringIO()
        call_command("retention", "--dry-run", stdout=tried)
        assert Group.objects.filter(pk=group.pk).exists()
        assert "groups: 1 would be deleted" in tried.getvalue()
        call_command("retention", stdout=done)
    assert "groups: 1 deleted" in done.getvalue()
    assert not Group.objects.filter(pk=group.pk).exists()
    assert all(f"{room}: " in said.getvalue() for room in PURGES for said in (tried, done))


def test_the_clock_wakes_it() -> None:
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    assert tasks.forget.name in {row["task"] for row in schedule.values()}


@pytest.mark.django_db
def test_forgetting_where_there_is_nothing_to_forget() -> None:
    tasks.forget()
