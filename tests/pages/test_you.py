"""My own page: what happened, for me alone; no streak, no sum, nothing that was not."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from groups.models import Group
from tests.factories import make_act


def test_days_are_counted_once_each_and_kinds_each_for_themselves(as_mia: Client, group: Group, mia: User) -> None:
    today = mia.today()
    for days, kind in ((0, "did"), (0, "saw"), (1, "did"), (5, "received")):
        make_act(group, mia, kind=kind, done_on=today - timedelta(days=days), audience="private" if days else "group")
    make_act(group, mia, done_on=today - timedelta(days=6)).change("removed", by=mia)
    mine = as_mia.get("/you/").context["mine"]
    assert mine.days == 3
    assert (mine.did, mine.saw, mine.received) == (2, 1, 1)
    drawn = {day for _month, days in mine.months for day in days}
    assert drawn == {today, today - timedelta(days=1), today - timedelta(days=5)}


def test_only_what_happened_is_drawn(as_mia: Client, group: Group, mia: User) -> None:
    make_act(group, mia)
    page = as_mia.get("/you/").content.decode()
    assert page.count('<ol class="practiced') == 1
    assert re.search(r'<ol class="practiced.*?</ol>', page, re.DOTALL).group().count("<li>") == 1  # type: ignore[union-attr]
    for word in ("streak", "missed", "in a row", "best", "level", "points", "rank"):
        assert word not in page.lower()


def test_nobody_elses_acts_or_feelings_are_here(
    as_mia: Client, group: Group, mia: User, olive: User, foreign_group: Group, stan: User
) -> None:
    make_act(group, olive, feeling=1)
    make_act(foreign_group, stan, feeling=1)
    make_act(group, mia, feeling=4)
    context = as_mia.get("/you/").context
    assert context["mine"].days == 1
    assert [feeling.value for feeling in context["mine"].feelings] == [4]


def test_how_it_felt_is_on_this_page_and_on_no_other_for_anybody(
    as_mia: Client, as_olive: Client, group: Group, mia: User
) -> None:
    act = make_act(group, mia, feeling=5)
    assert "How it felt" in as_mia.get("/you/").content.decode()
    assert "How it felt" not in as_olive.get("/you/").content.decode()
    for path in (act.get_absolute_url(), group.get_absolute_url()):
        assert "Very good" not in as_olive.get(path).content.decode()


def test_the_line_of_feelings_runs_from_old_to_new(as_mia: Client, group: Group, mia: User) -> None:
    for days, value in ((2, 1), (1, 3), (0, 5)):
        make_act(group, mia, feeling=value, done_on=mia.today() - timedelta(days=days))
    assert [feeling.value for feeling in as_mia.get("/you/").context["mine"].feelings] == [1, 3, 5]


def test_an_empty_page_misses_nothing(as_mia: Client) -> None:
    page = as_mia.get("/you/").content.decode()
    assert "nothing is missing" in page
    for path in ("/acts/mine/", "/credits/", "/notices/", "/you/settings/"):
        assert f'href="{path}"' in page


def test_visitors_sign_in_first(client: Client, db: None) -> None:
    assert client.get("/you/").status_code == 302


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_costs_the_same_however_much_there_is(count: int, as_mia: Client, group: Group, mia: User) -> None:
    for n in range(count):
        make_act(group, mia, feeling=n % 5 + 1, done_on=mia.today() - timedelta(days=n * 3))
    as_mia.get("/you/")
    with CaptureQueriesContext(connection) as queries:
        as_mia.get("/you/")
    assert len(queries) == 7, "\n".join(query["sql"][:160] for query in queries)
