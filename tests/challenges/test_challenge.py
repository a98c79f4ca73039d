"""The page of a challenge in all its phases, and one's own way through it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.forms import ModelForm
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenges.edit_forms import MyWayForm
from challenges.models import Challenge, Participation
from challenges.schedule import Phase
from feed.models import Act
from groups.models import Group
from tests.factories import join, make_act, make_challenge, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


def on(day: date, hour: int = 12) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T{hour:02}:00:00Z", tick=False)


def page(client: Client, challenge: Challenge) -> str:
    reply = client.get(reverse("challenge", args=[challenge.public_id]))
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.fixture
def daily(group: Group) -> Challenge:
    with on(MONDAY):
        return make_challenge(group, starts_on=MONDAY)


def test_totals_say_so_far_until_the_last_late_act_is_in(
    as_mia: Client, mia: User, group: Group, daily: Challenge
) -> None:
    with on(MONDAY + timedelta(days=1)):
        make_act(group, mia, challenge=daily)
        assert "1 act so far" in page(as_mia, daily)
    with on(MONDAY + timedelta(days=27)):
        assert "1 act so far" in page(as_mia, daily)
    with on(MONDAY + timedelta(days=28)):
        html = page(as_mia, daily)
        assert "1 act together" in html
        assert "so far." not in html


def test_the_calendar_shows_what_has_come_and_keeps_the_rest_a_surprise(as_mia: Client, daily: Challenge) -> None:
    with on(MONDAY + timedelta(days=2)):
        html = page(as_mia, daily)
    steps = [step.words.prompt for step in daily.steps.order_by("position")]
    assert steps[1] in html
    assert steps[5] not in html


def test_the_group_stands_in_its_organizations_day_and_the_member_in_their_own(
    as_mia: Client, mia: User, group: Group, daily: Challenge
) -> None:
    group.organization.time_zone = "Pacific/Kiritimati"
    group.organization.save()
    daily.refresh_from_db()
    last = MONDAY + timedelta(days=20)
    with on(last, hour=12):
        # It is the day after already where the organization is; Mia is in UTC and still has her last day.
        challenge = Challenge.objects.get(pk=daily.pk)
        assert challenge.phase == Phase.LATE
        assert challenge.phase_on(mia.today()) == Phase.OPEN
        assert "can be told until" in page(as_mia, daily)


@pytest.mark.parametrize("program", ["t01", "t02", "t08"])
@pytest.mark.parametrize("day", [-3, 0, 9, 30, 60])
def test_every_program_has_a_page_on_every_day(as_mia: Client, group: Group, program: str, day: int) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program=program, starts_on=MONDAY)
    with on(MONDAY + timedelta(days=day)):
        assert challenge.title in page(as_mia, challenge)


def test_a_weekly_page_opens_its_weeks_one_by_one(as_mia: Client, group: Group) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program="t01", starts_on=MONDAY)
        html = page(as_mia, challenge)
    first, sixth = challenge.steps.order_by("position")[0], challenge.steps.order_by("position")[5]
    assert first.words.prompt in html
    assert sixth.words.prompt not in html


def test_cards_show_my_ticks_to_me_alone(as_mia: Client, as_olive: Client, mia: User, group: Group) -> None:
    from challenges.choices import settle

    with on(MONDAY):
        challenge = make_challenge(group, program="t08", starts_on=MONDAY)
        settle(mia, challenge.steps.order_by("position")[0], "", on=MONDAY)
        assert "1 of 10 ticked off" in page(as_mia, challenge)
        assert "0 of 10 ticked off" in page(as_olive, challenge)


def test_other_groups_leave_no_trace(as_mia: Client, as_stan: Client, daily: Challenge, foreign_group: Group) -> None:
    with on(MONDAY):
        foreign = make_challenge(foreign_group, starts_on=MONDAY)
        make_act(foreign_group, foreign_group.memberships.get().user, challenge=foreign, text="Canary")
        assert "Canary" not in page(as_mia, daily)
        assert as_stan.get(daily.get_absolute_url()).status_code == 404


def test_a_page_costs_the_same_for_many_acts_and_people(
    as_mia: Client, mia: User, group: Group, daily: Challenge, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for _n in range(20):
        join(group, make_user())
    with on(MONDAY + timedelta(days=3)):
        first = make_act(group, mia, challenge=daily, done_on=MONDAY)
        for _n in range(20):
            make_act(group, mia, challenge=daily, done_on=MONDAY, parent=first, link_kind="passed_on")
        with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
            assert "22 people, each a patch" in page(as_mia, daily)
    assert Act.objects.count() == 21


# How I take part


def my_way(client: Client, challenge: Challenge, **data: str) -> int:
    return client.post(reverse("my-way", args=[challenge.public_id]), data).status_code


def test_saved_twice_at_once_it_is_one_row(as_mia: Client, mia: User, group: Group, monkeypatch: Any) -> None:
    challenge = make_challenge(group)
    Participation.objects.filter(user=mia).delete()
    looked = []

    def meanwhile(form: MyWayForm, commit: bool = True) -> Any:
        looked.append(challenge.welcome(mia))  # the other request is through first
        return ModelForm.save(form, commit)

    monkeypatch.setattr(MyWayForm, "save", meanwhile)
    assert my_way(as_mia, challenge, dose="half") == 302
    assert Participation.objects.get(user=mia) == looked[0]


def test_half_a_dose_a_kindness_day_and_a_pause_are_kept(as_mia: Client, mia: User, group: Group) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program="t01", starts_on=MONDAY)
        data = {"dose": "half", "rhythm": "one_day", "kindness_weekday": "4", "paused_until": "2026-03-05"}
        assert my_way(as_mia, challenge, **data) == 302
        mine = Participation.objects.get(user=mia)
        assert (mine.dose, mine.rhythm, mine.kindness_weekday) == ("half", "one_day", 4)
        assert mine.is_paused_on(date(2026, 3, 5))
        assert my_way(as_mia, challenge, dose="full", rhythm="spread") == 302
        assert not Participation.objects.get(user=mia).is_paused_on(date(2026, 3, 2))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"dose": "half", "rhythm": "one_day"}, "Choose the weekday that suits you."),
        ({"dose": "half", "rhythm": "spread", "paused_until": "2026-02-01"}, "That day has passed."),
        ({"dose": "double", "rhythm": "spread"}, "double"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(as_mia: Client, group: Group, data: dict[str, str], words: str) -> None:
    with on(MONDAY):
        challenge = make_challenge(group, program="t01", starts_on=MONDAY)
        reply = as_mia.post(reverse("my-way", args=[challenge.public_id]), data)
    assert reply.status_code == 422
    assert words in reply.content.decode()


def test_a_daily_challenge_asks_for_no_weekday(as_mia: Client, daily: Challenge) -> None:
    with on(MONDAY):
        html = as_mia.get(reverse("my-way", args=[daily.public_id])).content.decode()
    assert "kindness_weekday" not in html
    assert "paused_until" in html


def test_how_i_take_part_is_mine_alone(as_stan: Client, as_olive: Client, mia: User, daily: Challenge) -> None:
    with on(MONDAY):
        Participation.objects.filter(user=mia).update(paused_until=date(2026, 3, 5))
        assert as_stan.get(reverse("my-way", args=[daily.public_id])).status_code == 404
        assert "2026-03-05" not in as_olive.get(reverse("my-way", args=[daily.public_id])).content.decode()
