"""The same steps with new dates."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge
from groups.models import Group
from notifications.models import Clock
from tests.factories import join, make_challenge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def april() -> Any:
    with time_machine.travel("2026-04-01T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def past(group: Group) -> Challenge:
    challenge = make_challenge(group, starts_on=date(2026, 3, 2), goal=77)
    Challenge.objects.filter(pk=challenge.pk).update(own_title="Our March")
    first, second = challenge.steps.order_by("position")[:2]
    first.overrides = {"prompt": "Greet the porter."}
    first.save()
    second.hidden_at = timezone.now()
    second.save()
    return challenge


def again(client: Client, challenge: Challenge, day: str) -> Any:
    return client.post(reverse("challenge-again", args=[challenge.public_id]), {"starts_on": day})


def test_a_repeat_takes_over_words_title_and_goal_and_leaves_out_what_was_hidden(
    as_olive: Client, past: Challenge
) -> None:
    assert again(as_olive, past, "2026-04-06").status_code == 302
    new = past.repeats.get()
    assert (new.title, new.goal, new.starts_on, new.ends_on) == ("Our March", 77, date(2026, 4, 6), date(2026, 4, 25))
    assert new.steps.count() == 20
    assert next(step.words.prompt for step in new.steps.all()) == "Greet the porter."


def test_everybody_who_is_in_the_group_takes_part_again(
    as_olive: Client, past: Challenge, olive: User, mia: User, stan: User, group: Group
) -> None:
    join(group, stan).end("left")
    Clock.objects.all().delete()
    again(as_olive, past, "2026-04-06")
    taking_part = past.repeats.get().participations
    assert set(taking_part.values_list("user", "joined_on")) == {(user.pk, user.today()) for user in (olive, mia)}
    assert set(Clock.objects.filter(rhythm="reminder").values_list("user", flat=True)) == {olive.pk, mia.pk}


def test_the_same_day_chosen_twice_is_one_challenge(as_olive: Client, past: Challenge) -> None:
    first, second = (again(as_olive, past, "2026-04-06") for _n in range(2))
    assert first.url == second.url
    assert past.repeats.count() == 1


@pytest.mark.parametrize("day", ["2026-03-31", "2027-06-01", "", "soon"])
def test_a_day_that_cannot_be_is_refused(as_olive: Client, past: Challenge, day: str) -> None:
    reply = again(as_olive, past, day)
    assert reply.status_code == 422
    assert not past.repeats.exists()


@pytest.mark.parametrize("program", ["t01", "t02", "t08"])
def test_every_program_can_run_again(as_olive: Client, group: Group, program: str) -> None:
    past = make_challenge(group, program=program, starts_on=date(2026, 3, 2))
    again(as_olive, past, "2026-04-06")
    new = past.repeats.get()
    assert new.steps.count() == past.steps.count()
    assert new.ends_on - new.starts_on == past.ends_on - past.starts_on


def test_the_next_monday_is_offered(as_olive: Client, past: Challenge) -> None:
    html = as_olive.get(reverse("challenge-again", args=[past.public_id])).content.decode()
    assert "2026-04-06" in html
    assert "both are on at once" not in html


def test_while_one_runs_the_monday_after_its_end_is_offered(as_olive: Client, group: Group) -> None:
    running = make_challenge(group, starts_on=date(2026, 3, 30))
    html = as_olive.get(reverse("challenge-again", args=[running.public_id])).content.decode()
    assert f'value="{date(2026, 4, 20)}"' in html
    assert "goes on until Sunday, April 19" in html
