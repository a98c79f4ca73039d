"""BAD_INPUTS 11: a clock that jumps sends nothing, and /healthz says so."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from notifications import outbox, tasks, wall_clock
from notifications.models import Delivery

START = "2026-03-12T12:00Z"


class Machine:
    """Its clock on the wall, and the seconds it has really run."""

    def __init__(self, wall: time_machine.Traveller) -> None:
        self.wall, self.seconds = wall, 1000.0

    def run(self, span: timedelta) -> None:
        self.seconds += span.total_seconds()
        self.wall.shift(span)

    def set_clock(self, by: timedelta) -> None:
        self.wall.shift(by)


@pytest.fixture
def machine(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with time_machine.travel(START, tick=False) as wall:
        machine = Machine(wall)
        monkeypatch.setattr(wall_clock, "uptime", lambda: machine.seconds)
        tasks.tick()
        yield machine


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(days=-1), timedelta(days=3650), timedelta(hours=2)])
def test_a_clock_that_jumps_stops_sending_and_turns_health_red(
    machine: Machine, mia: User, client: Client, by: timedelta
) -> None:
    machine.set_clock(by)
    outbox.queue(mia, "letter", "one")
    tasks.tick()
    assert mail.outbox == []
    assert "clock" in client.get("/healthz").json()["failing"]
    machine.set_clock(-by)
    tasks.tick()
    assert "clock" not in client.get("/healthz").json().get("failing", [])
    outbox.queue(mia, "letter", "two")
    tasks.tick()
    assert "two" in set(Delivery.objects.filter(state="sent").values_list("notice__key", flat=True))


def test_a_machine_that_sleeps_or_is_set_by_minutes_has_not_jumped(machine: Machine, mia: User) -> None:
    machine.run(timedelta(hours=9))
    machine.set_clock(timedelta(minutes=20))
    outbox.queue(mia, "letter", "one")
    tasks.tick()
    assert len(mail.outbox) == 1


def test_a_small_jump_is_believed_after_an_hour_and_a_large_one_when_somebody_says_so(
    machine: Machine, mia: User
) -> None:
    machine.set_clock(timedelta(days=1))
    tasks.tick()
    machine.run(timedelta(minutes=61))
    tasks.tick()
    assert not wall_clock.has_jumped()
    machine.set_clock(timedelta(days=365))
    tasks.tick()
    machine.run(timedelta(days=1))
    tasks.tick()
    assert wall_clock.has_jumped()
    call_command("trust_clock", stdout=io.StringIO())
    outbox.queue(mia, "letter", "one")
    tasks.tick()
    assert len(mail.outbox) == 1


def test_each_machine_that_ticks_watches_its_own_clock(
    machine: Machine, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.node", lambda: "another machine")
    tasks.tick()
    monkeypatch.undo()
    monkeypatch.setattr(wall_clock, "uptime", lambda: machine.seconds)
    machine.set_clock(timedelta(days=1))
    tasks.tick()
    assert wall_clock.has_jumped()
