"""What Olive may change of a running challenge, and what stays as it was."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.models.audit import AuditEntry
from challenges import arrange
from challenges.models import Challenge, Step
from challenges.prompts import prompts_for
from feed.models import Act
from groups.models import Group
from tests.factories import make_act, make_challenge, make_group, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
LEADER_PAGES = ["challenge-edit", "challenge-steps", "challenge-end", "challenge-cancel", "challenge-again"]


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def daily(group: Group) -> Challenge:
    return make_challenge(group, starts_on=MONDAY)


def save(client: Client, challenge: Challenge, **changes: str) -> Any:
    data = {
        "own_title": "",
        "starts_on": challenge.starts_on.isoformat(),
        "ends_on": challenge.ends_on.isoformat(),
        "goal": "100",
        **changes,
    }
    return client.post(reverse("challenge-edit", args=[challenge.public_id]), data)


def steps_of(challenge: Challenge) -> list[Step]:
    return list(challenge.steps.order_by("position"))


@pytest.mark.parametrize("name", LEADER_PAGES)
def test_only_those_who_run_the_group_get_in(
    name: str, as_olive: Client, as_mia: Client, as_stan: Client, daily: Challenge
) -> None:
    url = reverse(name, args=[daily.public_id])
    assert [client.get(url).status_code for client in (as_olive, as_mia, as_stan)] == [200, 403, 404]
    assert [client.post(url).status_code for client in (as_mia, as_stan)] == [403, 404]


def test_the_words_of_a_step_are_the_leaders_only(
    as_olive: Client, as_mia: Client, as_stan: Client, daily: Challenge
) -> None:
    url = reverse("step-edit", args=[steps_of(daily)[0].public_id])
    assert [client.get(url).status_code for client in (as_olive, as_mia, as_stan)] == [200, 403, 404]


def test_title_goal_and_last_day_can_change_and_what_was_told_stays(
    as_olive: Client, mia: User, group: Group, daily: Challenge
) -> None:
    act = make_act(group, mia, challenge=daily)
    before = Act.objects.values().get(pk=act.pk)
    assert save(as_olive, daily, own_title="Our March", goal="250", ends_on="2026-04-30").status_code == 302
    daily.refresh_from_db()
    assert (daily.title, daily.goal, daily.ends_on) == ("Our March", 250, date(2026, 4, 30))
    assert Act.objects.values().get(pk=act.pk) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2026-03-01"}, "comes before the first"),
        ({"ends_on": "2027-03-04"}, "a year at most"),
        ({"ends_on": "2026-03-03"}, "That day has passed"),
        ({"goal": "0"}, "between 1 and 1,000,000"),
        ({"goal": "-5"}, "between 1 and 1,000,000"),
        ({"goal": "many"}, "between 1 and 1,000,000"),
        ({"goal": "10000000"}, "1,000,000"),
        ({"ends_on": "soon"}, "Enter a valid date"),
    ],
)
def test_dates_that_cannot_be_are_refused_at_the_field(
    as_olive: Client, daily: Challenge, changes: dict[str, str], words: str
) -> None:
    reply = save(as_olive, daily, own_title="Kept words", **changes)
    html = reply.content.decode()
    assert reply.status_code == 422
    assert words in html
    assert "Kept words" in html
    assert Challenge.objects.get(pk=daily.pk).own_title == ""


def test_the_first_day_stays_once_it_has_come(as_olive: Client, daily: Challenge) -> None:
    save(as_olive, daily, starts_on="2026-02-02")
    daily.refresh_from_db()
    assert daily.starts_on == MONDAY
    assert "It has begun" in as_olive.get(reverse("challenge-edit", args=[daily.public_id])).content.decode()


def test_a_start_to_come_can_move_but_not_into_the_past(as_olive: Client, group: Group) -> None:
    challenge = make_challenge(group, starts_on=date(2026, 3, 9))
    assert save(as_olive, challenge, starts_on="2026-03-10").status_code == 302
    assert save(as_olive, challenge, starts_on="2026-03-01").status_code == 422
    challenge.refresh_from_db()
    assert challenge.starts_on == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("chosen", "typed", "last"),
    [
        ({}, {}, date(2026, 4, 5)),  # it was the program's own last day, and is again
        ({"workdays_only": True}, {}, date(2026, 4, 13)),
        ({"ends_on": date(2026, 3, 20)}, {}, date(2026, 3, 27)),  # a leader's own, as many days later
        ({}, {"ends_on": "2026-03-31"}, date(2026, 3, 31)),  # they choose both
    ],
)
def test_the_last_day_moves_along_with_the_first_unless_it_is_chosen(
    as_olive: Client, group: Group, chosen: dict[str, Any], typed: dict[str, str], last: date
) -> None:
    first, later = date(2026, 3, 9), "2026-03-16"
    challenge = make_challenge(group, starts_on=first, workdays_only=chosen.pop("workdays_only", False))
    Challenge.objects.filter(pk=challenge.pk).update(**chosen)
    challenge.refresh_from_db()
    assert save(as_olive, challenge, starts_on=later, **typed).status_code == 302
    challenge.refresh_from_db()
    assert (challenge.starts_on.isoformat(), challenge.ends_on) == (later, last)


def test_acts_a_week_go_from_one_to_seven(as_olive: Client, group: Group) -> None:
    weekly = make_challenge(group, program="t01", starts_on=MONDAY)
    assert save(as_olive, weekly, per_week="3").status_code == 302
    assert save(as_olive, weekly, per_week="8").status_code == 422
    weekly.refresh_from_db()
    assert weekly.per_week == 3


def test_a_reworded_step_reads_so_from_then_on_and_the_programs_words_come_back(
    as_olive: Client, mia: User, group: Group, daily: Challenge
) -> None:
    step = steps_of(daily)[2]
    url = reverse("step-edit", args=[step.public_id])
    words = {name: getattr(step.words, name) for name in ("theme", "prompt", "detail", "reflection", "step_up")}
    assert as_olive.post(url, {**words, "prompt": "Water the office fern."}).status_code == 302
    assert Step.objects.get(pk=step.pk).overrides == {"prompt": "Water the office fern."}
    assert prompts_for(mia, [group])[0].headline == "Water the office fern."
    as_olive.post(url, {"do": "reset"})
    assert Step.objects.get(pk=step.pk).overrides == {}


def test_a_cleared_field_goes_back_to_the_programs_words(as_olive: Client, olive: User, daily: Challenge) -> None:
    step = steps_of(daily)[2]
    before = step.words.detail
    assert before
    step.reword({"detail": "Or any other plant.", "reflection": "Whose fern is it?"}, by=olive)
    words = {name: getattr(step.words, name) for name in ("theme", "prompt", "detail", "reflection", "step_up")}
    as_olive.post(reverse("step-edit", args=[step.public_id]), {**words, "detail": ""})
    step = Step.objects.get(pk=step.pk)
    assert step.overrides == {"reflection": "Whose fern is it?"}
    assert step.words.detail == before
    assert AuditEntry.objects.filter(verb="reworded", thing="challenges.Step", actor_id=olive.pk).count() == 2


def test_a_step_needs_a_prompt_and_keeps_what_was_typed(as_olive: Client, daily: Challenge) -> None:
    url = reverse("step-edit", args=[steps_of(daily)[2].public_id])
    reply = as_olive.post(url, {"theme": "Ferns", "prompt": " "})
    assert reply.status_code == 422
    assert "Ferns" in reply.content.decode()


def arranged(client: Client, challenge: Challenge, do: str, step: Step) -> list[str]:
    url = reverse("challenge-steps", args=[challenge.public_id])
    assert client.post(url, {"do": do, "step": step.public_id}).status_code == 302
    return [one.step_key for one in steps_of(challenge)]


def test_steps_to_come_move_and_days_that_have_come_stay(as_olive: Client, daily: Challenge) -> None:
    steps = steps_of(daily)
    keys = [step.step_key for step in steps]
    assert arranged(as_olive, daily, "up", steps[2]) == keys
    assert arranged(as_olive, daily, "up", steps[3]) == keys
    assert arranged(as_olive, daily, "down", steps[2]) == keys
    assert arranged(as_olive, daily, "down", steps[-1]) == keys
    assert arranged(as_olive, daily, "up", steps[10])[9:11] == ["d11", "d10"]


def test_cards_move_freely_and_weekly_steps_within_their_week(as_olive: Client, group: Group) -> None:
    cards = make_challenge(group, program="t08", starts_on=MONDAY)
    assert arranged(as_olive, cards, "down", steps_of(cards)[0])[:2] == ["c02", "c01"]
    weekly = make_challenge(group, program="t01", starts_on=MONDAY)
    assert arranged(as_olive, weekly, "down", steps_of(weekly)[4])[4:6] == ["w1-5", "w2-1"]
    assert arranged(as_olive, weekly, "up", steps_of(weekly)[4])[3:5] == ["w1-5", "w1-4"]


def test_a_step_can_be_hidden_and_shown_again(as_olive: Client, daily: Challenge) -> None:
    step = steps_of(daily)[6]
    arranged(as_olive, daily, "hide", step)
    assert step not in daily.steps.visible()
    arranged(as_olive, daily, "show", step)
    assert step in daily.steps.visible()


def test_a_step_of_another_challenge_cannot_be_moved_from_here(
    as_olive: Client, daily: Challenge, foreign_group: Group
) -> None:
    foreign = steps_of(make_challenge(foreign_group, starts_on=MONDAY))[5]
    url = reverse("challenge-steps", args=[daily.public_id])
    assert as_olive.post(url, {"do": "hide", "step": foreign.public_id}).status_code == 404


def test_an_own_step_gets_a_day_of_its_own(as_olive: Client, mia: User, group: Group, daily: Challenge) -> None:
    url = reverse("challenge-steps", args=[daily.public_id])
    data = {"do": "add", "theme": "Cake", "prompt": "Bring a story.", "category": "playful", "minutes": "5"}
    assert as_olive.post(url, data).status_code == 302
    daily.refresh_from_db()
    assert daily.ends_on == MONDAY + timedelta(days=21)
    with time_machine.travel("2026-03-23T12:00:00Z", tick=False):
        assert prompts_for(mia, [group])[0].headline == "Bring a story."


def test_an_own_step_needs_words(as_olive: Client, daily: Challenge) -> None:
    url = reverse("challenge-steps", args=[daily.public_id])
    reply = as_olive.post(url, {"do": "add", "theme": "Cake", "category": "cake", "minutes": "0"})
    assert reply.status_code == 422
    assert "Cake" in reply.content.decode()
    assert "from 1 to 120" in reply.content.decode()
    assert daily.steps.count() == 21


def test_the_list_of_steps_says_when_each_is_asked(olive: User, daily: Challenge) -> None:
    rows = arrange.rows_of(daily)
    assert (rows[0].day, rows[0].goes_up, rows[0].goes_down) == ("Monday, March 2", False, False)
    assert (rows[3].goes_up, rows[3].goes_down) == (False, True)


def test_ending_today_makes_it_the_last_day(as_olive: Client, daily: Challenge) -> None:
    url, edit = (reverse(route, args=[daily.public_id]) for route in ("challenge-end", "challenge-edit"))
    assert "Wednesday, March 11" in as_olive.get(url).content.decode()
    assert url in as_olive.get(edit).content.decode()
    assert as_olive.post(url).status_code == 302
    daily.refresh_from_db()
    assert daily.ends_on == date(2026, 3, 4)
    assert url not in as_olive.get(edit).content.decode(), "it cannot be ended twice"


def test_what_has_not_begun_cannot_be_ended(as_olive: Client, group: Group) -> None:
    challenge = make_challenge(group, starts_on=date(2026, 3, 9))
    assert as_olive.post(reverse("challenge-end", args=[challenge.public_id])).status_code == 302
    challenge.refresh_from_db()
    assert challenge.ends_on == date(2026, 3, 29)


def test_calling_off_stops_prompts_and_keeps_acts(as_olive: Client, mia: User, group: Group, daily: Challenge) -> None:
    act = make_act(group, mia, challenge=daily)
    assert as_olive.post(reverse("challenge-cancel", args=[daily.public_id])).status_code == 302
    assert prompts_for(mia, [group]) == []
    assert Act.objects.in_feed().get() == act
    assert as_olive.get(reverse("challenge-cancel", args=[daily.public_id])).status_code == 302


def test_a_step_added_after_the_end_does_not_open_the_challenge_again(group: Group, olive: User) -> None:
    challenge = make_challenge(group, starts_on=MONDAY - timedelta(days=7))
    challenge.ends_on = MONDAY
    challenge.save()
    arrange.add(challenge, olive, prompt="One more", theme="More", category="connect", minutes=5)
    challenge.refresh_from_db()
    assert challenge.ends_on == MONDAY


@pytest.fixture(params=["closed", "cancelled"])
def over(request: pytest.FixtureRequest, group: Group, olive: User) -> Challenge:
    challenge = make_challenge(group, starts_on=MONDAY - timedelta(days=60))
    if request.param == "cancelled":
        challenge = make_challenge(group, starts_on=MONDAY + timedelta(days=7))
        challenge.cancel(olive)
    assert challenge.phase == request.param
    return challenge


def test_of_a_challenge_that_is_over_only_the_name_can_change(as_olive: Client, over: Challenge) -> None:
    before = Challenge.objects.values("starts_on", "ends_on", "goal").get(pk=over.pk)
    reply = save(as_olive, over, own_title="Our March", goal="777", starts_on="2026-04-01", ends_on="2026-05-01")
    assert reply.status_code == 302
    assert Challenge.objects.values("starts_on", "ends_on", "goal").get(pk=over.pk) == before
    assert Challenge.objects.get(pk=over.pk).own_title == "Our March"
    html = as_olive.get(reverse("challenge-edit", args=[over.public_id])).content.decode()
    assert "Its name is saved. It is over" in html
    assert html.count("It is over, so this stays as it was.") == 4
    assert "It ends by itself" not in html


def test_the_prompts_of_a_challenge_that_is_over_can_be_read_and_stay(as_olive: Client, over: Challenge) -> None:
    url = reverse("challenge-steps", args=[over.public_id])
    keys = [(step.step_key, step.hidden_at) for step in steps_of(over)]
    html = as_olive.get(url).content.decode()
    assert "This challenge is over" in html
    assert steps_of(over)[0].words.prompt in html
    assert "Move down" not in html
    for do in ("hide", "down"):
        reply = as_olive.post(url, {"do": do, "step": steps_of(over)[-2].public_id}, follow=True)
        assert "Run it again to change them" in reply.content.decode()
    assert [(step.step_key, step.hidden_at) for step in steps_of(over)] == keys


def test_a_step_of_a_challenge_that_is_over_is_not_reworded_and_nothing_typed_is_lost(
    as_olive: Client, over: Challenge
) -> None:
    url = reverse("step-edit", args=[steps_of(over)[0].public_id])
    typed = {"theme": "Ferns", "prompt": "Water the fern."}
    refused = as_olive.post(url, typed)
    assert refused.status_code == 422
    assert "Water the fern." in refused.content.decode()
    assert as_olive.get(url).status_code == 302
    assert as_olive.post(url, {"do": "reset"}).status_code == 302
    assert not any(step.is_edited for step in steps_of(over))
    added = as_olive.post(
        reverse("challenge-steps", args=[over.public_id]),
        {"do": "add", "category": "playful", "minutes": "5", **typed},
    )
    assert added.status_code == 422
    assert "Water the fern." in added.content.decode()
    assert not any(step.is_own for step in steps_of(over))


def test_in_the_late_days_it_can_still_be_extended_and_reworded(as_olive: Client, group: Group) -> None:
    late = make_challenge(group, starts_on=MONDAY - timedelta(days=22))
    assert late.phase == "late"
    assert save(as_olive, late, ends_on="2026-03-20", goal="250").status_code == 302
    assert Challenge.objects.get(pk=late.pk).phase == "open"
    words = {"theme": "Ferns", "prompt": "Water the fern."}
    assert as_olive.post(reverse("step-edit", args=[steps_of(late)[0].public_id]), words).status_code == 302


def test_a_double_click_adds_one_step(as_olive: Client, daily: Challenge) -> None:
    words = {"do": "add", "theme": "Ours", "prompt": "Wave.", "category": "connect", "minutes": "5"}
    for _click in range(2):
        as_olive.post(reverse("challenge-steps", args=[daily.public_id]), words)
    assert [step.position for step in daily.steps.filter(program_key="")] == [21]


@pytest.mark.django_db(transaction=True)
def test_two_leaders_who_rearrange_at_the_same_moment_both_succeed() -> None:
    leader = make_user("Leader")
    daily = make_challenge(make_group(leader), starts_on=MONDAY)
    failed: list[Exception] = []

    def rearrange(n: int) -> None:
        try:
            mine = Challenge.objects.get(pk=daily.pk)
            for _again in range(5):
                arrange.add(mine, leader, theme=f"Ours {n}", prompt=f"Wave {_again}.")
                arrange.move(mine, steps_of(mine)[-2], 1, leader)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=rearrange, args=[n]) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert daily.steps.count() == 31
