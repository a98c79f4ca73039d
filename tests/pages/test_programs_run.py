"""Each program from its first day to its closing page, by the buttons of its pages (Z-04)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenges.models import Challenge, Choice
from feed.models import Act
from feed.totals import totals_of
from groups.models import Group
from tests.factories import join, make_challenge, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def five_people(group: Group) -> None:
    """So many that what was received, and kept to oneself, counts too."""
    for n in range(3):
        join(group, make_user(f"Person {n}"))


def on(day: date) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T12:00:00Z", tick=False)


def today(client: Client, query: str = "") -> str:
    reply = client.get(f"{reverse('home')}{query}")
    assert reply.status_code == 200
    return str(reply.content.decode())


def tick(client: Client, html: str) -> Any:
    """Press the prompt's own button, as a browser without scripts would."""
    forms = re.findall(r"<form.*?</form>", html, re.DOTALL)
    form = next(form for form in forms if 'name="step"' in form and 'name="kind"' in form and "<textarea" not in form)
    action = re.search(r'action="([^"]*)"', form)
    assert action
    return client.post(action[1], dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)))


def closes(client: Client, challenge: Challenge, acts: int) -> None:
    """After its last late act the challenge has its closing page with the true total, and no prompt any more."""
    with on(challenge.closes_on + timedelta(days=1)):
        html = client.get(reverse("closing", args=[challenge.public_id])).content.decode()
        assert f"{acts} acts of kindness, together" in html
        assert 'id="prompt-' not in today(client)
    assert totals_of([challenge])[challenge.pk].ticked == acts
    assert Act.objects.filter(challenge=challenge).count() == acts


def test_21_days_of_kindness(as_mia: Client, mia: User, group: Group) -> None:
    with on(MONDAY - timedelta(days=1)):
        challenge = make_challenge(group, program="t02", starts_on=MONDAY)
        assert "Starts on Monday, March 2" in today(as_mia)
    for n in range(21):
        with on(MONDAY + timedelta(days=n)):
            html = today(as_mia)
            assert f"Day {n + 1} of 21" in html
            assert tick(as_mia, html).status_code in {200, 302, 303}
    assert Choice.objects.filter(participation__user=mia, state="done").count() == 21
    closes(as_mia, challenge, 21)


def test_five_acts_a_week(as_mia: Client, mia: User, group: Group) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program="t01", starts_on=MONDAY)
    for week in range(4):
        with on(MONDAY + timedelta(weeks=week, days=3)):
            for n in range(5):
                html = today(as_mia)
                assert f"{n} of 5 this week." in html
                tick(as_mia, html)
            assert "Your week is full." in today(as_mia)
    closes(as_mia, challenge, 20)


def test_ten_small_acts_in_any_order(as_mia: Client, mia: User, group: Group) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program="t08", starts_on=MONDAY)
        steps = list(challenge.steps.order_by("-position"))
        for n, step in enumerate(steps):
            html = today(as_mia, f"?step={step.public_id}")
            assert f"{n} of 10 cards." in html
            tick(as_mia, html)
        assert "You have done your cards." in today(as_mia)
    closes(as_mia, challenge, 10)


def test_a_late_day_is_ticked_on_another_and_nothing_is_counted_twice(as_mia: Client, mia: User, group: Group) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program="t02", starts_on=MONDAY)
    first = challenge.steps.order_by("position")[0]
    with on(MONDAY + timedelta(days=5)):
        html = today(as_mia, f"?step={first.public_id}")
        tick(as_mia, html)
        tick(as_mia, html)
    assert Act.objects.get().step == first
    assert totals_of([challenge])[challenge.pk].total == 1
