"""Answers to an act: four words, on and off, and no number anywhere."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import User
from feed.models import Act, Reaction
from groups.models import Group
from tests.factories import join, make_act, make_user


@pytest.fixture
def act(group: Group, olive: User) -> Act:
    return make_act(group, olive)


def path_of(act: Act, kind: str = "thanks") -> str:
    return f"{act.get_absolute_url()}{kind}/"


def test_an_answer_is_given_and_taken_back(as_mia: Client, act: Act, mia: User) -> None:
    assert as_mia.post(path_of(act, "moved")).status_code == 302
    assert Reaction.objects.get().user == mia
    as_mia.post(path_of(act, "thanks"))
    assert Reaction.objects.count() == 2
    as_mia.post(path_of(act, "moved"))
    assert Reaction.objects.get().kind == "thanks"


def test_htmx_gets_the_bar_of_this_act_alone(as_mia: Client, act: Act, group: Group, olive: User) -> None:
    other = make_act(group, olive)
    answer = as_mia.post(path_of(act, "moved"), headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.headers["HX-Reselect"] == ".react"
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert answer.headers["HX-Retarget"] == f"#act-{act.public_id} .react"
    assert re.search(r'/moved/"[^>]*aria-pressed="true"', page)
    assert re.search(r'/thanks/"[^>]*aria-pressed="false"', page)
    assert other.public_id not in page


def test_without_javascript_one_is_back_at_the_act_on_the_same_page(as_mia: Client, act: Act, group: Group) -> None:
    came_from = f"http://testserver{group.get_absolute_url()}?kind=did"
    answer = as_mia.post(path_of(act, "moved"), headers={"Referer": came_from})
    assert answer.headers["Location"] == f"{group.get_absolute_url()}?kind=did#act-{act.public_id}"


@pytest.mark.parametrize(
    "came_from",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://testserver/acts/x/thanks/",
        "javascript:alert(1)",
        "http://testserver//evil.example/",
        "",
    ],
)
def test_a_way_back_that_is_not_ours_leads_to_the_act(came_from: str, as_mia: Client, act: Act) -> None:
    answer = as_mia.post(path_of(act, "moved"), headers={"Referer": came_from})
    assert answer.headers["Location"] == act.get_absolute_url()


def test_nobody_learns_how_many_answered(as_mia: Client, act: Act, group: Group, mia: User) -> None:
    def page() -> str:
        response = as_mia.post(path_of(act, "thanks"), headers={"HX-Request": "true"})
        return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode()) + str(
            {name: value for name, value in response.headers.items() if name != "Set-Cookie"}
        )

    before = page()
    as_mia.post(path_of(act, "thanks"))
    for _ in range(7):
        person = make_user()
        join(group, person)
        Reaction.objects.toggle(act, person, "thanks")
        Reaction.objects.toggle(act, person, "moved")
    assert page() == before


def test_the_author_has_no_buttons_and_cannot_answer(as_olive: Client, act: Act) -> None:
    assert path_of(act, "thanks") not in as_olive.get(act.get_absolute_url()).content.decode()
    assert as_olive.post(path_of(act, "thanks")).status_code == 403
    assert not Reaction.objects.exists()


def test_the_author_of_a_someone_act_reads_names_too(as_olive: Client, group: Group, olive: User, mia: User) -> None:
    act = make_act(group, olive, signed="someone")
    Reaction.objects.toggle(act, mia, "celebrating")
    assert "Mia Marsh celebrated it." in as_olive.get(act.get_absolute_url()).content.decode()


def test_a_stranger_cannot_answer(as_stan: Client, act: Act, foreign_group: Group) -> None:
    assert as_stan.post(path_of(act, "thanks")).status_code == 404
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("kind", ["like", "thanks%00", "thanksmoved", "reactions"])
def test_an_answer_that_is_none_is_nowhere(kind: str, as_mia: Client, act: Act) -> None:
    assert as_mia.post(path_of(act, kind)).status_code == 404
    assert not Reaction.objects.exists()


def test_a_group_may_close_answers(as_mia: Client, act: Act, group: Group) -> None:
    group.override("reactions_open", allowed=False, by=None)
    assert as_mia.post(path_of(act, "thanks")).status_code == 403
    assert path_of(act, "thanks") not in as_mia.get(group.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["pending", "hidden", "removed"])
def test_what_is_not_shown_cannot_be_answered(state: str, as_mia: Client, act: Act, olive: User) -> None:
    act.change(state, by=olive)
    assert as_mia.post(path_of(act, "thanks")).status_code == 404


def test_looking_answers_nothing(as_mia: Client, act: Act) -> None:
    assert as_mia.get(path_of(act)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_at_once_leave_one_row_at_most(act: Act, mia: User) -> None:
    def click(_: int) -> Any:
        try:
            return Reaction.objects.toggle(act, mia, "thanks")
        finally:
            connections.close_all()

    workers = 50 if connection.vendor == "postgresql" else 8
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(click, range(50)))
    assert Reaction.objects.count() <= 1
    stands = Reaction.objects.toggle(act, mia, "thanks")
    assert Reaction.objects.count() == int(stands)


def test_too_many_answers_are_held_back(as_mia: Client, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.limits.allow", lambda request, action: action != "react")
    reply = as_mia.post(path_of(act, "moved"), headers={"HX-Request": "true"})
    assert (reply.status_code, reply["Retry-After"]) == (429, "60")
    assert not Reaction.objects.exists()
