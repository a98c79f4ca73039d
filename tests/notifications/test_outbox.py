import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from notifications import outbox, tasks
from notifications.models import Delivery, Notice
from tests.factories import make_user


def at_once(times: int, work: Callable[[], Any]) -> list[Any]:
    """The same work in as many threads, each with its own connection."""

    def run(_n: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_asking_twice_makes_one_notice(mia: User) -> None:
    first = outbox.queue(mia, "letter", "welcome", context={"n": 1})
    second = outbox.queue(mia, "letter", "welcome", context={"n": 2})
    assert first == second
    assert Delivery.objects.get().notice == first
    assert Notice.objects.get().context == {"n": 1}


def test_several_people_are_told_in_the_app_with_one_query(
    mia: User, stan: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    known = outbox.queue(mia, "news", "a", context={"n": 1})
    with django_assert_num_queries(1):
        outbox.queue_all("news", [(mia.pk, "a", {"n": 2}), (stan.pk, "a", {"n": 3}), (stan.pk, "b", {})])
    assert Notice.objects.get(recipient=mia) == known
    assert Notice.objects.get(recipient=mia).context == {"n": 1}
    assert set(Notice.objects.filter(recipient=stan).values_list("key", "in_app")) == {("a", True), ("b", True)}
    assert not Delivery.objects.exists()


def test_several_people_are_sent_a_letter_each(mia: User, stan: User) -> None:
    for _twice in range(2):
        outbox.queue_all("letter", [(mia.pk, "a", {}), (stan.pk, "a", {}), (10**9, "a", {})])
    assert {delivery.notice.recipient for delivery in Delivery.objects.all()} == {mia, stan}
    assert Notice.objects.count() == 2


def test_another_person_kind_or_key_is_another_notice(mia: User, stan: User) -> None:
    for person, kind, key in ((mia, "letter", "a"), (mia, "letter", "b"), (mia, "nudge", "a"), (stan, "letter", "a")):
        outbox.queue(person, kind, key)
    assert Notice.objects.count() == 4


def test_a_bare_address_is_one_recipient_however_it_is_written(db: None) -> None:
    outbox.queue("New@Example.org ", "letter", "invitation")
    outbox.queue("new@example.org", "letter", "invitation")
    assert Notice.objects.get().address == "new@example.org"


@pytest.mark.django_db(transaction=True)
def test_eight_threads_asking_at_once_make_one_notice_and_one_letter() -> None:
    mia = make_user("Mia Marsh")
    notices = at_once(8, lambda: outbox.queue(mia, "letter", "welcome").pk)
    assert len(set(notices)) == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_when_the_transaction_fails(mia: User) -> None:
    with transaction.atomic():
        outbox.queue(mia, "letter", "welcome")
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_what_is_due_later_waits_for_the_tick(mia: User) -> None:
    outbox.queue(mia, "letter", "later", due_at=timezone.now() + timedelta(hours=1))
    tasks.tick()
    assert mail.outbox == []
    Delivery.objects.update(not_before=timezone.now())
    tasks.tick()
    assert len(mail.outbox) == 1


def test_pupils_have_the_list_in_the_app_and_no_mail(db: None) -> None:
    pupil = User.objects.create_user(name="Pip", kind="pupil")
    notice = outbox.queue(pupil, "nudge", "today")
    assert notice.in_app
    assert not Delivery.objects.exists()


def test_an_unknown_kind_is_a_mistake_that_shows(mia: User) -> None:
    with pytest.raises(KeyError):
        outbox.queue(mia, "telegram", "x")


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_neither_breaks_nor_keeps_delaying(
    mia: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """BAD: nothing listens on that port. The row stays, one line is logged, the tick sends the letter."""
    monkeypatch.setattr(tasks, "_quiet_until", 0.0)
    away = Celery(broker="redis://127.0.0.1:1/0", task_publish_retry=False)
    away.conf.broker_transport_options = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
    tries: list[int] = []

    def wake(pk: int) -> None:
        tries.append(pk)
        away.send_task(tasks.send.name, [pk])

    monkeypatch.setattr(tasks.send, "delay", wake)
    caplog.set_level(logging.WARNING)
    for n in range(5):
        outbox.queue(mia, "letter", f"letter {n}")
    assert len(tries) == 1, "each letter waited for a broker that is down"
    assert len([r for r in caplog.records if "wake-up" in r.getMessage()]) == 1
    assert str(mia.email) not in caplog.text
    assert mail.outbox == []
    tasks.tick()
    assert len(mail.outbox) == 5
