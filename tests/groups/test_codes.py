"""Codes: how long they work, for how many, and what is left of them afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from challenges.models import Challenge
from groups.models import Group, JoinCode
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(group: Group, olive: User) -> JoinCode:
    return JoinCode.current(group, olive)


def page(group: Group, route: str = "group-codes") -> str:
    return reverse(route, args=[group.slug])


def text(reply: Any) -> str:
    return str(reply.content.decode())


def in_days(group: Group, days: int) -> str:
    return (group.organization.today() + timedelta(days=days)).isoformat()


def verbs() -> list[str]:
    return list(AuditEntry.objects.filter(thing="groups.JoinCode").order_by("pk").values_list("verb", flat=True))


def test_a_code_is_given_an_end_and_a_number_of_places(as_olive: Client, group: Group, code: JoinCode) -> None:
    as_olive.post(page(group), {"do": "limit", "until": in_days(group, 2), "max_uses": "2"})
    same = JoinCode.live_of(group)
    assert same
    assert (same.code, same.max_uses) == (code.code, 2)
    assert same.expires_at == group.organization.start_of(group.organization.today() + timedelta(days=3))
    people = [make_user() for _n in range(3)]
    assert [same.redeem(person) for person in people] == [True, True, False], "BAD_INPUTS 30"
    assert JoinCode.live_of(group) is None
    assert verbs() == ["limited"]


def test_it_works_to_the_end_of_its_last_day(as_olive: Client, group: Group, code: JoinCode) -> None:
    as_olive.post(page(group), {"do": "limit", "until": in_days(group, 0), "max_uses": ""})
    code.refresh_from_db()
    assert code.expires_at > timezone.now()
    assert f'value="{in_days(group, 0)}"' in text(as_olive.get(page(group)))


def test_a_new_one_takes_its_place_at_once(as_olive: Client, client: Client, group: Group, code: JoinCode) -> None:
    as_olive.post(page(group), {"do": "new", "until": in_days(group, 7), "max_uses": "30"})
    fresh = JoinCode.live_of(group)
    assert fresh
    assert (fresh.code != code.code, fresh.max_uses) == (True, 30)
    assert client.get(reverse("join", args=[code.code])).status_code == 404


def test_what_is_left_of_a_dead_code_is_its_beginning(as_olive: Client, group: Group, code: JoinCode) -> None:
    gone = code.code or ""
    as_olive.post(page(group), {"do": "new", "until": in_days(group, 7)})
    expired = JoinCode.objects.create(group=group, expires_at=timezone.now() - timedelta(days=1))
    full = JoinCode.objects.create(group=group, expires_at=timezone.now() + timedelta(days=1), max_uses=1, uses=1)
    html = text(as_olive.get(page(group)))
    for dead in (gone, expired.code or "", full.code or ""):
        assert f"{dead[:2]}…" in html
        assert dead not in html
        assert dead[:4] + "-" not in html
    assert "full" in html
    live = JoinCode.live_of(group)
    assert live
    assert live.spaced in html


def test_it_is_stopped_without_another(as_olive: Client, client: Client, group: Group, code: JoinCode) -> None:
    as_olive.post(page(group), {"do": "stop"})
    as_olive.post(page(group), {"do": "stop"})
    assert JoinCode.live_of(group) is None
    assert client.get(reverse("join", args=[code.code])).status_code == 404
    code.refresh_from_db()
    assert (code.code, len(code.prefix)) == (None, 2)
    assert "Make a code" in text(as_olive.get(page(group)))
    as_olive.post(page(group), {"do": "new", "until": in_days(group, 1)})
    assert JoinCode.live_of(group)


@pytest.mark.parametrize(
    ("until", "uses", "words"),
    [
        ("-1", "", "today or a later day"),
        ("367", "", "today or a later day"),
        ("", "", "Please give a day"),
        ("never", "", "Please give a day"),
        ("7", "0", "One person is the least"),
        ("7", "-3", "One person is the least"),
        ("7", "5001", "5000 is the most"),
        ("7", "many", "a whole number"),
        ("7", "1", "1 person came by this code already"),
        ("\x00", "\x00", "Please give a day"),
    ],
)
def test_limits_that_make_no_sense_are_refused_and_kept(
    as_olive: Client, group: Group, code: JoinCode, until: str, uses: str, words: str
) -> None:
    code.redeem(make_user())
    day = in_days(group, int(until)) if until.lstrip("-").isdigit() else until
    reply = as_olive.post(page(group), {"do": "limit", "until": day, "max_uses": uses})
    assert reply.status_code == 422
    assert words in text(reply)
    same = JoinCode.live_of(group)
    assert same
    assert (same.max_uses, same.expires_at) == (None, code.expires_at)


def test_no_code_of_another_group_is_shown_or_stopped(
    as_olive: Client, group: Group, foreign_group: Group, stan: User
) -> None:
    foreign = JoinCode.current(foreign_group, stan)
    assert foreign.spaced not in text(as_olive.get(page(group)))
    as_olive.post(page(group), {"do": "stop"})
    assert JoinCode.live_of(foreign_group) == foreign


def test_the_poster_has_all_that_somebody_needs_to_join(
    as_olive: Client, group: Group, challenge: Challenge, code: JoinCode
) -> None:
    html = text(as_olive.get(page(group, "poster")))
    assert code.spaced in html
    assert "21 Days of Kindness" in html
    assert "<bdi>Ferry Lane Surgery</bdi>" in html
    assert 'role="img"' in html
    assert "poster__art" in html
    assert "poster__art" not in text(as_olive.get(page(group, "poster") + "?art=0"))


def test_without_a_code_there_is_no_poster(as_olive: Client, group: Group) -> None:
    html = text(as_olive.get(page(group, "poster")))
    assert "There is no code at the moment" in html
    assert "<article" not in html
    assert not JoinCode.objects.exists(), "looking makes none"
