"""Answers to somebody's acts: at once in the app, and in one mail a day, or one by one for who wants that."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import User
from feed.models import Act, Reaction
from groups.models import Group
from notifications import tasks
from notifications.models import Clock, Delivery, Notice, Preferences, SwitchedOff
from tests.factories import join, make_act, make_user

ON = {"link_kind": "passed_on"}


@pytest.fixture(autouse=True)
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-12T09:00Z", tick=False) as clock:
        yield clock


def letters_at(*moments: str) -> list[str]:
    """The mails that ticks at these moments send, as text."""
    before = len(mail.outbox)
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            tasks.tick()
    return [str(letter.body) for letter in mail.outbox[before:]]


AFTERNOON = ("2026-03-12T09:01Z", "2026-03-12T16:59Z", "2026-03-12T17:00Z", "2026-03-12T17:01Z")


def test_what_comes_in_a_day_is_one_mail_in_the_afternoon(
    group: Group, mia: User, olive: User, stan: User, as_olive: Client
) -> None:
    join(group, stan)
    mine = make_act(group, mia, text="Left my umbrella for whoever needs it.")
    make_act(group, olive, kind="saw", credited=[mia])
    for person in (olive, stan, olive):
        make_act(group, person, parent=mine, **ON)
    for kind in ("thanks", "moved"):
        as_olive.post(f"/acts/{mine.public_id}/{kind}/")
    [letter] = [words for words in letters_at(*AFTERNOON) if "came back" in words]
    for words in (
        "Your kindness reached 2 more people.",
        "Olive Okafor saw a kindness of yours and thanked you.",
        "“Left my umbrella for whoever needs it.” Olive Okafor said thank you. It moved Olive Okafor.",
        "/stop/",
    ):
        assert words in letter.replace("\u2068", "").replace("\u2069", "")
    assert letters_at("2026-03-13T17:00Z", "2026-03-14T17:00Z") == []
    assert not Clock.objects.filter(rhythm="answers", user=mia).exclude(next_at=None).exists()


def test_what_comes_after_the_mail_is_in_that_of_the_next_day(group: Group, mia: User, olive: User) -> None:
    mine = make_act(group, mia)
    make_act(group, olive, parent=mine, **ON)
    assert len(letters_at(*AFTERNOON)) == 1
    with time_machine.travel("2026-03-12T17:00:30Z", tick=False):
        make_act(group, make_member(group), parent=mine, **ON)
    assert letters_at("2026-03-12T17:02Z", "2026-03-13T16:59Z") == []
    [letter] = letters_at("2026-03-13T17:00Z")
    assert "Your kindness reached 1 more person." in letter


def make_member(group: Group) -> User:
    user = make_user()
    join(group, user)
    return user


def test_what_she_has_read_in_the_app_is_not_repeated(group: Group, mia: User, olive: User, as_mia: Client) -> None:
    make_act(group, olive, kind="saw", credited=[mia])
    as_mia.post("/notices/read/")
    assert letters_at(*AFTERNOON) == []


def test_what_was_taken_back_is_told_to_nobody(group: Group, mia: User, olive: User, as_olive: Client) -> None:
    mine = make_act(group, mia)
    as_olive.post(f"/acts/{mine.public_id}/thanks/")
    letters_at("2026-03-12T09:01Z")
    as_olive.post(f"/acts/{mine.public_id}/thanks/")
    assert not Reaction.objects.exists()
    assert letters_at(*AFTERNOON) == []


def test_something_that_comes_while_the_mail_is_planned_is_not_lost(group: Group, mia: User, olive: User) -> None:
    """The clock has come round and not been dealt with yet: it comes round once more."""
    mine = make_act(group, mia)
    make_act(group, olive, parent=mine, **ON)
    letters_at("2026-03-12T09:01Z")
    with time_machine.travel("2026-03-12T17:00:10Z", tick=False):
        make_act(group, make_member(group), parent=mine, **ON)
    told = letters_at("2026-03-12T17:00:20Z", "2026-03-13T17:00Z")
    assert any("2 more people" in words for words in told) or len(told) == 2


def test_who_wants_them_straight_away_gets_each_by_itself(group: Group, mia: User, olive: User) -> None:
    Preferences.objects.choose(mia, answers="at_once")
    make_act(group, olive, kind="saw", credited=[mia])
    [letter] = letters_at("2026-03-12T09:01Z")
    assert "saw a kindness of yours and thanked you." in letter
    assert letters_at(*AFTERNOON) == []


@pytest.mark.parametrize("way", ["daily", "at_once"])
def test_who_switched_them_off_gets_none(way: str, group: Group, mia: User, olive: User) -> None:
    Preferences.objects.choose(mia, answers=way)
    SwitchedOff.objects.switch_off(mia, "answers", "mail", "one_click")
    make_act(group, olive, kind="saw", credited=[mia])
    assert letters_at(*AFTERNOON) == []
    assert Notice.objects.filter(recipient=mia, kind="credit").exists()


def test_who_left_the_group_is_told_nothing_of_it(group: Group, mia: User, olive: User) -> None:
    mine = make_act(group, mia)
    make_act(group, olive, parent=mine, **ON)
    letters_at("2026-03-12T09:01Z")
    group.part_with(mia)
    assert letters_at(*AFTERNOON) == []
    assert set(Delivery.objects.filter(notice__kind="answers").values_list("state", flat=True)) <= {"skipped"}


def test_a_week_old_answer_is_no_news(group: Group, mia: User, olive: User) -> None:
    Preferences.objects.choose(mia, paused_until=mia.today() + timedelta(days=10))
    make_act(group, olive, parent=make_act(group, mia), **ON)
    assert letters_at(*AFTERNOON, "2026-03-23T17:00Z", "2026-03-23T17:01Z") == []
    assert Act.objects.count() == 2
