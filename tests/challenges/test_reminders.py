"""The day's reminder: at the hour people chose, on the days something is asked, one a day at most."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import TZPATH, ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import User
from challenges import reminders
from challenges.choices import decide
from challenges.models import Challenge, Participation
from groups.models import Group, Membership
from notifications import planner, tasks
from notifications.models import Channel, Clock, Delivery, Notice, Preferences, SwitchedOff, Topic
from tests.factories import join, make_act, make_challenge, make_group, make_user

MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_quiet_evening() -> Iterator[None]:
    """Everything begins in the evening of the day before the first reminder."""
    with time_machine.travel("2026-03-08T20:00Z", tick=False):
        yield


@pytest.fixture
def running(group: Group) -> Challenge:
    running = make_challenge(group, starts_on=MONDAY)
    tasks.tick()
    return running


@contextmanager
def at(moment: str) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def tick_at(moment: str) -> list[str]:
    """To whom a tick at this moment writes."""
    before = len(mail.outbox)
    with at(moment):
        tasks.tick()
    return sorted(letter.to[0].split(".")[0] for letter in mail.outbox[before:])


def outcomes() -> dict[str, int]:
    found: dict[str, int] = {}
    for state, reason in Delivery.objects.filter(notice__kind="reminder").values_list("state", "reason"):
        found[f"{state} {reason}".strip()] = found.get(f"{state} {reason}".strip(), 0) + 1
    return found


def test_everybody_is_reminded_at_half_past_eight_by_their_own_clock(running: Challenge, mia: User) -> None:
    Preferences.objects.choose(mia)
    User.objects.filter(pk=mia.pk).update(time_zone="Asia/Kathmandu")
    mia.refresh_from_db()
    Preferences.objects.choose(mia)
    assert tick_at("2026-03-09T02:44Z") == []
    assert tick_at("2026-03-09T02:45Z") == ["mia"]
    assert tick_at("2026-03-09T08:29Z") == []
    assert tick_at("2026-03-09T08:30Z") == ["olive"]
    assert tick_at("2026-03-09T08:31Z") == []
    assert tick_at("2026-03-10T02:45Z") == ["mia"]


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        # The clocks of Nuuk go forward at 23:00 on the evening before, and to -01:00.
        ("America/Nuuk", "2026-03-29T09:30Z"),
        ("America/Nuuk", "2026-03-28T10:30Z"),
        ("Asia/Kathmandu", "2026-03-28T02:45Z"),
        # Behind the date line only by its name: Saturday there is Friday in the middle of the world.
        ("Pacific/Apia", "2026-03-27T19:30Z"),
    ],
)
def test_far_away_it_is_half_past_eight_too(group: Group, as_mia: Client, mia: User, zone: str, moment: str) -> None:
    make_challenge(group, starts_on=date(2026, 3, 16))
    assert as_mia.post("/you/settings/", {"name": "Mia", "time_zone": zone, "language": "en"}).status_code == 302
    due = datetime.fromisoformat(moment)
    tick_at((due - timedelta(hours=12)).isoformat())
    assert "mia" not in tick_at((due - timedelta(minutes=1)).isoformat())
    assert "mia" in tick_at(moment)
    assert "mia" not in tick_at((due + timedelta(minutes=1)).isoformat())
    letter = next(one for one in reversed(mail.outbox) if one.to == [mia.email])
    assert "at 8:30 a.m." in letter.body
    assert f"Your clock is {zone}." in as_mia.get("/you/reminders/").content.decode()
    assert due.astimezone(ZoneInfo(zone)).strftime("%A") in letter.subject


def test_the_letter_says_the_prompt_itself_in_the_reader_s_words(running: Challenge, mia: User) -> None:
    mia.language = "es"
    mia.save()
    tick_at("2026-03-09T08:30Z")
    spanish, english = sorted(mail.outbox, key=lambda letter: letter.to)
    assert english.subject == "The prompt for Monday"
    assert spanish.subject == "La propuesta para el lunes"
    assert "Día 8 de 21" in spanish.body
    assert isinstance(english, EmailMultiAlternatives)
    html = str(english.alternatives[0][0])
    for words in ("Day 8 of 21", "Tell what happened", "?step=", "at 8:30 a.m.", "We never track", "/stop/"):
        assert words in html
        assert words.replace("&", "") in english.body.replace("&", "")
    assert "href" not in english.body


def test_the_letter_can_be_stopped_with_one_click_by_a_mail_program(running: Challenge, mia: User) -> None:
    tick_at("2026-03-09T08:30Z")
    letter = next(one for one in mail.outbox if one.to == [mia.email])
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "<reminder.127.0.0.1>"
    url = headers["List-Unsubscribe"].strip("<>")
    assert str(mia.email) not in url
    assert mia.public_id not in url
    client = Client(enforce_csrf_checks=True)
    path = url.removeprefix("http://127.0.0.1:8000")
    for _times in range(3):
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert not SwitchedOff.objects.exists()
    for _times in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert SwitchedOff.objects.get().user == mia
    assert tick_at("2026-03-10T08:30Z") == ["olive"]


def test_who_is_in_several_groups_is_reminded_once(running: Challenge, mia: User, stan: User) -> None:
    other = make_group(stan)
    join(other, mia)
    make_challenge(other, starts_on=MONDAY)
    tasks.tick()
    assert tick_at("2026-03-09T08:30Z") == ["mia", "olive", "stan"]
    mine = next(letter for letter in mail.outbox if letter.to == [mia.email])
    assert mine.body.count("Day 8 of 21") == 2


def test_who_has_done_it_skipped_it_or_rests_needs_no_reminder(running: Challenge, mia: User, olive: User) -> None:
    with at("2026-03-09T06:00Z"):
        make_act(running.group, mia)
        step = running.step_on(olive.today())
        assert step
        decide(olive, step, "rest")
    assert tick_at("2026-03-09T08:30Z") == []
    assert outcomes() == {"skipped done already": 1, "skipped nothing is asked": 1}


@pytest.mark.parametrize(
    "stop",
    [
        lambda user, group: Preferences.objects.choose(user, paused_until=date(2026, 3, 9)),
        lambda user, group: Preferences.objects.choose(user, weekdays=0b1111110),
        lambda user, group: SwitchedOff.objects.switch_off(user, Topic.REMINDER, Channel.MAIL, "settings"),
        lambda user, group: Participation.objects.filter(user=user).update(paused_until=date(2026, 3, 9)),
        lambda user, group: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user, group: group.memberships.get(user=user).end("left"),
        lambda user, group: Challenge.objects.update(ends_on=date(2026, 3, 8)),
        lambda user, group: Group.objects.update(archived_at="2026-03-08T00:00Z"),
    ],
)
def test_nothing_is_even_planned_for_who_does_not_want_it_or_is_asked_nothing(
    running: Challenge, mia: User, group: Group, stop: object
) -> None:
    stop(mia, group)  # type: ignore[operator]
    tick_at("2026-03-09T08:30Z")
    assert not Notice.objects.filter(recipient=mia).exists()


def test_what_changes_between_planning_and_sending_counts(running: Challenge, mia: User) -> None:
    """BAD_INPUTS 15, 16."""
    with at("2026-03-09T08:30Z"):
        planner.plan()
        SwitchedOff.objects.switch_off(mia, Topic.REMINDER, Channel.MAIL, "one_click")
    assert tick_at("2026-03-09T08:31Z") == ["olive"]
    assert outcomes() == {"sent": 1, "skipped switched off": 1}


def test_a_weekly_challenge_reminds_as_often_as_it_asks(group: Group, mia: User) -> None:
    challenge = make_challenge(group, program="t01", starts_on=MONDAY)
    challenge.per_week = 3
    challenge.save()
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    asked = [day for day in days if mia.pk in reminders.wanted(day, [mia.pk])]
    assert [day.weekday() for day in asked] == [0, 2, 4]
    Participation.objects.filter(user=mia).update(rhythm="one_day", kindness_weekday=5)
    assert [day.weekday() for day in days if reminders.wanted(day, [mia.pk])] == [5]


def test_days_off_and_hidden_steps_are_asked_of_nobody(group: Group, mia: User) -> None:
    challenge = make_challenge(group, starts_on=MONDAY, workdays_only=True)
    challenge.steps.filter(position=1).update(hidden_at="2026-03-01T00:00Z")
    asked = [n for n in range(8) if reminders.wanted(MONDAY + timedelta(days=n), [mia.pk])]
    assert asked == [0, 2, 3, 4, 7]


def test_a_lane_is_a_group_in_which_something_is_asked(running: Challenge, mia: User) -> None:
    tick_at("2026-03-09T08:30Z")
    assert set(Delivery.objects.values_list("lane", "manner")) == {(running.group_id, "nudge")}


# --- When things go wrong -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("back_at", "told", "skipped"),
    [
        ("2026-03-09T09:30Z", 2, 0),  # an hour late is late, but the same morning
        ("2026-03-10T10:30Z", 2, 2),  # 26 hours: yesterday's is noted and not sent
        ("2026-03-19T08:00Z", 0, 20),  # ten days, and today's is not due yet
    ],
)
def test_after_standing_still_nobody_gets_more_than_one(
    running: Challenge, back_at: str, told: int, skipped: int
) -> None:
    """A11, BAD_INPUTS 12."""
    assert len(tick_at(back_at)) == told
    assert tick_at(back_at) == []
    assert outcomes() == {name: n for name, n in (("sent", told), ("skipped late", skipped)) if n}
    assert Notice.objects.count() == Delivery.objects.count() == told + skipped


def test_nothing_leaves_in_quiet_hours_and_what_waited_leaves_right_after(running: Challenge, mia: User) -> None:
    Preferences.objects.choose(mia, remind_at=time(22, 30))
    assert "mia" not in tick_at("2026-03-09T22:30Z")
    assert tick_at("2026-03-10T06:59Z") == []
    assert tick_at("2026-03-10T07:00Z") == ["mia"]


def test_two_planners_at_once_plan_everything_once(running: Challenge) -> None:
    with at("2026-03-09T08:30Z"):
        clocks = Clock.objects.all()
        before = {clock.pk: clock.next_at for clock in clocks}
        assert planner.plan() == 2
        for pk, moment in before.items():  # as the second one, which had read them, saw them
            Clock.objects.filter(pk=pk).update(next_at=moment, last_on=date(2026, 3, 8))
        assert planner.plan() == 0
    assert Delivery.objects.count() == 2


def test_another_zone_moves_the_clock_and_repeats_no_day(running: Challenge, mia: User, as_mia: Client) -> None:
    """BAD_INPUTS 8."""
    for n, zone in enumerate(["Pacific/Auckland", "Pacific/Honolulu", "Asia/Tokyo", "Europe/Berlin"] * 5):
        with at(f"2026-03-09T{n:02}:30Z"):
            as_mia.post("/you/settings/", {"name": "Mia", "time_zone": zone, "language": "en"})
            tasks.tick()
    mine = Notice.objects.filter(recipient=mia)
    assert len(set(mine.values_list("key", flat=True))) == mine.count() <= 2


def test_a_new_release_of_the_time_zones_sets_every_clock_anew(
    running: Challenge, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A10: the moment in the row is a cache of the rule."""
    right = Clock.objects.get(user=mia, rhythm="reminder").next_at
    Clock.objects.update(next_at="2026-03-09T09:30Z")
    tasks.tick()
    assert Clock.objects.get(user=mia, rhythm="reminder").next_at != right
    monkeypatch.setattr(planner, "zone_release", lambda: "2030a")
    tasks.tick()
    assert Clock.objects.get(user=mia, rhythm="reminder").next_at == right
    assert not TZPATH


def test_who_takes_part_has_a_clock_and_a_pupil_has_none(group: Group, mia: User) -> None:
    pupil = make_user("Pia Pupil", kind="pupil", email=None)
    join(group, pupil)
    make_challenge(group, starts_on=MONDAY)
    Clock.objects.all().delete()
    planner.set_all_clocks(group.created_at)
    assert {clock.user for clock in Clock.objects.all()} == {
        mia,
        *group.memberships.leaders().get().user.__class__.objects.filter(name="Olive Okafor"),
    }
    assert pupil.pk not in reminders.rules([pupil.pk])


def test_a_leader_suggests_the_hour_and_each_member_may_choose_another(
    running: Challenge, as_olive: Client, as_mia: Client, olive: User, mia: User
) -> None:
    """It holds from the next tick on, for those alone who have not chosen, and as long as the challenge lasts."""
    Preferences.objects.choose(mia, remind_at=time(9, 15))
    page = f"/challenges/{running.public_id}/edit/"
    fields = {"own_title": "", "ends_on": running.ends_on.isoformat(), "goal": "100"}
    assert as_olive.post(page, {**fields, "remind_at": "25:61"}).status_code == 422
    assert as_olive.post(page, {**fields, "remind_at": "17:00"}).status_code == 302
    assert tick_at("2026-03-08T20:01Z") == []
    assert tick_at("2026-03-09T08:30Z") == []
    assert tick_at("2026-03-09T09:15Z") == ["mia"]
    assert tick_at("2026-03-09T17:00Z") == ["olive"]
    assert "5 p.m." in mail.outbox[-1].body
    with at("2026-03-09T17:05Z"):
        assert "Your leader suggests this time" in as_olive.get("/you/reminders/").content.decode()
        assert "Your leader suggests" not in as_mia.get("/you/reminders/").content.decode()
        # Another hour on the same day brings no second one.
        assert as_olive.post(page, {**fields, "remind_at": "18:00"}).status_code == 302
    assert tick_at("2026-03-09T17:06Z") == []
    assert tick_at("2026-03-09T18:00Z") == []
    assert tick_at("2026-03-10T18:00Z") == ["olive"]
    running.refresh_from_db()
    again = running.repeat(running.ends_on + timedelta(days=9), by=olive)
    assert again.remind_at == time(18)


@pytest.mark.parametrize("count", [40, pytest.param(5000, marks=pytest.mark.audit)])
def test_who_came_a_second_before_the_hour_is_reminded_at_it(group: Group, count: int) -> None:
    """A whole group at once, and a tick that is a second late: everybody once, and nobody only tomorrow."""
    with at("2026-03-09T08:29:59Z"):
        people = User.objects.bulk_create(
            [User(email=f"m{n}@example.org", name=f"M {n}", password="!") for n in range(count)]
        )
        Membership.objects.bulk_create([Membership(group=group, user=user) for user in people])
        make_challenge(group, starts_on=MONDAY)
    everybody = sorted(f"m{n}@example" for n in range(count))
    arrived = sorted(name for minute in (30, 31, 32, 33, 34) for name in tick_at(f"2026-03-09T08:{minute}:01Z"))
    assert [name for name in arrived if name.startswith("m") and name != "mia"] == everybody
