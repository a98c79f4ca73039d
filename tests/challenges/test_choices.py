"""Taking, swapping, skipping, resting: each a small form, and always to be changed again (B-25, C-12, D-19)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from challenges.choices import settle, settle_again
from challenges.models import Choice, Participation, Step
from challenges.prompts import prompts_for
from groups.models import Group
from tests.factories import make_act, make_challenge

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def step(group: Group) -> Step:
    found = make_challenge(group, starts_on=MONDAY).steps.order_by("position").first()
    assert found
    return found


def choose(client: Client, step: Step, do: str, option: str = "", **extra: Any) -> Any:
    return client.post(reverse("choice", args=[step.public_id]), {"do": do, "option": option}, **extra)


def the_choice(user: User, step: Step) -> Choice:
    return Choice.objects.get(participation__user=user, step=step)


def ideas_beside(user: User, group: Group) -> list[str]:
    [prompt] = prompts_for(user, [group])
    return [option.key for option in prompt.options if option.key not in {"", "own"}]


def test_i_will_is_kept_and_leads_back_to_today(as_mia: Client, mia: User, step: Step) -> None:
    reply = choose(as_mia, step, "intend")
    assert reply.status_code == 302
    assert reply.url == f"/?step={step.public_id}#prompt-{step.challenge.public_id}"
    assert the_choice(mia, step).state == "intended"


def test_an_idea_beside_the_prompt_can_be_taken(as_mia: Client, mia: User, group: Group, step: Step) -> None:
    idea = ideas_beside(mia, group)[1]
    choose(as_mia, step, "intend", idea)
    [prompt] = prompts_for(mia, [group])
    assert (prompt.state, the_choice(mia, step).option) == ("intended", idea)
    assert prompt.headline == prompt.options[2].text
    assert f"idea={idea}" in prompt.composer_url


def test_an_idea_that_is_not_offered_cannot_be_taken(as_mia: Client, mia: User, group: Group, step: Step) -> None:
    hidden = next(key for key in ("I085", "I084", "I165") if key not in ideas_beside(mia, group))
    choose(as_mia, step, "intend", hidden)
    assert not Choice.objects.filter(step=step).exclude(option="").exists()


def test_a_swap_brings_other_ideas_and_remembers_the_first(as_mia: Client, mia: User, group: Group, step: Step) -> None:
    first = ideas_beside(mia, group)
    choose(as_mia, step, "swap")
    second = ideas_beside(mia, group)
    choose(as_mia, step, "swap")
    third = ideas_beside(mia, group)
    assert len({*first, *second, *third}) == 6
    choice = the_choice(mia, step)
    assert (choice.offered, choice.swaps, choice.state) == ([*first, *second, *third], 2, "open")


@pytest.mark.parametrize(("do", "state"), [("skip", "skipped"), ("rest", "rested")])
def test_not_today_and_a_rest_can_be_brought_back(
    as_mia: Client, mia: User, group: Group, step: Step, do: str, state: str
) -> None:
    choose(as_mia, step, do)
    assert prompts_for(mia, [group])[0].state == state
    choose(as_mia, step, "change")
    assert prompts_for(mia, [group])[0].state == "open"


def test_an_intention_can_be_changed_and_dropped(as_mia: Client, mia: User, step: Step) -> None:
    choose(as_mia, step, "intend", "own")
    choose(as_mia, step, "change")
    assert (the_choice(mia, step).state, the_choice(mia, step).option) == ("open", "")
    choose(as_mia, step, "intend")
    choose(as_mia, step, "skip")
    assert the_choice(mia, step).state == "skipped"


def test_an_act_settles_the_prompt_and_taking_it_back_opens_it(mia: User, group: Group, step: Step) -> None:
    settle(mia, step, "own", on=MONDAY - timedelta(days=1))
    assert (the_choice(mia, step).state, the_choice(mia, step).on) == ("done", MONDAY - timedelta(days=1))
    assert prompts_for(mia, [group])[0].state == "done"
    settle_again(mia, step)
    assert prompts_for(mia, [group])[0].state == "open"


def test_a_prompt_stays_done_while_another_act_for_it_stands(
    as_mia: Client, mia: User, group: Group, step: Step
) -> None:
    told = [
        make_act(group, mia, challenge=step.challenge, step=step, idea_key=key, done_on=on)
        for key, on in (("own", MONDAY), ("", MONDAY + timedelta(days=1)))
    ]
    settle(mia, step, "", on=MONDAY + timedelta(days=1))
    as_mia.post(reverse("act-remove", args=[told[1].public_id]))
    left = the_choice(mia, step)
    assert (left.state, left.option, left.on) == ("done", "own", MONDAY)
    as_mia.post(reverse("act-remove", args=[told[0].public_id]))
    assert the_choice(mia, step).state == "open"


def test_what_somebody_else_told_keeps_no_prompt_done(
    as_mia: Client, mia: User, olive: User, group: Group, step: Step
) -> None:
    mine, _hers = (make_act(group, who, challenge=step.challenge, step=step) for who in (mia, olive))
    settle(mia, step, "", on=MONDAY)
    as_mia.post(reverse("act-remove", args=[mine.public_id]))
    assert the_choice(mia, step).state == "open"


def test_who_decides_takes_part_from_then_on(as_olive: Client, olive: User, step: Step) -> None:
    Participation.objects.filter(user=olive).delete()
    choose(as_olive, step, "intend")
    assert Participation.objects.get(user=olive).joined_on == MONDAY


def test_a_step_whose_day_has_not_come_stays_closed(as_mia: Client, step: Step) -> None:
    later = step.challenge.steps.order_by("position").last()
    assert later
    choose(as_mia, later, "intend")
    assert not Choice.objects.filter(step=later).exists()


@pytest.mark.parametrize("do", ["", "dance", "done"])
def test_an_unknown_decision_changes_nothing(as_mia: Client, step: Step, do: str) -> None:
    assert choose(as_mia, step, do).status_code == 302
    assert not Choice.objects.exists()


def test_a_cancelled_or_closed_challenge_takes_no_decisions(as_mia: Client, olive: User, step: Step) -> None:
    step.challenge.cancel(olive)
    assert choose(as_mia, step, "intend").status_code == 302
    assert not Choice.objects.exists()


def test_strangers_find_nothing_and_admins_who_are_not_members_do_not_take_part(
    as_stan: Client, as_olive: Client, olive: User, group: Group, step: Step
) -> None:
    assert choose(as_stan, step, "intend").status_code == 404
    group.memberships.filter(user=olive).update(state="left")
    assert choose(as_olive, step, "intend").status_code == 403
    assert as_olive.get(reverse("choice", args=[step.public_id])).status_code == 405


def test_htmx_gets_the_prompt_alone(as_mia: Client, step: Step) -> None:
    target = f"prompt-{step.challenge.public_id}"
    reply = choose(as_mia, step, "intend", headers={"HX-Request": "true", "HX-Target": target})
    html = reply.content.decode()
    assert reply.status_code == 200
    assert html.lstrip().startswith("<section")
    assert f'id="{target}"' in html
    assert "<html" not in html
    assert html.count("autofocus") == 1


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("swap", "Show me other ideas"),
        ("intend", "Drop it"),
        ("skip", "Not today? That is fine."),
        ("rest", "Have a good rest."),
    ],
)
def test_each_state_says_what_can_be_done_next(as_mia: Client, step: Step, do: str, words: str) -> None:
    target = f"prompt-{step.challenge.public_id}"
    assert words in choose(as_mia, step, do, headers={"HX-Request": "true", "HX-Target": target}).content.decode()


@pytest.mark.parametrize("program", ["t01", "t08"])
def test_a_card_that_is_put_aside_makes_room_at_once(as_mia: Client, group: Group, program: str) -> None:
    challenge = make_challenge(group, program=program, starts_on=MONDAY)
    first, second = challenge.steps.order_by("position")[:2]
    headers = {"HX-Request": "true", "HX-Target": f"prompt-{challenge.public_id}"}
    html = choose(as_mia, first, "skip", headers=headers).content.decode()
    assert second.words.prompt in html


def test_the_minutes_of_an_idea_stand_below_its_words(as_mia: Client, mia: User, group: Group, step: Step) -> None:
    [prompt] = prompts_for(mia, [group])
    html = " ".join(as_mia.get("/").content.decode().split())
    for option in prompt.alternatives[:2]:
        assert re.search(
            rf"<bdi>{re.escape(escape(option.text))}</bdi> <br> <span [^>]*> {option.minutes} minutes? </span>", html
        )


@pytest.mark.parametrize("do", ["intend", "swap", "skip", "rest", "change"])
def test_what_was_told_stays_done_whatever_an_older_page_offers(as_mia: Client, mia: User, step: Step, do: str) -> None:
    tick = {"group": step.challenge.group.slug, "kind": "did", "step": step.public_id, "form_key": "form-key-1"}
    as_mia.post(reverse("post-act"), tick)
    choose(as_mia, step, do)
    assert the_choice(mia, step).state == "done"


def test_a_prompt_is_done_on_the_day_that_its_act_says_now(as_mia: Client, mia: User, group: Group, step: Step) -> None:
    act = make_act(group, mia, challenge=step.challenge, step=step, idea_key="own", done_on=MONDAY)
    settle(mia, step, "own", on=MONDAY + timedelta(days=1))
    as_mia.post(reverse("act-edit", args=[act.public_id]), {"text": "x", "day": MONDAY.isoformat(), "sign": "me"})
    assert (the_choice(mia, step).state, the_choice(mia, step).on) == ("done", MONDAY)
