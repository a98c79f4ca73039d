"""How much leaves, and whose turn it is (SAFETY A5, A15, A19)."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings as product
from django.core import mail
from django.db import connection
from django.utils import timezone
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content
from pytest_django import Settings

from accounts.models import User
from kindness_platform.celery import app
from notifications import kinds, outbox, sender, tasks
from notifications.models import Delivery, Sign
from tests.factories import make_user

State = Delivery.State
ROOMS = ("accounts", "notifications", "groups", "challenges", "feed", "kindness_platform")


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that people can switch off, and so one that is counted for a day."""
    kinds.register(kinds.Kind("chat", True, False, lambda notice: True, kinds.get("letter").render, topic="answers"))


@pytest.fixture
def at_noon() -> Any:
    with time_machine.travel("2026-03-12T12:00Z", tick=False) as clock:
        yield clock


def send_all() -> None:
    while sender.run():
        pass


def test_nobody_gets_more_than_so_many_mails_a_day(mia: User, topics: None, at_noon: Any, settings: Settings) -> None:
    settings.MAIL_PER_PERSON_AND_DAY = 3
    for n in range(30):
        outbox.queue(mia, "chat", str(n))
    send_all()
    assert len(mail.outbox) == 3
    assert Delivery.objects.filter(state=State.SKIPPED, reason="enough for a day").count() == 27
    outbox.queue(mia, "letter", "asked for otherwise")
    at_noon.shift(timedelta(days=1, minutes=1))
    outbox.queue(mia, "chat", "tomorrow")
    send_all()
    assert len(mail.outbox) == 5


def test_a_busy_group_holds_up_no_other(db: None) -> None:
    loud, quiet = make_user(), make_user()
    for n in range(100):
        outbox.queue(loud, "letter", str(n), lane=1)
    outbox.queue(quiet, "letter", "one", lane=2)
    queue = sender.Queue()
    assert quiet in {delivery.notice.recipient for delivery in queue.take(20)}


def test_what_somebody_waits_for_goes_first(mia: User) -> None:
    for n in range(30):
        outbox.queue(mia, "letter", str(n), lane=1)
    code = outbox.queue("new@example.org", "account", "code")
    assert [delivery.notice for delivery in sender.Queue().take(20)] == [code]


def test_a_group_that_has_sent_enough_for_an_hour_waits(mia: User, at_noon: Any, settings: Settings) -> None:
    settings.MAIL_PER_GROUP_AND_HOUR = 2
    for n in range(2):
        outbox.queue(mia, "letter", str(n), lane=1)
    send_all()
    outbox.queue(mia, "letter", "more", lane=1)
    outbox.queue(mia, "letter", "of another group", lane=2)
    send_all()
    assert len(mail.outbox) == 3
    at_noon.shift(timedelta(hours=1, seconds=1))
    send_all()
    assert len(mail.outbox) == 4


def test_no_more_leaves_in_a_second_than_the_mail_service_takes(
    mia: User, at_noon: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_PER_SECOND = 2
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        at_noon.shift(seconds)

    monkeypatch.setattr(sender, "sleep", pause)
    begun = timezone.now()
    for n in range(10):
        outbox.queue(mia, "letter", str(n))
    send_all()
    assert len(mail.outbox) == 10
    assert (timezone.now() - begun).total_seconds() == pytest.approx(5)
    assert sum(paused) == pytest.approx(5)
    assert Sign.objects.get(name=sender.PACE).at == begun + timedelta(seconds=5)


def test_a_letter_that_kills_its_senders_takes_no_other_with_it(db: None) -> None:
    """A19: three letters were in the hands of a sender that died; each is tried alone, three times at most."""
    rows = [outbox.queue(make_user(), "letter", "one").deliveries.get() for _n in range(3)]
    poison = rows[0]
    now = timezone.now()
    Delivery.objects.claim([row.pk for row in rows])  # who takes several says nothing about each when they die
    for _death in range(8):
        now += timedelta(minutes=3)
        with time_machine.travel(now, tick=False):
            batch = sender.Queue().take(20)
            assert len(batch) <= 1
            for delivery in batch:
                if delivery.pk != poison.pk or delivery.deaths >= sender.MAX_DEATHS:
                    sender._deliver(delivery)
    assert Delivery.objects.get(pk=poison.pk).state == State.FAILED
    assert Delivery.objects.get(pk=poison.pk).deaths == 3
    assert len(mail.outbox) == 2


def test_who_was_beside_what_was_begun_is_not_given_up_for_it(db: None) -> None:
    """A1: many kills one after the other hit the same rows; none of those that were waiting in a hand is lost."""
    rows = [outbox.queue(make_user(), "letter", "one").deliveries.get().pk for _n in range(3)]
    now = timezone.now()
    for _kill in range(sender.MAX_DEATHS + 1):
        assert Delivery.objects.claim(rows, now)
        now += timedelta(minutes=3)
    with time_machine.travel(now, tick=False):
        send_all()
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    ("redis", "due", "rung", "sends_here"),
    [("redis://x", 3, 3, False), ("redis://x", 500, 4, False), ("", 3, 0, True), ("", 500, 3, True), ("", 0, 0, False)],
)
def test_more_senders_are_woken_than_there_are_to_start_with(
    redis: str, due: int, rung: int, sends_here: bool, mia: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one machine the tick sends by itself, and others help it from the first letter on."""
    settings.REDIS_URL = redis
    outbox.queue_all("letter", [(mia.pk, str(n), {}) for n in range(due)])
    bells: list[int] = []
    monkeypatch.setattr(tasks, "_ring_for_more", bells.append)
    assert tasks.wake() is sends_here
    assert sum(bells) == rung


def test_the_clock_ticks_on_the_minute() -> None:
    """Which is what people choose: any other phase would make everybody wait for half a minute."""
    clock: Any = product.CELERY_BEAT_SCHEDULE
    assert clock["tick"]["schedule"] == crontab()


# --- Tasks --------------------------------------------------------------------------------------


def test_nothing_is_scheduled_through_the_broker() -> None:
    """A5: a task with an ETA is delivered again and again by Redis; what is due later is a row."""
    found = []
    for room in ROOMS:
        for path in (Path(product.BASE_DIR) / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    found += [str(path) for keyword in node.keywords if keyword.arg in {"eta", "countdown"}]
    assert found == []


def everything() -> list[Any]:
    """All rows but the signs of life, which say when somebody was here last."""
    rows: list[Any] = [len(mail.outbox)]
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table not in {"notifications_sign", "cache"}:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                rows.append((table, sorted(map(str, cursor.fetchall()))))
    return rows


app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))


@pytest.mark.parametrize("name", OURS)
def test_every_task_may_run_twice(name: str, mia: User, at_noon: Any) -> None:
    delivery = outbox.queue(mia, "letter", "one").deliveries.get()
    arguments: dict[str, tuple[Any, ...]] = {"notifications.tasks.send": (delivery.pk,)}
    run: Callable[..., Any] = app.tasks[name]
    run(*arguments.get(name, ()))
    once = everything()
    run(*arguments.get(name, ()))
    assert everything() == once


def test_those_are_all_the_tasks() -> None:
    assert {tasks.send.name, tasks.look.name, tasks.tick.name} <= set(OURS)


def test_a_bell_of_another_make_is_not_heard() -> None:
    """BAD_INPUTS 27: what the broker carries is read as JSON or not at all; a task that nobody knows is not run."""
    with pytest.raises(ContentDisallowed):
        loads(b"\x80\x04N.", "application/x-python-serialize", "binary", accept=prepare_accept_content(accepted()))
    assert loads(b"[]", "application/json", "utf-8", accept=prepare_accept_content(accepted())) == []
    assert app.tasks.get("notifications.tasks.of_another_release") is None


def accepted() -> list[str]:
    return list(app.conf.accept_content)
