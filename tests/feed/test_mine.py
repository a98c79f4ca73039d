"""My acts: all of them, for me alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from feed.models import Act
from groups.models import Group
from tests.factories import make_act


def test_my_acts_are_all_here_the_private_ones_too_and_nobody_elses(
    as_mia: Client, group: Group, mia: User, olive: User, foreign_group: Group, stan: User
) -> None:
    make_act(group, mia, text="Shared with all")
    make_act(group, mia, text="Kept to myself", audience="private")
    make_act(group, mia, text="As Someone", signed="someone")
    make_act(group, olive, text="CANARY of Olive")
    make_act(foreign_group, stan, text="CANARY of Stan")
    page = as_mia.get("/acts/mine/").content.decode()
    for text in ("Shared with all", "Kept to myself", "As Someone", "Just for me"):
        assert text in page
    assert "CANARY" not in page


def test_what_was_taken_down_and_what_lies_in_a_group_i_left_is_not(as_mia: Client, group: Group, mia: User) -> None:
    make_act(group, mia, text="Taken down").change("removed", by=mia)
    make_act(group, mia, text="Of a group I left")
    assert "Taken down" not in as_mia.get("/acts/mine/").content.decode()
    group.memberships.get(user=mia).end("left")
    assert "Of a group I left" not in as_mia.get("/acts/mine/").content.decode()


def test_they_come_month_by_month_and_page_by_page_each_once(as_mia: Client, group: Group, mia: User) -> None:
    acts = [make_act(group, mia) for _ in range(45)]
    for n, act in enumerate(acts):
        Act.objects.filter(pk=act.pk).update(done_on=mia.today() - timedelta(days=n // 3 * 5))
    seen, path = [], "/acts/mine/"
    while path:
        response = as_mia.get(path)
        months = [month for month, _cards in response.context["months"]]
        assert months == sorted(months, reverse=True)
        seen += [card.id for _month, cards in response.context["months"] for card in cards]
        path = f"/acts/mine/{response.context['earlier']}" if response.context["earlier"] else ""
    assert seen == [act.public_id for act in Act.objects.filter(author=mia).order_by("-done_on", "-pk")]


def test_one_kind_can_be_chosen(as_mia: Client, group: Group, mia: User) -> None:
    make_act(group, mia, kind="saw", text="I saw this")
    make_act(group, mia, kind="did", text="I did this")
    page = as_mia.get("/acts/mine/?kind=saw").content.decode()
    assert "I saw this" in page
    assert "I did this" not in page


@pytest.mark.parametrize("word", ["x", "2026-01-01", "2026-13-01-5", "2026-01-01-x", "2026-01-01-" + "9" * 30])
def test_a_place_that_is_none_is_refused(word: str, as_mia: Client) -> None:
    assert as_mia.get("/acts/mine/", {"before": word}).status_code == 400


def test_nothing_yet_is_said_kindly(as_mia: Client, group: Group) -> None:
    assert "Nothing here yet." in as_mia.get("/acts/mine/").content.decode()


@pytest.mark.parametrize("count", [2, 60])
def test_the_page_costs_the_same_however_much_there_is(count: int, as_mia: Client, group: Group, mia: User) -> None:
    for n in range(count):
        make_act(group, mia, kind=("did", "saw")[n % 2], text="" if n % 3 else "Held the door.")
    as_mia.get("/acts/mine/")
    with CaptureQueriesContext(connection) as queries:
        as_mia.get("/acts/mine/")
    assert len(queries) == 6, "\n".join(query["sql"][:160] for query in queries)
