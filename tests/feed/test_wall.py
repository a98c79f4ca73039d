"""The kindness wall: only what was shared, named as the class wants it, behind a link that ends (CHILDREN C6, C7)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from feed.models import Act
from groups.models import Authorization, Group, JoinCode, Pupil
from tests.client import CheckedClient, pupil_client
from tests.factories import join, make_act, make_challenge, make_class, make_user

PART = {"HX-Target": "wall-acts"}


@pytest.fixture
def theo(db: None) -> User:
    return make_user("Theo Teacher")


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels", pupils=["Ada", "Ben"])


@pytest.fixture
def as_theo(theo: User) -> Client:
    client = CheckedClient()
    client.force_login(theo)
    return client


def told(group: Group, name: str = "Ada", text: str = "Held the door.", *, shown: bool = True, **fields: Any) -> Act:
    act = make_act(group, Pupil.objects.in_class(group).get(user__name=name).user, text=text, **fields)
    if shown:
        act.change("shown", by=None)
    return act


def page(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def wall_of(group: Group) -> str:
    return f"/groups/{group.slug}/wall/"


def link_of(group: Group, client: Client) -> str:
    client.post(f"{wall_of(group)}link/", {"do": "make"})
    code = JoinCode.live_of(group, JoinCode.Purpose.WALL)
    assert code
    return f"/wall/{code.code}/"


def test_only_what_was_shared_stands_on_it_the_newest_first(as_theo: Client, kestrels: Group) -> None:
    first, second = told(kestrels), told(kestrels, "Ben", "Shared a pen.")
    told(kestrels, text="Still waits.", shown=False)
    told(kestrels, text="For the teacher.", audience="leaders")
    html = page(as_theo, wall_of(kestrels))
    assert re.findall(r'id="wall-(\w+)"', html)[1:3] == [second.public_id, first.public_id]
    assert "Still waits." not in html
    assert "For the teacher." not in html
    assert "<strong data-wall-total>2</strong>" in html or "data-wall-total>3<" in html
    first.change("hidden", by=None)
    assert "Held the door." not in page(as_theo, wall_of(kestrels))


def test_a_new_act_is_there_with_the_next_question(as_theo: Client, kestrels: Group) -> None:
    told(kestrels)
    part = page(as_theo, wall_of(kestrels), **PART)
    assert part.strip().startswith("<ol")
    assert "<html" not in part
    told(kestrels, "Ben", "Just now.")
    assert "Just now." in page(as_theo, wall_of(kestrels), **PART)


@pytest.mark.parametrize(
    ("names", "line"), [("first", "Ada saw Ben"), ("initial", "A. saw B."), ("none", "Someone in our class saw this")]
)
def test_names_are_as_the_class_wants_them(as_theo: Client, theo: User, kestrels: Group, names: str, line: str) -> None:
    kestrels.classroom.change(theo, names=names)
    ben = Pupil.objects.in_class(kestrels).get(user__name="Ben").user
    told(kestrels, kind="saw", credited=[ben])
    html = page(as_theo, wall_of(kestrels))
    assert f"<bdi>{line}</bdi>" in html
    if names != "first":
        assert "Ada" not in html
        assert "Ben" not in html


def test_a_tick_stands_there_in_the_words_of_its_prompt(as_theo: Client, kestrels: Group) -> None:
    challenge = make_challenge(kestrels, program="t11", started=0)
    told(kestrels, text="", source="tick", challenge=challenge, step=challenge.steps.first())
    assert "Say good morning to someone, and say their name." in page(as_theo, wall_of(kestrels))


def test_teachers_open_it_and_nobody_else(kestrels: Group, as_theo: Client, as_stan: Client, visitor: Client) -> None:
    aide, client = make_user("Ann Aide"), CheckedClient()
    join(kestrels, aide)
    client.force_login(aide)
    assert client.get(wall_of(kestrels)).status_code == 403
    assert as_stan.get(wall_of(kestrels)).status_code == 404
    assert visitor.get(wall_of(kestrels)).status_code == 302
    pupil = pupil_client(Pupil.objects.in_class(kestrels).get(user__name="Ada"))
    assert pupil.get(wall_of(kestrels)).status_code == 404
    assert pupil.get(link_of(kestrels, as_theo)).status_code == 404


def test_a_link_shows_it_without_names_to_a_screen_without_an_account(
    as_theo: Client, visitor: Client, kestrels: Group
) -> None:
    ben = Pupil.objects.in_class(kestrels).get(user__name="Ben").user
    told(kestrels, kind="saw", credited=[ben])
    link = link_of(kestrels, as_theo)
    answer = visitor.get(link)
    html = answer.content.decode()
    assert "Held the door." in html
    assert "Ada" not in html
    assert "Ben" not in html
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex, nofollow", "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    assert kestrels.slug not in html
    as_theo.post(f"{wall_of(kestrels)}link/", {"do": "names"})
    assert "Ada saw Ben" in page(visitor, link)


@pytest.mark.parametrize("ended", ["stopped", "after twelve hours", "made anew", "the yes taken back", "wrong"])
def test_a_link_that_is_over_leads_nowhere(
    as_theo: Client, visitor: Client, theo: User, kestrels: Group, ended: str
) -> None:
    told(kestrels)
    link, later = link_of(kestrels, as_theo), timezone.now()
    assert visitor.get(link).status_code == 200
    if ended == "stopped":
        as_theo.post(f"{wall_of(kestrels)}link/", {"do": "stop"})
    elif ended == "made anew":
        link_of(kestrels, as_theo)
    elif ended == "the yes taken back":
        Authorization.objects.get().withdraw(theo)
    elif ended == "wrong":
        link = "/wall/AAAABBBBCCCC/"
    else:
        later += timedelta(hours=12, minutes=1)
    with time_machine.travel(later, tick=False):
        for headers in ({}, PART):
            gone = visitor.get(link, headers=headers)
            assert gone.status_code == 404
            assert "Held the door." not in gone.content.decode()


def test_no_other_code_of_the_class_opens_the_wall_and_a_wall_opens_no_door(
    as_theo: Client, visitor: Client, kestrels: Group
) -> None:
    wall = link_of(kestrels, as_theo).split("/")[2]
    door = JoinCode.live_of(kestrels, JoinCode.Purpose.CLASS)
    assert door
    assert visitor.get(f"/wall/{door.code}/").status_code == 404
    assert visitor.get(f"/class/{wall}/").status_code == 404
    assert visitor.get(f"/join/{wall}/").status_code == 404


def test_a_screen_may_ask_all_day_and_guessing_is_stopped(as_theo: Client, visitor: Client, kestrels: Group) -> None:
    link = link_of(kestrels, as_theo)
    for _ask in range(70):
        assert visitor.get(link, headers=PART).status_code == 200
    guesses = [visitor.get(f"/wall/AAAA{n:08d}/").status_code for n in range(61)]
    assert (guesses[0], guesses[-1]) == (404, 429)


def test_who_made_and_stopped_a_link_is_on_record(as_theo: Client, theo: User, kestrels: Group) -> None:
    link_of(kestrels, as_theo)
    as_theo.post(f"{wall_of(kestrels)}link/", {"do": "stop"})
    made = AuditEntry.objects.filter(actor_id=theo.pk, thing="groups.JoinCode", group_id=kestrels.pk)
    assert {"made a wall link", "stopped"} <= set(made.values_list("verb", flat=True))


@pytest.mark.parametrize(("asked", "size"), [("", ""), ("?text=big", " wall--big"), ("?text=zz", "")])
def test_the_words_can_be_set_larger_without_a_script(as_theo: Client, kestrels: Group, asked: str, size: str) -> None:
    assert f'class="wall{size}"' in page(as_theo, wall_of(kestrels) + asked)


def test_the_wall_costs_the_same_for_many(as_theo: Client, kestrels: Group, django_assert_max_num_queries: Any) -> None:
    ben = Pupil.objects.in_class(kestrels).get(user__name="Ben").user
    for n in range(15):
        told(kestrels, text=f"Thing {n}.", kind="saw", credited=[ben])
    page(as_theo, wall_of(kestrels))
    with django_assert_max_num_queries(14):
        page(as_theo, wall_of(kestrels), **PART)
