"""The leader's home: figures that are counted, and nobody who is singled out."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from challenges.models import Challenge
from challenges.overview import overview_of
from challenges.prompts import prompts_for
from groups.models import Group
from kindness_platform.charts import Day, chart_of, round_up
from kindness_platform.coarse import people_taking_part
from tests.factories import join, make_act, make_challenge, make_class, make_user

MONDAY = date(2026, 3, 2)
WEDNESDAY = MONDAY + timedelta(days=9)


@given(of=st.integers(min_value=0, max_value=200), data=st.data())
def test_a_number_is_told_only_with_five_people_on_either_side(of: int, data: Any) -> None:
    people = data.draw(st.integers(min_value=0, max_value=of))
    told = people_taking_part(people, of)
    if people >= 5 and of - people >= 5:
        assert told == str(people)
    else:
        assert not any(letter.isdigit() for letter in told)


@pytest.mark.parametrize(
    ("people", "of", "told"),
    [(0, 3, "A few at most"), (4, 30, "A few at most"), (5, 30, "5"), (25, 30, "25"), (26, 30, "Nearly all")],
)
def test_the_words_for_few_and_many(people: int, of: int, told: str) -> None:
    assert people_taking_part(people, of) == told


@given(st.integers(min_value=0, max_value=1_000_000))
def test_a_chart_ends_at_a_round_number_that_holds_its_highest_bar(number: int) -> None:
    assert number <= round_up(number) <= max(10, 2 * number)


def test_the_bars_of_a_chart_stand_on_each_other() -> None:
    chart = chart_of([Day("Monday", "Mon", did=3, saw=2, received=5), Day("Tuesday", "Tue")])
    assert [(box.tone, box.height) for box in chart.boxes] == [("f-poppy", 51.6), ("f-sun", 34.4), ("f-sky", 86.0)]
    assert [mark.text for mark in chart.sums] == ["10"]


@pytest.fixture
def wednesday() -> Any:
    with time_machine.travel(f"{WEDNESDAY.isoformat()}T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def daily(db: None, wednesday: Any, group: Group) -> Challenge:
    return make_challenge(group, starts_on=MONDAY)


def page(client: Client, group: Group) -> str:
    reply = client.get(reverse("lead", args=[group.slug]))
    assert reply.status_code == 200
    return " ".join(reply.content.decode().split())


@pytest.mark.django_db
def test_leaders_and_admins_get_in_members_do_not(
    as_olive: Client, as_mia: Client, as_stan: Client, daily: Challenge
) -> None:
    url = reverse("lead", args=[daily.group.slug])
    assert [client.get(url).status_code for client in (as_olive, as_mia, as_stan)] == [200, 403, 404]
    assert as_olive.post(url).status_code == 405


def test_the_figures_are_counted_from_what_is_stored(
    as_olive: Client, mia: User, group: Group, daily: Challenge
) -> None:
    first = make_act(group, mia, challenge=daily, done_on=WEDNESDAY)
    make_act(group, mia, challenge=daily, done_on=WEDNESDAY, parent=first, link_kind="passed_on", source="tick")
    make_act(group, mia, challenge=daily, done_on=WEDNESDAY - timedelta(days=3), kind="saw")
    make_act(group, mia, challenge=daily, done_on=MONDAY, kind="received", audience="private")
    make_act(group, mia, challenge=daily, done_on=MONDAY, parent=first, link_kind="inspired", source="tick")
    html = page(as_olive, group)
    assert "<dt>Acts this week</dt> <dd> 2 </dd>" in html
    assert "4 in all; you hope for" in html
    assert "<dt>Passed on</dt> <dd> 1 </dd>" in html
    assert "acts that followed from another; “I did this too”: 1" in html
    assert "Told in words: 2. Ticked: 2." in html
    assert '<th scope="row">Wednesday, March 11</th> <td class="num">2</td>' in html


def test_nobody_is_named_and_small_numbers_stay_vague(
    as_olive: Client, mia: User, group: Group, daily: Challenge
) -> None:
    quiet = make_user("Quiet Quentin")
    join(group, quiet)
    make_act(group, mia, challenge=daily, done_on=WEDNESDAY)
    html = page(as_olive, group)
    assert "A few at most" in html
    assert "Quentin" not in html
    assert "Mia" not in html


def test_other_groups_acts_are_not_counted(
    as_olive: Client, stan: User, group: Group, daily: Challenge, foreign_group: Group
) -> None:
    foreign = make_challenge(foreign_group, starts_on=MONDAY)
    make_act(foreign_group, stan, challenge=foreign, done_on=WEDNESDAY)
    assert "<dt>Acts this week</dt> <dd> 0 </dd>" in page(as_olive, group)


@pytest.mark.parametrize(
    ("day", "words"),
    [(-3, "Change the prompts"), (3, "Tell one"), (25, "Run it again"), (60, "Run it again")],
)
@pytest.mark.django_db
def test_each_time_has_its_next_step(as_olive: Client, group: Group, day: int, words: str) -> None:
    with time_machine.travel(f"{MONDAY.isoformat()}T12:00:00Z", tick=False):
        make_challenge(group, starts_on=MONDAY)
    with time_machine.travel(f"{(MONDAY + timedelta(days=day)).isoformat()}T12:00:00Z", tick=False):
        assert words in page(as_olive, group)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("workdays_only", "until", "told"),
    [
        (False, 9, "10 of 10"),  # ended today
        (False, 29, "10 of 30"),
        (True, 9, "8 of 8"),
        (True, 39, "8 of 30"),
    ],
)
def test_leaders_and_members_read_the_same_day_of_as_many_days(
    as_olive: Client, mia: User, group: Group, wednesday: Any, workdays_only: bool, until: int, told: str
) -> None:
    challenge = make_challenge(group, starts_on=MONDAY, workdays_only=workdays_only)
    challenge.ends_on = MONDAY + timedelta(days=until)
    challenge.save(update_fields=["ends_on"])
    [prompt] = prompts_for(mia, [group])
    assert prompt.label.startswith(f"Day {told} ·")
    assert f"day {told}" in page(as_olive, group)
    assert overview_of(challenge, mia).number == int(told.split()[-1])


def test_a_group_without_a_challenge_is_offered_one(as_olive: Client, group: Group) -> None:
    assert "Start one" in page(as_olive, group)


def test_a_class_without_a_program_begins_one_of_its_own(as_olive: Client, olive: User) -> None:
    kestrels = make_class(olive)
    page = as_olive.get(reverse("lead", args=[kestrels.slug])).content.decode()
    assert reverse("class-begin", args=[kestrels.slug]) in page.partition("No challenge is set up yet.")[2]


def test_the_page_costs_the_same_for_many_people_and_acts(
    as_olive: Client, mia: User, group: Group, daily: Challenge, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    first = make_act(group, mia, challenge=daily, done_on=WEDNESDAY)
    for _n in range(12):
        person = make_user()
        join(group, person)
        make_act(group, person, challenge=daily, done_on=WEDNESDAY, parent=first, link_kind="passed_on")
    with django_assert_max_num_queries(20):
        assert "Nearly all" in page(as_olive, group)


def test_nothing_is_said_of_ripples_where_there_are_none(as_olive: Client, olive: User) -> None:
    """In a class none can be; its pages stand in a row of four and a menu."""
    group = make_class(olive, pupils=["Ada"])
    make_challenge(group, program="t11", started=0)
    html = as_olive.get(reverse("lead", args=[group.slug])).content.decode()
    assert "Acts this week" in html
    assert "Passed on" not in html
    assert "Longest ripple" not in html
    tabs = html.split('aria-label="Your class"')[1].split("</nav>")[0]
    row, menu = tabs.split("<details")
    assert (row.count("<a "), menu.count("<a ")) == (4, 7)
