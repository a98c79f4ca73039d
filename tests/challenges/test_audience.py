"""What is offered to under-18s: by their age band only, wherever an idea can come from."""

from datetime import date

import pytest
from django.http import QueryDict

from accounts.models import User
from challenges import catalog
from challenges.audience import Audience, audience_of
from challenges.choices import decide
from challenges.models import Challenge
from challenges.prompts import prompt_of
from challenges.variety import Pool, Shown, offer, shown
from feed.act_form import ActForm
from feed.cards import words_of
from groups.models import Group
from tests.factories import make_act, make_challenge, make_class, make_pupil

CLASSES = [Audience("primary", "7-11"), Audience("secondary", "11-15"), Audience("secondary", "16-18")]
MINORS = [*CLASSES, Audience("community", "11-15"), Audience("community", "16-18")]
TOWARDS_STRANGERS = {"I161", "I162", "I165", "I166"}
NEVER = {"money", "food", "stranger", "touch", "touch-self", "passer-by"}


def id_of(audience: Audience) -> str:
    return f"{audience.mode} {audience.age_band}"


@pytest.mark.parametrize("audience", MINORS, ids=id_of)
def test_nothing_about_strangers_money_food_or_touch_reaches_under_18s(audience: Audience) -> None:
    library = audience.library()
    assert library
    assert not TOWARDS_STRANGERS & library.keys()
    for idea in library.values():
        assert audience.letter in idea.ages
        assert not NEVER & set(idea.tags)


@pytest.mark.parametrize("audience", CLASSES, ids=id_of)
def test_every_step_and_every_option_of_a_school_program_is_for_its_ages(audience: Audience) -> None:
    plans = audience.programs()
    assert plans
    for plan in plans.values():
        for step in plan.steps:
            assert audience.letter in plan.ages
            assert len(step.ideas) == 2
            for key in step.ideas:
                assert audience.knows(key), (plan.key, step.key, key)


def test_programs_for_adults_are_not_offered_to_a_class() -> None:
    offered = {audience.letter: set(audience.programs()) for audience in CLASSES}
    assert not any("t02" in keys for keys in offered.values())
    assert "t01" not in offered["P"]
    assert offered == {"P": {"t08", "t11"}, "S": {"t01", "t08", "t12"}}
    assert {"t01", "t02", "t08"} == set(Audience("workplace", "adult").programs())


@pytest.mark.parametrize("audience", CLASSES, ids=id_of)
def test_a_year_of_offers_never_leaves_the_age(audience: Audience) -> None:
    pool, day = Pool(audience.ideas(), "sky"), date(2026, 9, 7)
    met: list[Shown] = []
    for turn in range(120):
        ideas = offer(pool, category="help", preferred=("I165", "I161", "I085"), history=met, day=day, turn=turn)
        met += shown(day, "help", ideas)
        assert {idea.key for idea in ideas} <= audience.library().keys()


def test_what_a_policy_closes_is_not_offered_either() -> None:
    open_to_all = Audience("workplace", "adult")
    assert open_to_all.knows("I085")
    assert not Audience("workplace", "adult", frozenset({"money"})).knows("I085")


@pytest.fixture
def cards(olive: User) -> Challenge:
    return make_challenge(make_class(olive), program="t08")


@pytest.mark.django_db
def test_a_pupil_reads_the_words_for_their_age(cards: Challenge) -> None:
    sky = make_pupil(cards.group).user
    prompt = prompt_of(sky, cards)
    assert prompt
    assert prompt.headline == "Call someone in your family, and listen."
    beside = {option.key: option.text for option in prompt.alternatives if option.key != "own"}
    assert beside == {key: catalog.ideas(young=True)[key].text for key in beside}
    assert len(beside) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "kept"), [("I165", ""), ("I161", ""), ("I999", ""), ("I013", "I013"), ("own", "own")])
def test_an_idea_for_adults_cannot_be_taken_by_hand(cards: Challenge, key: str, kept: str) -> None:
    sky = make_pupil(cards.group).user
    prompt = prompt_of(sky, cards)
    assert prompt
    assert prompt.step
    if not kept:
        assert not decide(sky, prompt.step, "intend", option=key)
    sent = QueryDict(f"kind=did&step={prompt.step.public_id}&idea={key}&form_key=one")
    form = ActForm(sent, user=sky, group=cards.group)
    assert form.is_valid()
    assert form.cleaned_data["idea"] == kept


@pytest.mark.django_db
def test_words_once_told_stay_when_a_rule_is_closed_later(group: Group, mia: User) -> None:
    act = make_act(group, mia, text="", source="tick", idea_key="I085")
    group.override("money", allowed=False, by=None)
    closed = Group.objects.select_related("organization").get(pk=group.pk)
    assert not audience_of(closed).knows("I085")
    assert words_of(act, closed) == catalog.ideas()["I085"].text
