"""What stands beside Mia's prompts when several challenges ask her: no idea twice within 21 days (PROGRAMS §3)."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from accounts.models import User
from challenges.choices import decide, settle
from challenges.models import Challenge, Choice, Step
from challenges.prompts import Prompt, prompt_of, prompts_for
from challenges.variety import REPEAT_DAYS
from groups.models import Group
from tests.factories import join, make_challenge, make_group

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
Plan = list[tuple[str, int]]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(f"{MONDAY}T08:00:00Z", tick=False):
        yield


def on(day: int) -> time_machine.travel:
    return time_machine.travel(f"{MONDAY + timedelta(days=day)}T12:00:00Z", tick=False)


def beside(prompt: Prompt) -> list[str]:
    return [option.key for option in prompt.alternatives if option.key != "own"]


def days_of(mia: User, groups: list[Group], plan: Plan, *, seed: int, joins: int = 0) -> Iterator[tuple[int, Prompt]]:
    """Two months of Mia's Today, in which she does now this, now that, and sees what comes of it."""
    chance = random.Random(seed)
    for day in range(60):
        with on(day):
            for number, (program, start) in enumerate(plan):
                if start == day:
                    make_challenge(
                        groups[number % len(groups)], program=program, starts_on=MONDAY + timedelta(days=day)
                    )
            if joins and day == joins:
                join(groups[-1], mia)
            now = groups if not joins or day >= joins else groups[:-1]
            prompts = prompts_for(mia, now)
            yield from ((day, prompt) for prompt in prompts)
            for prompt in prompts:
                if prompt.step and prompt.state == "open":
                    do = chance.choice(["", "intend", "swap", "skip", "done", "done"])
                    if do == "done":
                        settle(mia, prompt.step, chance.choice(["", *beside(prompt)]), on=mia.today())
                    elif do:
                        assert decide(mia, prompt.step, do, option=chance.choice(["", *beside(prompt)]))
            yield from ((day, prompt) for prompt in prompts_for(mia, now))


@pytest.mark.parametrize(
    ("plan", "joins"),
    [
        ([("t02", 0), ("t02", 10)], 0),
        pytest.param([("t02", 5), ("t01", 0)], 0, marks=pytest.mark.audit),
        ([("t08", 0), ("t02", 8)], 0),
        pytest.param([("t02", 0), ("t01", 21)], 0, marks=pytest.mark.audit),
        pytest.param([("t02", 0), ("t02", 21)], 0, marks=pytest.mark.audit),
        pytest.param([("t02", 0), ("t02", 0)], 9, marks=pytest.mark.audit),
        ([("t02", 0), ("t01", 3)], 12),
    ],
)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.audit)])
def test_no_idea_comes_twice_in_21_days_whichever_challenge_asks(
    mia: User, olive: User, group: Group, plan: Plan, joins: int, seed: int
) -> None:
    groups = [group, make_group(olive)]
    if not joins:
        join(groups[1], mia)
    met: dict[str, dict[Step, int]] = {}
    for day, prompt in days_of(mia, groups, plan, seed=seed, joins=joins):
        assert prompt.step is None or len(beside(prompt)) >= 2
        for key in beside(prompt):
            assert prompt.step
            before = met.setdefault(key, {})
            again = [step for step, last in before.items() if step != prompt.step and day - last < REPEAT_DAYS]
            assert not again, f"{key} on day {day} and before"
            before[prompt.step] = day
    assert len(met) > 40


@pytest.fixture
def two(mia: User, olive: User, group: Group) -> list[Group]:
    """Mia's two groups, whose challenges began on different days."""
    other = make_group(olive)
    join(other, mia)
    with on(0):
        make_challenge(group, starts_on=MONDAY)
    with on(4):
        make_challenge(other, program="t01", starts_on=MONDAY + timedelta(days=4))
    return [group, other]


def test_what_is_offered_stays_the_same_from_page_to_page(mia: User, two: list[Group]) -> None:
    with on(6):
        first = {prompt.step: beside(prompt) for prompt in prompts_for(mia, two)}
        alone = [prompt_of(mia, challenge) for challenge in Challenge.objects.select_related("group")]
        backwards = {prompt.step: beside(prompt) for prompt in prompts_for(mia, two[::-1])}
    assert first == backwards == {prompt.step: beside(prompt) for prompt in alone if prompt}
    daily = next(step for step in first if step and step.program_key == "t02")
    with on(9):
        assert {prompt.step: beside(prompt) for prompt in prompts_for(mia, two, asked=daily.public_id)} == first


def test_each_idea_on_the_page_can_be_taken(mia: User, two: list[Group]) -> None:
    for day in range(4, 12):
        with on(day):
            for prompt in prompts_for(mia, two):
                assert prompt.step
                for key in beside(prompt):
                    assert decide(mia, prompt.step, "intend", option=key)
                Choice.objects.all().delete()
