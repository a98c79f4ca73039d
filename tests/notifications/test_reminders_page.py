"""What somebody wants to be told, when and how: chosen on a page of their own."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import User
from notifications import kinds, outbox, sender
from notifications.models import Delivery, Preferences, SwitchedOff
from tests.client import CheckedClient
from tests.factories import make_class

PLAIN: dict[str, Any] = {
    "do": "save",
    "remind_at": "08:30",
    "weekdays": list("0123456"),
    "quiet_from": "21:00",
    "quiet_until": "07:00",
    "by_reminder": ["mail"],
    "answers": "daily",
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel("2026-03-12T12:00Z", tick=False):
        yield


def test_she_chooses_hour_days_ways_and_quiet_hours(as_mia: Client, mia: User) -> None:
    page = as_mia.get("/you/reminders/").content.decode()
    assert 'value="08:30"' in page
    chosen = PLAIN | {"remind_at": "17:45", "weekdays": ["0", "4"], "quiet_from": "20:00", "by_reminder": []}
    assert as_mia.post("/you/reminders/", chosen).status_code == 302
    wishes = Preferences.objects.get(user=mia)
    assert (wishes.remind_at, wishes.chosen_weekdays, wishes.quiet_from) == (time(17, 45), frozenset({0, 4}), time(20))
    assert SwitchedOff.objects.is_off(mia, "reminder", "mail")
    page = as_mia.get("/you/reminders/").content.decode()
    assert 'value="17:45"' in page
    as_mia.post("/you/reminders/", PLAIN)
    assert not SwitchedOff.objects.filter(topic="reminder", channel="mail").exists()


def test_who_leaves_the_hour_as_it_is_has_chosen_none(as_mia: Client, mia: User) -> None:
    """So that the hour her leader suggests still holds for her."""
    as_mia.post("/you/reminders/", PLAIN)
    assert Preferences.objects.get(user=mia).remind_at is None


@pytest.mark.parametrize("hour", ["24:00", "25:61", "8", "8 Uhr", "-1", "", "08:30\0:00:00", "nine"])
@pytest.mark.parametrize("field", ["remind_at", "quiet_from"])
def test_what_is_no_time_is_refused(as_mia: Client, mia: User, field: str, hour: str) -> None:
    """BAD_INPUTS 9."""
    reply = as_mia.post("/you/reminders/", PLAIN | {field: hour})
    assert reply.status_code == 422
    assert not Preferences.objects.exists()


REMARKS = ("That leaves 1 minute a day", "lies in your quiet hours")


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("22:00", "22:00", ()), ("07:00", "06:59", REMARKS), ("08:00", "09:00", REMARKS[1:]), ("06:59", "07:00", ())],
)
def test_quiet_hours_that_leave_little_are_kept_with_a_word(
    as_mia: Client, start: str, end: str, said: tuple[str, ...]
) -> None:
    """BAD_INPUTS 10."""
    page = as_mia.post("/you/reminders/", PLAIN | {"quiet_from": start, "quiet_until": end}, follow=True)
    assert "Saved." in page.content.decode()
    assert tuple(words for words in REMARKS if words in page.content.decode()) == said


@pytest.mark.parametrize(
    "changed", [{"weekdays": []}, {"weekdays": ["7"]}, {"by_reminder": ["pigeon"]}, {"answers": "x"}]
)
def test_what_cannot_be_chosen_is_refused(as_mia: Client, changed: dict[str, Any]) -> None:
    assert as_mia.post("/you/reminders/", PLAIN | changed).status_code == 422
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(("day", "status"), [("2026-03-12", 302), ("2026-03-11", 422), ("2029-01-01", 422), ("", 422)])
def test_she_pauses_until_a_day_and_goes_on_earlier(as_mia: Client, mia: User, day: str, status: int) -> None:
    assert as_mia.post("/you/reminders/", {"do": "pause", "paused_until": day}).status_code == status
    if status == 302:
        assert Preferences.objects.of(mia).paused_until == date.fromisoformat(day)
        assert "Everything pauses until" in as_mia.get("/you/reminders/").content.decode()
        as_mia.post("/you/reminders/", {"do": "resume"})
        assert Preferences.objects.of(mia).paused_until is None


def test_in_a_pause_comes_nothing_but_what_is_asked_for(mia: User) -> None:
    render = kinds.get("letter").render
    kinds.register(kinds.Kind("chat", True, False, lambda notice: True, render, topic="answers"))
    Preferences.objects.choose(mia, paused_until=date(2026, 3, 12))
    for kind in ("chat", "letter"):
        outbox.queue(mia, kind, "one")
    sender.run()
    assert len(mail.outbox) == 1
    assert Delivery.objects.get(notice__kind="chat").reason == "paused"


def test_pupils_have_no_letters_to_choose(db: None) -> None:
    pupil = make_class(pupils=["Ada"]).memberships.get(user__kind="pupil").user
    client = CheckedClient()
    client.force_login(pupil)
    assert client.get("/you/reminders/").status_code in {302, 403, 404}
