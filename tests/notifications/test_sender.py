import logging
from datetime import datetime, timedelta
from smtplib import SMTPDataError
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import User
from notifications import mail as letters
from notifications import outbox, sender, smtp, tasks
from notifications.models import Delivery
from tests.notifications.test_outbox import at_once

State = Delivery.State


def queued(person: User, kind: str = "letter") -> Delivery:
    return outbox.queue(person, kind, "one").deliveries.get()


def again(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def fail(_letter: object) -> None:
    raise SMTPDataError(451, b"4.3.0 mia@example.org: try later")


def break_off(letter: Any) -> None:
    """The letter is under way, and then nothing more is heard."""
    assert letter.about_to_go()
    raise smtp.Unsure("timeout")


def test_a_letter_is_sent_once_and_noted(mia: User) -> None:
    delivery = queued(mia)
    assert sender.deliver(delivery.pk) == State.SENT
    assert sender.deliver(delivery.pk) == ""
    assert [letter.to for letter in mail.outbox] == [[mia.email]]
    assert again(delivery).sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_eight_senders_at_once_send_one_letter(mia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda pk: None)
    delivery = queued(mia)
    outcomes = at_once(8, lambda: sender.deliver(delivery.pk))
    assert sorted(outcomes) == [""] * 7 + [State.SENT]
    assert len(mail.outbox) == 1


def test_a_letter_whose_sender_died_is_sent_after_its_lease(mia: User) -> None:
    delivery = queued(mia)
    assert Delivery.objects.claim(delivery.pk)
    assert sender.deliver(delivery.pk) == ""
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        tasks.tick()
    assert len(mail.outbox) == 1
    assert again(delivery).attempts == 2


def test_a_nudge_whose_sender_died_in_the_act_is_never_sent_again(mia: User) -> None:
    delivery = queued(mia, "nudge")
    Delivery.objects.claim(delivery.pk)
    Delivery.objects.update(state=State.IN_FLIGHT)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        tasks.tick()
    assert mail.outbox == []
    assert again(delivery).state == State.UNKNOWN


@pytest.mark.parametrize("kind", ["nudge", "letter"])
def test_it_is_marked_in_flight_before_it_is_sent(kind: str, mia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = queued(mia, kind)
    seen = []

    def send(letter: Any) -> None:
        assert letter.about_to_go()
        seen.append(again(delivery).state)

    monkeypatch.setattr(letters, "send", send)
    assert sender.deliver(delivery.pk) == State.SENT
    assert seen == [State.IN_FLIGHT]


def test_a_nudge_that_may_have_arrived_is_not_tried_again(mia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = queued(mia, "nudge")
    monkeypatch.setattr(letters, "send", break_off)
    assert sender.deliver(delivery.pk) == State.UNKNOWN
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert sender.deliver(delivery.pk) == ""


def test_a_letter_that_fails_is_tried_five_times_with_growing_pauses(
    mia: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    delivery = queued(mia)
    monkeypatch.setattr(letters, "send", fail)
    now = timezone.now()
    pauses = []
    for _attempt in range(4):
        with time_machine.travel(now, tick=False):
            assert sender.deliver(delivery.pk) == State.WAITING
        pauses.append(again(delivery).not_before - now)
        now = again(delivery).not_before
    with time_machine.travel(now, tick=False):
        assert sender.deliver(delivery.pk) == State.FAILED
    assert pauses == sorted(set(pauses))
    assert again(delivery).reason == "451 4.3.0"
    assert "mia@example.org" not in caplog.text


def test_a_repeated_letter_is_the_same_letter(mia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = queued(mia)
    with monkeypatch.context() as patched:
        patched.setattr(letters, "send", break_off)
        assert sender.deliver(delivery.pk) == State.WAITING
    first = again(delivery)
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        sender.deliver(delivery.pk)
    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == first.message_id
    assert headers["Date"].datetime == datetime.strptime(first.date_header, "%a, %d %b %Y %H:%M:%S %z")
    assert str(mia.email) not in first.message_id


def test_what_has_expired_is_skipped(mia: User) -> None:
    notice = outbox.queue(mia, "letter", "code", expires_at=timezone.now() + timedelta(minutes=10))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert sender.deliver(notice.deliveries.get().pk) == State.SKIPPED
    assert notice.deliveries.get().reason == "expired"


def test_what_is_no_longer_wanted_is_skipped(mia: User, unwanted: None) -> None:
    delivery = queued(mia)
    assert sender.deliver(delivery.pk) == State.SKIPPED
    assert again(delivery).reason == "not wanted"


def test_who_has_left_is_told_nothing(mia: User) -> None:
    delivery = queued(mia)
    mia.is_active = False
    mia.save()
    assert sender.deliver(delivery.pk) == State.SKIPPED
    assert mail.outbox == []


def test_a_kind_of_an_older_release_is_skipped(mia: User) -> None:
    delivery = queued(mia)
    delivery.notice.kind = "gone"
    delivery.notice.save()
    assert sender.deliver(delivery.pk) == State.SKIPPED


def test_a_letter_that_kills_its_senders_is_given_up(mia: User) -> None:
    delivery = queued(mia)
    Delivery.objects.update(deaths=3)
    assert sender.deliver(delivery.pk) == State.FAILED
    assert mail.outbox == []


def test_two_ticks_at_the_same_time_send_everything_once(mia: User) -> None:
    for n in range(120):
        outbox.queue(mia, "letter", str(n))
    tasks.tick()
    tasks.tick()
    assert len(mail.outbox) == 120
