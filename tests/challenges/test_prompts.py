"""What Mia is asked, on which day, and what stands beside it (A-32, B-15, B-25, C-12, D-19)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from challenges.choices import decide, settle
from challenges.models import Challenge, Choice, Participation, Plan
from challenges.prompts import Prompt, prompt_of, prompts_for
from challenges.prompts_of_many import material_of
from groups.models import Group
from tests.factories import join, make_challenge, make_group, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


def on(day: date, hour: int = 12) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T{hour:02}:00:00Z", tick=False)


def prompt_for(user: User, group: Group, asked: str = "") -> Prompt:
    [prompt] = prompts_for(user, [group], asked=asked)
    return prompt


def mine(user: User, challenge: Challenge, **fields: object) -> Participation:
    participation = challenge.welcome(user)
    for name, value in fields.items():
        setattr(participation, name, value)
    participation.save()
    return participation


@pytest.fixture
def daily(group: Group) -> Challenge:
    with on(MONDAY):
        return make_challenge(group, starts_on=MONDAY)


@pytest.fixture
def weekly(group: Group) -> Challenge:
    with on(MONDAY):
        return make_challenge(group, program="t01", starts_on=MONDAY)


@pytest.fixture
def cards(group: Group) -> Challenge:
    with on(MONDAY):
        return make_challenge(group, program="t08", starts_on=MONDAY)


def test_the_fourth_day_asks_the_fourth_step(mia: User, group: Group, daily: Challenge) -> None:
    with on(MONDAY + timedelta(days=3)):
        prompt = prompt_for(mia, group)
    assert prompt.state == "open"
    assert prompt.step
    assert prompt.step.step_key == "d04"
    assert [option.key for option in prompt.options][0::3] == ["", "own"]
    assert len(prompt.options) == 4
    assert prompt.label == "Day 4 of 21 · Thursday, March 5"


def test_reading_a_prompt_stores_nothing_and_shows_the_same_ideas(mia: User, group: Group, daily: Challenge) -> None:
    with on(MONDAY):
        first, second = prompt_for(mia, group), prompt_for(mia, group)
    assert first.options == second.options
    assert not Choice.objects.exists()


def test_no_idea_comes_twice_in_21_days_of_a_member(mia: User, group: Group, daily: Challenge) -> None:
    met: list[str] = []
    for n in range(21):
        with on(MONDAY + timedelta(days=n)):
            prompt = prompt_for(mia, group)
            met += [option.key for option in prompt.alternatives if option.key != "own"]
            if n % 3 == 1 and prompt.step:
                decide(mia, prompt.step, "intend", option=prompt.alternatives[0].key)
    assert len(met) == 42
    assert len(set(met)) == 42


def test_before_the_start_the_prompt_names_the_day(mia: User, group: Group, daily: Challenge) -> None:
    with on(MONDAY - timedelta(days=2)):
        prompt = prompt_for(mia, group)
    assert (prompt.state, prompt.label) == ("upcoming", "Starts on Monday, March 2")


def test_what_is_on_stands_above_what_is_to_come_and_what_has_ended_last(mia: User, olive: User, group: Group) -> None:
    other = make_group(olive)
    join(other, mia)
    with on(MONDAY):
        make_challenge(group, starts_on=MONDAY - timedelta(days=22))
        make_challenge(other, program="t08", starts_on=MONDAY + timedelta(days=1))
        make_challenge(group, program="t01", starts_on=MONDAY)
        prompts = prompts_for(mia, [group, other])
    assert [prompt.state for prompt in prompts] == ["open", "upcoming", "late"]
    [_late, upcoming, running] = sorted((prompt.challenge for prompt in prompts), key=lambda one: one.ends_on)
    assert [prompt.challenge for prompt in prompts[:2]] == [running, upcoming]


def test_a_challenge_takes_late_acts_for_a_week_and_then_is_gone(mia: User, group: Group, daily: Challenge) -> None:
    with on(MONDAY + timedelta(days=21)):
        assert prompt_for(mia, group).state == "late"
    with on(MONDAY + timedelta(days=28)):
        assert prompts_for(mia, [group]) == []


def test_an_earlier_step_can_be_opened_and_a_later_one_cannot(mia: User, group: Group, daily: Challenge) -> None:
    first, last = daily.steps.order_by("position").first(), daily.steps.order_by("position").last()
    assert first
    assert last
    with on(MONDAY + timedelta(days=5)):
        assert prompt_for(mia, group, first.public_id).step == first
        assert prompt_for(mia, group, last.public_id).label.startswith("Day 6")
    with on(MONDAY + timedelta(days=22)):
        assert prompt_for(mia, group, last.public_id).state == "open"


def test_a_step_whose_day_would_come_after_the_end_is_not_asked(mia: User, group: Group, daily: Challenge) -> None:
    daily.ends_on = MONDAY + timedelta(days=3)
    daily.save()
    steps = list(daily.steps.order_by("position"))
    with on(MONDAY + timedelta(days=6)):
        assert prompt_for(mia, group, steps[3].public_id).label.startswith("Day 4 of 4")
        assert prompt_for(mia, group, steps[4].public_id).state == "late"


def test_today_is_the_members_own(group: Group, daily: Challenge) -> None:
    early = make_user("Kiri", time_zone="Pacific/Kiritimati")
    late = make_user("Pago", time_zone="Pacific/Pago_Pago")
    for person in (early, late):
        join(group, person)
    with on(MONDAY + timedelta(days=1), hour=10):
        days = {person.name: prompt_for(person, group).label[:5] for person in (early, late)}
    assert days == {"Kiri": "Day 3", "Pago": "Day 1"}


def test_who_joins_midway_starts_at_todays_step_and_has_missed_nothing(group: Group, daily: Challenge) -> None:
    with on(MONDAY + timedelta(days=9)):
        nils = make_user("Nils Newcomer")
        join(group, nils)
        prompt = prompt_for(nils, group)
        assert prompt.step
        assert prompt.step.step_key == "d10"
        assert prompt.participation is None
        decide(nils, prompt.step, "intend")
    participation = Participation.objects.get(user=nils)
    assert participation.joined_on == MONDAY + timedelta(days=9)


def test_weekends_are_free_when_they_are_left_out(mia: User, group: Group) -> None:
    with on(MONDAY):
        make_challenge(group, starts_on=MONDAY, workdays_only=True)
    with on(MONDAY + timedelta(days=5)):
        assert prompt_for(mia, group).state == "day_off"
    with on(MONDAY + timedelta(days=7)):
        assert prompt_for(mia, group).label.startswith("Day 6 of 21")


def test_a_hidden_step_leaves_its_day_free_and_moves_no_other(mia: User, group: Group, daily: Challenge) -> None:
    daily.steps.filter(step_key="d02").update(hidden_at=datetime(2026, 3, 1).astimezone())
    with on(MONDAY + timedelta(days=1)):
        assert prompt_for(mia, group).state == "day_off"
    with on(MONDAY + timedelta(days=2)):
        prompt = prompt_for(mia, group)
        assert prompt.step
        assert prompt.step.step_key == "d03"


def test_a_pause_asks_nothing_until_its_last_day_is_over(mia: User, group: Group, daily: Challenge) -> None:
    mine(mia, daily, paused_until=MONDAY + timedelta(days=2))
    with on(MONDAY + timedelta(days=2)):
        assert prompt_for(mia, group).state == "paused"
    with on(MONDAY + timedelta(days=3)):
        assert prompt_for(mia, group).state == "open"


def test_beyond_its_program_a_challenge_has_days_without_prompts(mia: User, group: Group, daily: Challenge) -> None:
    daily.ends_on = MONDAY + timedelta(days=25)
    daily.save()
    with on(MONDAY + timedelta(days=23)):
        assert prompt_for(mia, group).state == "day_off"


def test_a_week_counts_its_own_acts_only(mia: User, group: Group, weekly: Challenge) -> None:
    steps = list(weekly.steps.order_by("position"))
    with on(MONDAY + timedelta(days=1)):
        for step in steps[:4]:
            settle(mia, step, "", on=mia.today())
        assert (prompt_for(mia, group).done_this_week, prompt_for(mia, group).target) == (4, 5)
        settle(mia, steps[4], "", on=mia.today())
        assert prompt_for(mia, group).state == "all_done"
    with on(MONDAY + timedelta(days=7)):
        prompt = prompt_for(mia, group)
        assert (prompt.done_this_week, prompt.state) == (0, "open")
        assert prompt.step == steps[5]


def test_more_than_five_are_welcome_and_nothing_is_carried_over(mia: User, group: Group, weekly: Challenge) -> None:
    steps = list(weekly.steps.order_by("position"))
    with on(MONDAY + timedelta(days=8)):
        for step in steps[3:10]:
            settle(mia, step, "", on=mia.today())
        assert prompt_for(mia, group).done_this_week == 7
    with on(MONDAY + timedelta(days=14)):
        assert prompt_for(mia, group).done_this_week == 0


def test_half_a_dose_is_three(mia: User, group: Group, weekly: Challenge) -> None:
    mine(mia, weekly, dose="half")
    with on(MONDAY):
        assert prompt_for(mia, group).target == 3


def test_on_a_kindness_day_all_five_are_there_and_on_other_days_a_quiet_card(
    mia: User, group: Group, weekly: Challenge
) -> None:
    mine(mia, weekly, rhythm="one_day", kindness_weekday=3)
    with on(MONDAY):
        prompt = prompt_for(mia, group)
        assert (prompt.state, prompt.kindness_day, prompt.step) == ("day_off", "Thursday", None)
    with on(MONDAY + timedelta(days=3)):
        prompt = prompt_for(mia, group)
        assert (prompt.state, len(prompt.slots)) == ("open", 5)


def test_ten_cards_in_any_order_are_done_at_ten(mia: User, group: Group, cards: Challenge) -> None:
    steps = list(cards.steps.order_by("position"))
    with on(MONDAY + timedelta(days=3)):
        for n, step in enumerate(reversed(steps)):
            prompt = prompt_for(mia, group, step.public_id)
            assert (prompt.step, prompt.done_this_week, prompt.target) == (step, n, 10)
            settle(mia, step, "", on=mia.today())
        prompt = prompt_for(mia, group)
    assert (prompt.state, prompt.done_this_week) == ("all_done", 10)


def test_a_skipped_card_makes_room_for_the_next_one(mia: User, group: Group, cards: Challenge) -> None:
    with on(MONDAY):
        first = prompt_for(mia, group)
        assert first.step
        decide(mia, first.step, "skip")
        second = prompt_for(mia, group)
    assert second.state == "open"
    assert second.step != first.step


def test_money_food_touch_and_strangers_are_left_out_where_the_policy_says_so(
    olive: User, group: Group, daily: Challenge
) -> None:
    for name in ("money", "food", "touch", "strangers"):
        group.override(name, allowed=False, by=None)
    from challenges.audience import audience_of

    tags = {tag for idea in audience_of(Group.objects.get(pk=group.pk)).ideas() for tag in idea.tags}
    assert tags.isdisjoint({"money", "food", "touch", "touch-self", "stranger"})


def test_other_groups_prompts_stay_with_them(mia: User, group: Group, daily: Challenge, foreign_group: Group) -> None:
    make_challenge(foreign_group, starts_on=MONDAY)
    with on(MONDAY):
        assert [prompt.challenge for prompt in prompts_for(mia, [group, foreign_group])] == [daily]


def test_two_challenges_on_one_page_offer_different_ideas(mia: User, group: Group, daily: Challenge) -> None:
    with on(MONDAY):
        make_challenge(group, program="t01", starts_on=MONDAY)
        prompts = prompts_for(mia, [group])
    first, second = ({option.key for option in prompt.options} - {"", "own"} for prompt in prompts)
    assert not first & second


def test_ten_challenges_cost_as_many_queries_as_one(
    mia: User, olive: User, django_assert_num_queries: Callable[[int], object]
) -> None:
    groups = []
    with on(MONDAY):
        for _n in range(10):
            group = make_group(olive)
            join(group, mia)
            make_challenge(group, program="t01", starts_on=MONDAY)
            groups.append(group)
    for group in groups:
        assert group.policy.comments_open
    with on(MONDAY):
        for number in (1, 10):
            with django_assert_num_queries(3):  # type: ignore[attr-defined]
                prompts = prompts_for(mia, groups[:number])
                assert all(prompt.headline for prompt in prompts)
            assert len(prompts) + len(prompts.others) == number


def test_a_page_has_room_for_three_prompts_and_names_the_others(mia: User, olive: User) -> None:
    with on(MONDAY):
        groups = [make_group(olive, name=f"Group {n}") for n in range(5)]
        challenges = []
        for weeks, group in enumerate(groups):
            join(group, mia)
            challenges.append(make_challenge(group, starts_on=MONDAY))
            Challenge.objects.filter(group=group).update(ends_on=MONDAY + timedelta(days=10 + weeks))
        soonest = prompts_for(mia, groups)
        assert [prompt.challenge for prompt in soonest] == challenges[:3]
        assert soonest.others == challenges[3:]
        picked = prompts_for(mia, groups, picked=groups[4])
        assert [prompt.challenge for prompt in picked] == [challenges[4], *challenges[:2]]
        step = challenges[3].steps.first()
        assert step is not None
        asked = prompts_for(mia, groups, asked=step.public_id)
        assert asked[0].step == step
        alone = prompt_of(mia, challenges[4])
        assert alone is not None
        assert alone.options == picked[0].options


def test_many_at_once_are_asked_what_each_is_asked_alone(
    olive: User, mia: User, stan: User, group: Group, daily: Challenge, weekly: Challenge, cards: Challenge
) -> None:
    """With plans, pauses, choices of their own, groups that others are not in, and challenges that are over."""
    other = make_group(stan)
    join(other, mia)
    with on(MONDAY - timedelta(days=40)):
        make_challenge(other, starts_on=MONDAY - timedelta(days=40))
    with on(MONDAY):
        make_challenge(other, program="t01", starts_on=MONDAY + timedelta(days=30))
    mine(mia, weekly, rhythm="one_day", kindness_weekday=2)
    mine(olive, daily, paused_until=MONDAY + timedelta(days=9))
    User.objects.filter(pk=stan.pk).update(time_zone="Pacific/Apia")
    people = list(User.objects.filter(pk__in=[olive.pk, mia.pk, stan.pk]))
    for day in (0, 2, 3, 8, 30):
        with on(MONDAY + timedelta(days=day), hour=20):
            Plan.objects.make(daily, mia, cue=f"it is day {day}", act="ask")
            prompt = prompt_of(mia, weekly)
            if prompt and prompt.step and day < 30:
                decide(mia, prompt.step, "skip" if day else "intend")
            together = material_of(people)
            for person in people:
                alone = prompts_for(person, Group.objects.of_member(person).select_related("organization"))
                assert [told(one) for one in together[person.pk].prompts()] == [told(one) for one in alone]
                assert alone or (person, day) == (stan, 0)


def told(prompt: Prompt) -> list[object]:
    fields = ("step", "choice", "options", "state", "label", "headline", "plan", "target", "done_this_week", "days")
    return [prompt.challenge.pk, *(getattr(prompt, name) for name in fields), [slot.step for slot in prompt.slots]]
