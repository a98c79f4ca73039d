"""A class is asked on school days: holidays lie between its weeks, and nobody is behind after them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from challenges.choices import settle
from challenges.models import Challenge
from challenges.overview import overview_of
from challenges.prompts import Prompt, prompts_for
from groups.models import Group, School, SchoolSpan
from tests.client import CheckedClient
from tests.factories import make_challenge, make_class, make_group, make_pupil

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
HALF_TERM: dict[str, Any] = {
    "kind": "holiday",
    "title": "Half term",
    "starts_on": date(2026, 10, 19),
    "ends_on": date(2026, 10, 23),
}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with on(MONDAY):
        yield


def on(day: date) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T10:00:00Z", tick=False)


@pytest.fixture
def kestrels(olive: User) -> Group:
    group = make_class(olive, name="Kestrels")
    school(group).change(olive, weekdays="01234")
    return fresh(group)


def school(group: Group) -> School:
    return School.of(group.organization)


def fresh(group: Group) -> Group:
    return Group.objects.select_related("organization").get(pk=group.pk)


def prompt_on(day: date, sky: User, group: Group, asked: str = "") -> Prompt:
    with on(day):
        (prompt,) = prompts_for(sky, [fresh(group)], asked=asked)
    return prompt


def test_a_holiday_that_is_written_on_the_page_of_the_school_moves_what_runs(kestrels: Group, olive: User) -> None:
    challenge = make_challenge(kestrels, program="t11", starts_on=MONDAY)
    ends_on, page = challenge.ends_on, reverse("school", args=[kestrels.organization.public_id])
    client = CheckedClient()
    client.force_login(olive)
    assert client.post(page, {"do": "add", **HALF_TERM}).status_code == 302
    challenge.refresh_from_db()
    assert challenge.ends_on == ends_on + timedelta(weeks=1)
    assert client.post(page, {"do": "remove", "span": SchoolSpan.objects.get().public_id}).status_code == 302
    challenge.refresh_from_db()
    assert challenge.ends_on == ends_on


def test_a_half_term_lies_between_the_second_and_the_third_week(kestrels: Group, olive: User) -> None:
    school(kestrels).add_span(olive, **HALF_TERM)
    kestrels = fresh(kestrels)
    challenge = make_challenge(kestrels, program="t11", starts_on=MONDAY)
    sky = make_pupil(kestrels, "Sky").user
    assert challenge.ends_on == date(2026, 11, 8)
    seen = {day: prompt_on(day, sky, kestrels) for day in (MONDAY + timedelta(days=n) for n in range(35))}
    assert [seen[MONDAY + timedelta(weeks=n)].label[:11] for n in (0, 1, 3, 4)] == [
        f"Week {n} of 4" for n in (1, 2, 3, 4)
    ]
    for day, prompt in seen.items():
        closed = day.weekday() > 4 or date(2026, 10, 19) <= day <= date(2026, 10, 23)
        assert prompt.state == ("day_off" if closed else "open"), day
    assert len(overview_of(challenge, sky).weeks) == 4


def test_what_happens_on_a_day_off_can_be_ticked_all_the_same(kestrels: Group, olive: User) -> None:
    school(kestrels).add_span(olive, **HALF_TERM)
    challenge = make_challenge(fresh(kestrels), program="t11", starts_on=MONDAY)
    sky = make_pupil(kestrels, "Sky").user
    holiday = date(2026, 10, 21)
    quiet = prompt_on(holiday, sky, kestrels)
    assert [slot.step.step_key for slot in quiet.slots] == ["w2-1", "w2-2", "w2-3"]
    asked = quiet.slots[2].step
    opened = prompt_on(holiday, sky, kestrels, asked=asked.public_id)
    assert (opened.state, opened.step) == ("open", asked)
    settle(sky, asked, "", on=holiday)
    assert prompt_on(holiday, sky, kestrels).done_this_week == 1
    assert prompt_on(date(2026, 10, 26), sky, kestrels).done_this_week == 0
    assert challenge.takes_acts_of(holiday, today=holiday)


def test_cards_rest_at_the_weekend(kestrels: Group) -> None:
    make_challenge(kestrels, program="t08", starts_on=MONDAY)
    sky = make_pupil(kestrels, "Sky").user
    assert prompt_on(date(2026, 10, 9), sky, kestrels).state == "open"
    weekend = prompt_on(date(2026, 10, 10), sky, kestrels)
    assert weekend.state == "day_off"
    assert len(weekend.slots) == 10


def test_a_holiday_set_later_moves_the_end_of_what_runs(kestrels: Group, olive: User) -> None:
    challenge = make_challenge(kestrels, program="t11", starts_on=MONDAY)
    shortened = make_challenge(kestrels, program="t08", starts_on=MONDAY)
    shortened.ends_on = MONDAY + timedelta(days=4)
    shortened.change(["ends_on"], by=olive)
    assert challenge.ends_on == date(2026, 11, 1)
    span = school(kestrels).add_span(olive, **HALF_TERM)
    assert ends(challenge) == date(2026, 11, 8)
    assert ends(shortened) == MONDAY + timedelta(days=4), "what a teacher has made shorter stays so"
    school(kestrels).drop_span(span, olive)
    assert ends(challenge) == date(2026, 11, 1)
    assert not SchoolSpan.objects.exists()


def test_another_schools_holiday_moves_nothing(kestrels: Group, olive: User, stan: User) -> None:
    challenge = make_challenge(kestrels, program="t11", starts_on=MONDAY)
    other = make_class(stan)
    school(other).add_span(stan, **HALF_TERM)
    grown_ups = make_challenge(make_group(olive, organization=kestrels.organization), program="t01", starts_on=MONDAY)
    school(kestrels).add_span(olive, **{**HALF_TERM, "starts_on": date(2026, 10, 26), "ends_on": date(2026, 10, 30)})
    assert ends(challenge) == date(2026, 11, 8)
    assert ends(grown_ups) == date(2026, 11, 1)


def ends(challenge: Challenge) -> date:
    return Challenge.objects.get(pk=challenge.pk).ends_on


def test_the_calendar_is_read_once_for_all_of_a_pupils_challenges(
    kestrels: Group, olive: User, django_assert_num_queries: Any
) -> None:
    school(kestrels).add_span(olive, **HALF_TERM)
    for program in ("t11", "t08"):
        make_challenge(fresh(kestrels), program=program, starts_on=MONDAY)
    sky = make_pupil(kestrels, "Sky").user
    group = fresh(kestrels)
    with django_assert_num_queries(5):  # the three of every reader, and the school's hours and holidays
        assert len(prompts_for(sky, [group])) == 2


def test_a_group_of_adults_reads_no_calendar(group: Group, mia: User, django_assert_num_queries: Any) -> None:
    make_challenge(group, program="t01", starts_on=MONDAY)
    group = fresh(group)
    with django_assert_num_queries(3):
        assert len(prompts_for(mia, [group])) == 1
