"""My prompts in my own calendar: the right days, nothing of anybody else, at an address that can be given up."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.data_rights import Keep, erase
from accounts.models import User
from challenges.calendar import Entry, entries_of
from challenges.models import CalendarFeed, Participation
from challenges.my_data import export
from feed.models import Comment
from groups.models import Group
from tests.client import CheckedClient
from tests.factories import join, make_act, make_challenge, make_group, make_user


def days(user: User, key: str = "") -> list[date]:
    return [entry.on for entry in entries_of(user) if key in entry.key]


def prompts(user: User) -> list[Entry]:
    return [entry for entry in entries_of(user) if not entry.key.endswith("-last")]


def events_in(content: bytes) -> list[Any]:
    """What a calendar finds in the file."""
    return list(Calendar.from_ical(content).walk("VEVENT"))


def feed_of(user: User, client: Client | None = None) -> Any:
    return (client or CheckedClient()).get(f"/calendar/{CalendarFeed.objects.renew(user)}.ics")


# --- The days ---------------------------------------------------------------------------------


def test_each_prompt_stands_on_its_day(group: Group, mia: User) -> None:
    challenge = make_challenge(group, starts_on=mia.today())
    steps = list(challenge.steps.all())
    found = prompts(mia)
    assert [entry.on for entry in found] == [mia.today() + timedelta(days=n) for n in range(len(steps))]
    assert [entry.title for entry in found] == [step.words.theme for step in steps]
    assert steps[4].words.prompt in found[4].text
    assert found[4].path == f"/?step={steps[4].public_id}"
    assert days(mia, "-last") == [challenge.ends_on]


def test_a_hidden_prompt_leaves_its_day_free(group: Group, mia: User) -> None:
    challenge = make_challenge(group, starts_on=mia.today())
    hidden = challenge.steps.all()[3]
    hidden.hidden_at = challenge.created_at
    hidden.save(update_fields=["hidden_at"])
    assert mia.today() + timedelta(days=3) not in [entry.on for entry in prompts(mia)]
    assert mia.today() + timedelta(days=4) in [entry.on for entry in prompts(mia)]


def test_weekends_stay_free_where_the_challenge_leaves_them_out(group: Group, mia: User) -> None:
    make_challenge(group, starts_on=mia.today(), workdays_only=True)
    assert {day.weekday() for day in (entry.on for entry in prompts(mia))} == {0, 1, 2, 3, 4}


def test_a_week_stands_on_its_first_day_or_on_the_kindness_day(group: Group, mia: User) -> None:
    challenge = make_challenge(group, program="t01", starts_on=mia.today())
    weeks = days(mia, "-week-")
    assert weeks == [challenge.starts_on + timedelta(weeks=n) for n in range(len(weeks))]
    assert len(weeks) > 1
    wednesday = 2
    Participation.objects.filter(user=mia).update(rhythm="one_day", kindness_weekday=wednesday)
    assert {day.weekday() for day in days(mia, "-week-")} == {wednesday}
    assert all(challenge.starts_on <= day <= challenge.ends_on for day in days(mia, "-week-"))


def test_cards_stand_on_the_first_day(group: Group, mia: User) -> None:
    challenge = make_challenge(group, program="t08", starts_on=mia.today())
    (entry,) = prompts(mia)
    assert entry.on == challenge.starts_on
    assert entry.text.count("\n· ") == challenge.steps.count()


def test_who_joins_midway_begins_there(group: Group, olive: User) -> None:
    challenge = make_challenge(group, started=6)
    nell = make_user("Nell Newcomer")
    join(group, nell)
    challenge.welcome(nell)
    Participation.objects.filter(user=olive).update(joined_on=challenge.starts_on)
    assert min(days(nell)) == nell.today()
    assert min(days(olive)) == challenge.starts_on


def test_a_pause_clears_the_days_to_come_and_none_before(group: Group, mia: User) -> None:
    challenge = make_challenge(group, starts_on=mia.today() - timedelta(days=2))
    until = mia.today() + timedelta(days=3)
    Participation.objects.filter(user=mia).update(paused_until=until, joined_on=challenge.starts_on)
    found = [entry.on for entry in prompts(mia)]
    assert [day for day in found if day <= until] == [challenge.starts_on, challenge.starts_on + timedelta(days=1)]
    assert until + timedelta(days=1) in found


@pytest.mark.parametrize(
    "leaves",
    [
        lambda group, challenge, mia, olive: challenge.cancel(olive),
        lambda group, challenge, mia, olive: group.part_with(mia),
        lambda group, challenge, mia, olive: group.put_away(olive),
        lambda group, challenge, mia, olive: group.delete_soon(olive),
        lambda group, challenge, mia, olive: Participation.objects.filter(user=mia).delete(),
    ],
    ids=["called off", "left", "put away", "about to be deleted", "taking no part"],
)
def test_what_is_no_longer_hers_leaves_the_calendar(leaves: Any, group: Group, mia: User, olive: User) -> None:
    challenge = make_challenge(group)
    assert days(mia)
    leaves(group, challenge, mia, olive)
    assert days(mia) == []


def test_what_ended_long_ago_is_gone(group: Group, mia: User) -> None:
    make_challenge(group, program="t02", started=21 + 60)
    assert days(mia) == []


def test_nothing_of_another_group_is_in_it(group: Group, mia: User, foreign_group: Group) -> None:
    make_challenge(foreign_group)
    assert days(mia) == []


# --- The file ---------------------------------------------------------------------------------

CHANGES = [
    ("Europe/Copenhagen", date(2027, 3, 20)),
    ("Europe/Copenhagen", date(2027, 10, 20)),
    ("America/Nuuk", date(2027, 3, 20)),
    ("America/Havana", date(2027, 3, 1)),
    ("Africa/Cairo", date(2027, 4, 20)),
    ("Australia/Lord_Howe", date(2027, 3, 25)),
    ("Asia/Kathmandu", date(2027, 1, 1)),
    ("Pacific/Apia", date(2027, 1, 1)),
    ("Pacific/Kiritimati", date(2027, 1, 1)),
]


@pytest.mark.parametrize(("zone", "start"), CHANGES, ids=lambda value: str(value).replace("/", "-"))
def test_no_change_of_the_clocks_moves_a_prompt(zone: str, start: date, db: None) -> None:
    """The days around every kind of change, in the member's own calendar and whatever it is in London."""
    with time_machine.travel(datetime(start.year, start.month, start.day, 12, tzinfo=ZoneInfo(zone)), tick=False):
        mia = make_user("Mia Marsh", time_zone=zone)
        make_challenge(make_group(mia), starts_on=start)
        found = events_in(feed_of(mia).content)
    events = [event for event in found if "-last" not in event["UID"]]
    assert [event["DTSTART"].dt for event in events] == [start + timedelta(days=n) for n in range(21)]
    for event in events:
        assert type(event["DTSTART"].dt) is date
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert event["DTEND"].dt == event["DTSTART"].dt + timedelta(days=1)


def test_the_file_is_what_calendars_read(group: Group, mia: User) -> None:
    make_challenge(group)
    response = feed_of(mia)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = response.content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    for needed in (b"VERSION:2.0", b"REFRESH-INTERVAL;VALUE=DURATION:PT12H", b"TRANSP:TRANSPARENT"):
        assert needed in lines
    events = events_in(response.content)
    uids = [str(event["UID"]) for event in events]
    assert len(uids) == len(set(uids))
    assert all(uid.endswith("@127.0.0.1") for uid in uids)
    assert all(event["DTSTAMP"].dt.utcoffset() == timedelta(0) for event in events)


def test_words_that_a_leader_wrote_stay_words(group: Group, mia: User) -> None:
    challenge = make_challenge(group, starts_on=mia.today())
    step = challenge.steps.all()[0]
    evil = "Bread; cheese, wine\\\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:EMAIL " + "ñ" * 300
    step.reword({"theme": evil, "prompt": evil}, by=mia)
    file = feed_of(mia).content
    assert not Calendar.from_ical(file).walk("VALARM")
    first = next(event for event in events_in(file) if event["UID"].startswith(step.public_id))
    assert str(first["SUMMARY"]).replace("\n", "") == evil.replace("\r\n", "")


def test_nobody_is_named_and_nothing_that_was_done_is_in_it(group: Group, mia: User, olive: User) -> None:
    challenge = make_challenge(group, starts_on=mia.today())
    act = make_act(group, olive, text="Carried the shopping.", challenge=challenge, credited=[mia])
    Comment.objects.post(act, mia, "So it was you.", form_key="one")
    before = feed_of(mia).content.decode()
    unfolded = before.replace("\r\n ", "")
    for words in (olive.name, mia.name, olive.email, mia.email, group.name, act.text, "So it was you", act.public_id):
        assert str(words) not in unfolded
    challenge.participations.get(user=mia).choices.create(step=challenge.steps.all()[0], on=mia.today(), state="done")
    assert feed_of(mia).content.decode() == before


def test_it_is_in_the_readers_language_whoever_asks(group: Group, mia: User, as_olive: Client) -> None:
    make_challenge(group, starts_on=mia.today())
    User.objects.filter(pk=mia.pk).update(language="es")
    mia.refresh_from_db()
    text = feed_of(mia, as_olive).content.decode()
    assert "Último día" in text
    assert "Last day" not in text


def test_it_costs_the_same_for_one_challenge_and_for_five(mia: User, db: None) -> None:
    counted = []
    for n in range(5):
        make_challenge(make_group(mia, name=f"Choir {n}"))
        with CaptureQueriesContext(connection) as queries:
            entries_of(mia)
        counted.append(len(queries))
    assert set(counted) == {3}


def test_a_calendar_that_asks_again_is_told_that_nothing_is_new(group: Group, mia: User, visitor: Client) -> None:
    challenge = make_challenge(group)
    address = f"/calendar/{CalendarFeed.objects.renew(mia)}.ics"
    first = visitor.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert visitor.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    challenge.own_title = "Our own June"
    challenge.save(update_fields=["own_title"])
    assert visitor.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


# --- The address ------------------------------------------------------------------------------


def address_on(page: str) -> str:
    start = page.index("/calendar/")
    return page[start : page.index(".ics", start) + 4]


def test_she_makes_an_address_and_a_calendar_reads_it_without_a_cookie(
    as_mia: Client, mia: User, visitor: Client, group: Group
) -> None:
    make_challenge(group)
    assert "/calendar/" not in as_mia.get("/you/calendar/").content.decode()
    page = as_mia.post("/you/calendar/").content.decode()
    address = address_on(page)
    assert f'value="http://127.0.0.1:8000{address}"' in page
    assert f'href="webcal://127.0.0.1:8000{address}"' in page
    response = visitor.get(address)
    assert response.status_code == 200
    assert b"BEGIN:VEVENT" in response.content
    assert not response.cookies
    assert address not in as_mia.get("/you/calendar/").content.decode()


def test_only_a_hash_of_it_is_kept(mia: User) -> None:
    token = CalendarFeed.objects.renew(mia)
    assert len(token) >= 43
    stored = CalendarFeed.objects.filter(user=mia).values().get()
    assert token not in repr(stored)
    assert len(stored["token_hash"]) == 64


def test_a_new_address_stops_the_old_one_at_once(as_mia: Client, mia: User, visitor: Client) -> None:
    old, new = (address_on(as_mia.post("/you/calendar/").content.decode()) for _ in range(2))
    assert old != new
    assert visitor.get(old).status_code == 404
    assert visitor.get(new).status_code == 200
    assert CalendarFeed.objects.filter(user=mia).count() == 1


def test_switched_off_it_shows_nothing(as_mia: Client, mia: User, visitor: Client) -> None:
    address = address_on(as_mia.post("/you/calendar/").content.decode())
    assert as_mia.post("/you/calendar/off/").status_code == 302
    assert visitor.get(address).status_code == 404
    assert not CalendarFeed.objects.exists()
    assert "Make my address" in as_mia.get("/you/calendar/").content.decode()


def test_a_wrong_address_and_a_dead_one_look_the_same(as_mia: Client, visitor: Client) -> None:
    dead = address_on(as_mia.post("/you/calendar/").content.decode())
    as_mia.post("/you/calendar/off/")
    answers = [visitor.get(path) for path in (dead, f"/calendar/{'x' * 43}.ics", "/calendar/é.ics")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1


def test_somebody_elses_button_does_not_touch_mine(as_mia: Client, as_stan: Client, mia: User, visitor: Client) -> None:
    address = address_on(as_mia.post("/you/calendar/").content.decode())
    as_stan.post("/you/calendar/")
    as_stan.post("/you/calendar/off/")
    assert visitor.get(address).status_code == 200


def test_a_closed_account_has_no_calendar(mia: User, visitor: Client) -> None:
    token = CalendarFeed.objects.renew(mia)
    User.objects.filter(pk=mia.pk).update(is_active=False)
    assert visitor.get(f"/calendar/{token}.ics").status_code == 404


def test_pupils_have_none(db: None, visitor: Client) -> None:
    pupil = make_user("Pip Pupil", kind="pupil", email=None)
    client = CheckedClient()
    client.force_login(pupil)
    assert client.get("/you/calendar/").status_code == 404
    assert client.post("/you/calendar/").status_code == 404
    assert visitor.get(f"/calendar/{CalendarFeed.objects.renew(pupil)}.ics").status_code == 404


def test_one_address_is_asked_so_often_and_no_more_while_another_goes_on(mia: User, olive: User) -> None:
    hers, his = (f"/calendar/{CalendarFeed.objects.renew(person)}.ics" for person in (mia, olive))
    client = CheckedClient()
    statuses = [client.get(hers).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    assert client.get(his).status_code == 200


def test_making_addresses_has_a_limit(as_mia: Client) -> None:
    statuses = [as_mia.post("/you/calendar/").status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_it_stands_in_her_copy_and_goes_with_her(mia: User, visitor: Client) -> None:
    token = CalendarFeed.objects.renew(mia)
    made = export(mia).data["calendar_subscription"]
    assert [set(row) for row in made] == [{"address_made_at"}]
    assert token not in repr(made)
    erase(mia, keep=Keep.NOTHING)
    assert not CalendarFeed.objects.exists()
    assert visitor.get(f"/calendar/{token}.ics").status_code == 404
