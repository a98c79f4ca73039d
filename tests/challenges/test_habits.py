""" "When …, I will …": one kindness to keep when the challenges are over, and a mail about it once a month (B-34)."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import User
from challenges.models import Challenge, Habit
from groups.models import Group
from notifications import tasks
from notifications.models import Clock, Preferences
from tests.factories import make_challenge, make_class, make_pupil

PAGE = "/you/habit/"
WORDS = {"cue": "the bus is late", "act": "let somebody go first"}
SENTENCE = "When the bus is late, I will let somebody go first."


@pytest.fixture(autouse=True)
def sunday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def over(group: Group, sunday: time_machine.Traveller) -> Challenge:
    return make_challenge(group, starts_on=date(2026, 1, 5))


def days_with_a_letter(clock: time_machine.Traveller, until: date) -> list[date]:
    """The days until one on which a mail comes, ticking at eight, at half past eight and at noon."""
    found = []
    day = date(2026, 3, 1)
    while day < until:
        for hour in ("08:00", "08:30", "12:00"):
            clock.move_to(f"{day}T{hour}Z")
            before = len(mail.outbox)
            tasks.tick()
            found += [day] * (len(mail.outbox) - before)
        day += timedelta(days=1)
    return found


def test_it_is_kept_for_its_owner_alone_and_let_go(as_mia: Client, as_olive: Client, over: Challenge) -> None:
    assert PAGE in as_mia.get(f"/challenges/{over.public_id}/closing/").content.decode()
    assert as_mia.post(PAGE, {"cue": " ", "act": "x"}).status_code == 422
    assert as_mia.post(PAGE, WORDS).status_code == 302
    assert SENTENCE in as_mia.get(PAGE).content.decode()
    assert SENTENCE not in as_olive.get(PAGE).content.decode()
    assert not Clock.objects.filter(rhythm="habit").exists()
    assert as_mia.post(PAGE, {"let_go": "yes"}).status_code == 302
    assert not Habit.objects.exists()


def test_no_pupil_keeps_one(client: Client, db: None) -> None:
    client.force_login(make_pupil(make_class()).user)
    assert client.get(PAGE).status_code == 404


def test_once_a_month_it_comes_by_mail_to_who_asked_for_it(
    as_mia: Client, mia: User, over: Challenge, sunday: time_machine.Traveller
) -> None:
    as_mia.post(PAGE, {**WORDS, "monthly": "on"})
    assert days_with_a_letter(sunday, date(2026, 5, 1)) == [date(2026, 3, 2), date(2026, 4, 6)]
    letter = mail.outbox[-1]
    assert letter.to == [mia.email]
    assert letter.subject == SENTENCE
    assert letter.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    Habit.objects.keep(mia, **WORDS, monthly=False)
    sunday.move_to("2026-05-04T08:30Z")
    tasks.tick()
    assert len(mail.outbox) == 2


def test_it_comes_on_her_days_at_her_hour_and_never_beside_a_prompt(
    as_mia: Client, mia: User, group: Group, sunday: time_machine.Traveller
) -> None:
    Preferences.objects.choose(mia, remind_at=time(12), weekdays=0b0000100)
    as_mia.post(PAGE, {**WORDS, "monthly": "on"})
    make_challenge(group, starts_on=date(2026, 3, 30))
    letters = {}
    for day in (date(2026, 3, 4), date(2026, 4, 1), date(2026, 5, 6)):
        sunday.move_to(f"{day}T11:59Z")
        tasks.tick()
        before = len(mail.outbox)
        sunday.move_to(f"{day}T12:00Z")
        tasks.tick()
        letters[day] = [one.subject for one in mail.outbox[before:] if one.to == [mia.email]]
    assert letters == {
        date(2026, 3, 4): [SENTENCE],
        date(2026, 4, 1): ["The prompt for Wednesday"],
        date(2026, 5, 6): [SENTENCE],
    }
