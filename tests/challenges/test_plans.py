""" "When …, I will …": a plan for the week, asked once a week, which is the text of the reminders."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import User
from challenges.models import Challenge, Participation, Plan
from groups.models import Group
from notifications import tasks
from tests.factories import make_challenge

ASKED = "Plan this week in one sentence"
WORDS = {"cue": "I wait for the kettle", "act": "ask who is next to me how they are"}
SENTENCE = "When I wait for the kettle, I will ask who is next to me how they are."


@pytest.fixture(autouse=True)
def thursday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-12T12:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def running(group: Group) -> Challenge:
    return make_challenge(group, starts_on=date(2026, 3, 2))


def plan_of(client: Client, challenge: Challenge, **words: str) -> int:
    return client.post(f"/challenges/{challenge.public_id}/plan/", words).status_code


def today(client: Client) -> str:
    return client.get("/").content.decode()


def test_it_is_asked_once_a_week_and_stands_on_today(
    running: Challenge, as_mia: Client, thursday: time_machine.Traveller
) -> None:
    assert ASKED in today(as_mia)
    assert plan_of(as_mia, running, **WORDS) == 302
    assert SENTENCE in today(as_mia)
    assert ASKED not in today(as_mia)
    assert 'value="I wait for the kettle"' in as_mia.get(f"/challenges/{running.public_id}/plan/").content.decode()
    thursday.move_to("2026-03-16T12:00Z")
    assert SENTENCE not in today(as_mia)
    assert ASKED in today(as_mia)


def test_no_plan_this_week_is_an_answer(running: Challenge, as_mia: Client) -> None:
    assert plan_of(as_mia, running, skip="yes") == 302
    page = today(as_mia)
    assert ASKED not in page
    assert "Your plan:" not in page


def test_it_is_the_text_of_the_reminders_of_its_week_for_its_owner_alone(
    running: Challenge, as_mia: Client, mia: User, thursday: time_machine.Traveller
) -> None:
    plan_of(as_mia, running, **WORDS)
    tasks.tick()
    thursday.move_to("2026-03-13T08:30Z")
    tasks.tick()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    mine = letters.pop(str(mia.email))
    assert mine.subject == SENTENCE
    assert isinstance(mine, EmailMultiAlternatives)
    for part in (str(mine.alternatives[0][0]), mine.body):
        assert SENTENCE in part
        assert "Today’s prompt:" in part
    [other] = letters.values()
    assert "kettle" not in str(other.message())
    thursday.move_to("2026-03-16T08:30Z")
    tasks.tick()
    assert mail.outbox[-1].subject == "The prompt for Monday"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  the bus comes.  ", "the bus comes"),
        ("it\r\nrains…", "it rains"),
        ("a\u202eb\u200bc", "abc"),
    ],
)
def test_words_stand_in_the_middle_of_a_sentence(running: Challenge, as_mia: Client, typed: str, kept: str) -> None:
    plan_of(as_mia, running, **WORDS | {"cue": typed})
    assert Plan.objects.get().cue == kept


@pytest.mark.parametrize("changed", [{"cue": ""}, {"act": " … "}, {"act": "x" * 121}, {"cue": "\u200b"}])
def test_half_a_plan_is_none(running: Challenge, as_mia: Client, changed: dict[str, str]) -> None:
    assert plan_of(as_mia, running, **WORDS | changed) == 422
    assert not Plan.objects.exists()


def test_sent_twice_it_is_one_plan_and_can_be_changed(running: Challenge, as_mia: Client, mia: User) -> None:
    for words in (WORDS, WORDS, WORDS | {"cue": "the post comes"}):
        plan_of(as_mia, running, **words)
    assert Plan.objects.get().cue == "the post comes"
    assert Participation.objects.filter(user=mia).count() == 1


def test_nobody_else_sees_it_and_strangers_have_none(
    running: Challenge, as_mia: Client, as_olive: Client, as_stan: Client
) -> None:
    plan_of(as_mia, running, **WORDS | {"cue": "the lighthouse blinks"})
    for address in ("/", f"/groups/{running.group.slug}/lead/", f"/challenges/{running.public_id}/plan/"):
        assert "lighthouse" not in as_olive.get(address).content.decode()
    assert plan_of(as_stan, running, **WORDS) == 404
