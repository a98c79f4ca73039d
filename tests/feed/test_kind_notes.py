"""A kind note from who leads a group: one a week, and nobody learns to whom it went."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from feed.models import KindNote
from groups.models import Group
from notifications import tasks
from notifications.health import of_group
from notifications.models import Delivery, Notice, SwitchedOff
from tests.client import CheckedClient
from tests.factories import join, make_act, make_challenge, make_class, make_user

WORDS = "How is your week?\nNo hurry."


@pytest.fixture(autouse=True)
def thursday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-12T12:00Z", tick=False) as clock:
        yield clock


def send(client: Client, group: Group, **changed: str) -> int:
    return client.post(f"/groups/{group.slug}/note/", {"to": "all", "text": WORDS, **changed}).status_code


def told() -> list[str]:
    """Who gets a mail of it with the next tick."""
    before = len(mail.outbox)
    tasks.tick()
    return sorted(letter.to[0].split(".")[0] for letter in mail.outbox[before:])


def test_everybody_but_the_one_who_sends_it_reads_the_same_words(group: Group, mia: User, as_olive: Client) -> None:
    assert "How is your week?" in as_olive.get(f"/groups/{group.slug}/note/").content.decode()
    assert send(as_olive, group) == 302
    assert told() == ["mia"]
    letter = mail.outbox[-1]
    assert letter.subject == "A note from Olive Okafor"
    assert WORDS in str(letter.body)
    assert "note.127.0.0.1" in letter.message()["List-Id"]
    assert "List-Unsubscribe-Post" in letter.message()
    as_mia = CheckedClient()
    as_mia.force_login(mia)
    assert "Olive Okafor" in as_mia.get("/notices/").content.decode()


def test_one_a_week_is_plenty(group: Group, as_olive: Client, thursday: time_machine.Traveller) -> None:
    assert [send(as_olive, group) for _times in range(2)] == [302, 422]
    assert "This week’s note went out on" in as_olive.get(f"/groups/{group.slug}/note/").content.decode()
    thursday.move_to("2026-03-15T23:00Z")
    assert send(as_olive, group) == 422
    thursday.move_to("2026-03-16T01:00Z")
    assert send(as_olive, group) == 302
    assert KindNote.objects.count() == 2


def test_who_has_told_something_by_then_is_spared(group: Group, mia: User, stan: User, as_olive: Client) -> None:
    """Whatever they told, and to whomever; what was told before the challenge began counts for another one."""
    late, early = make_user("Lara Late"), make_user("Ella Early")
    for person in (stan, late, early):
        join(group, person)
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        make_act(group, early)
    make_challenge(group, starts_on=mia.today().replace(day=9))
    make_act(group, mia, audience="private")
    send(as_olive, group, to="quiet")
    make_act(group, late)
    assert told() == ["ella", "stan"]
    assert Delivery.objects.get(notice__recipient=late, notice__kind="note").reason == "done already"


def test_nothing_tells_the_leader_to_whom_it_went(group: Group, mia: User, as_olive: Client) -> None:
    for n in range(6):
        join(group, make_user(f"Member {n}"))
    make_act(group, mia)
    send(as_olive, group, to="quiet")
    tasks.tick()
    page = as_olive.get(f"/groups/{group.slug}/note/").content.decode()
    assert "Member" not in page
    assert "Mia" not in page
    members = [(place.user_id, place.user.email) for place in group.memberships.active()]
    assert of_group(group.pk, members, group.created_at).sent == 0


def test_a_note_is_never_doubled_and_can_be_switched_off(group: Group, mia: User, as_olive: Client) -> None:
    SwitchedOff.objects.switch_off(mia, "note", "mail", "settings")
    send(as_olive, group)
    assert told() == []
    assert not Delivery.objects.exists()
    assert Notice.objects.get(kind="note").in_app


def test_five_hundred_people_cost_no_more_queries_than_two(group: Group, olive: User, thursday: object) -> None:
    with CaptureQueriesContext(connection) as few:
        KindNote.objects.send(group, olive, to="quiet", text="One.")
    KindNote.objects.all().delete()
    Notice.objects.all().delete()
    for n in range(30):
        join(group, make_user(f"Member {n}"))
    with CaptureQueriesContext(connection) as many:
        KindNote.objects.send(group, olive, to="quiet", text="Two.")
    assert len(many) == len(few)
    assert Notice.objects.filter(kind="note").count() == 31


@pytest.mark.parametrize(
    ("changed", "words"), [({"text": ""}, "few words"), ({"to": "mia"}, ""), ({"text": "x" * 401}, "")]
)
def test_what_is_no_note_is_refused(group: Group, as_olive: Client, changed: dict[str, str], words: str) -> None:
    assert send(as_olive, group, **changed) == 422
    assert not KindNote.objects.exists()


def test_only_who_leads_can_send_one_and_no_class_has_them(
    group: Group, as_mia: Client, as_stan: Client, olive: User, as_olive: Client
) -> None:
    assert (send(as_mia, group), send(as_stan, group)) == (403, 404)
    assert send(as_olive, make_class(olive)) == 404


def test_who_left_reads_it_no_more(group: Group, mia: User, as_mia: Client, as_olive: Client) -> None:
    send(as_olive, group)
    group.part_with(mia)
    assert told() == []
    assert "Olive Okafor" not in as_mia.get("/notices/").content.decode()


def test_the_leaders_page_offers_it(group: Group, as_olive: Client) -> None:
    make_challenge(group)
    assert f"/groups/{group.slug}/note/" in as_olive.get(f"/groups/{group.slug}/lead/").content.decode()
