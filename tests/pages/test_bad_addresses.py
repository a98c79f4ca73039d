"""NUL, halves of a character and far too much, in an address or a form: nothing is there, and nothing breaks.

SQLite would look for a NUL; PostgreSQL refuses to. So here no statement may carry one, whichever database it is.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.typed import storable
from challenges.models import Challenge
from feed.cursor import cursor_of
from feed.models import Act
from groups.models import Group
from tests.factories import make_act

BAD = {
    "a NUL": "%00",
    "a NUL inside": "a%00b",
    "half a character": "%ED%A0%80",
    "too much": "9" * 9000,
    "no number": "-1",
}
NAMES = (
    *("step", "group", "idea", "kind", "mine", "q", "comments", "from", "page", "for", "minutes", "program", "art"),
    *("text", "category", "effort", "setting", "next", "with"),
)
PAGES: dict[str, Callable[[Challenge, Act], list[str]]] = {
    **dict.fromkeys(("home", "today-new", "my-acts", "credits", "notices", "post-act", "groups"), lambda _c, _a: []),
    **dict.fromkeys(("programs", "evidence", "ideas", "start", "accept-terms"), lambda _c, _a: []),
    **dict.fromkeys(
        ("group", "group-new", "people", "group-people", "reports", "poster"), lambda c, _a: [c.group.slug]
    ),
    **dict.fromkeys(("act", "ripple", "pass-on"), lambda _c, a: [a.public_id]),
    "program": lambda _c, _a: ["21-days-of-kindness"],
    "challenge": lambda c, _a: [c.public_id],
}


@pytest.fixture(autouse=True)
def nothing_unstorable_is_looked_for(db: None) -> Iterator[None]:
    def check(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        for value in params or ():
            assert not (isinstance(value, str) and "\0" in value), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(check):
        yield


@pytest.fixture
def act(group: Group, mia: User) -> Act:
    return make_act(group, mia)


@pytest.mark.parametrize("page", PAGES)
def test_what_an_address_asks_for_breaks_no_page(as_olive: Client, challenge: Challenge, act: Act, page: str) -> None:
    address = reverse(page, args=PAGES[page](challenge, act))
    for bad in BAD.values():
        asked = ["&".join(f"{name}={bad}" for name in NAMES), f"before={bad}", f"since={cursor_of(act)}{bad}"]
        for query in asked:
            assert as_olive.get(f"{address}?{query}").status_code < 500


@pytest.mark.parametrize("address", ["/acts/%00/", "/ripples/a%00/", "/challenges/%00/", "/photos/%00/small/"])
def test_a_nul_in_an_address_finds_nothing(as_mia: Client, challenge: Challenge, address: str) -> None:
    assert as_mia.get(address).status_code == 404


def test_a_nul_in_a_form_finds_nothing(as_olive: Client, olive: User, challenge: Challenge) -> None:
    assert as_olive.post("/notices/read/", {"id": "\0"}).status_code == 404
    assert as_olive.post("/start/finish/", {"form_key": "\0"}).status_code == 302
    assert as_olive.post("/start/preview/", {"name": "\0", "program": "\0"}).status_code == 200
    steps = f"/challenges/{challenge.public_id}/steps/"
    assert as_olive.post(steps, {"do": "up", "step": "\0"}).status_code == 404
    assert as_olive.post(steps, {"do": "add", "theme": "\0", "prompt": "\0"}).status_code == 422


def test_what_cannot_be_stored_is_left_out() -> None:
    sent = QueryDict(mutable=True)
    sent.setlist("text", ["a\0b", "\ud83d", "fine"])
    assert storable(sent).getlist("text") == ["ab", "", "fine"]


def test_the_ideas_are_found_without_what_nobody_sees(client: Client) -> None:
    found = client.get("/ideas/?text=te%00a")
    assert found.context["form"]["text"].value() == "tea"
    assert found.context["entries"]
    assert len(found.context["entries"]) < len(client.get("/ideas/").context["entries"])
