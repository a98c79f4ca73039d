"""No page escapes the browser: each one that anybody can open stands in `tests/e2e/kinds.py`."""

import re

from django.test import Client

from tests.access import ROLES, ask, make_world, routes
from tests.e2e.kinds import KINDS
from tests.e2e.place import make_place

ELSEWHERE = {"kept-mail-html", "sample-mail-html", "account_request_login_code"}
"""The bodies of mails (`e2e/test_mails.py` looks at them), and allauth's second name for the page to sign in at."""


def test_every_page_that_can_be_opened_is_looked_at(db: None) -> None:
    world = make_world()
    looked_at = {kind.route for kind in KINDS} | ELSEWHERE
    missing = [
        route.name
        for route in routes()
        if route.name not in looked_at
        and any(
            answer.status_code == 200 and not answer.streaming and b"<html" in answer.content
            for answer in (ask(world.client(role), "GET", route.address(world.values(route))) for role in ROLES)
        )
    ]
    assert not missing, "these pages have no entry in tests/e2e/kinds.py"


def test_every_route_has_titles_of_its_own(db: None) -> None:
    """The states of a page may share one; what a form leads to is looked at in the browser."""
    place = make_place()
    routes_of: dict[str, set[str]] = {}
    for kind in KINDS:
        if kind.then or kind.status != 200:
            continue
        client = Client()  # whether they are sound is asked elsewhere, and takes as long as drawing them
        if person := place.people[kind.role]:
            client.force_login(person)
        reply = client.get(kind.address(place))
        if reply.status_code == 200:  # some pages lead those elsewhere who have no need of them
            title = re.search(r"<title>(.*?)</title>", reply.content.decode(), re.DOTALL)
            assert title, kind.name
            routes_of.setdefault(" ".join(title[1].split()), set()).add(kind.route)
    assert len(routes_of) > 30
    assert {title: names for title, names in routes_of.items() if len(names) > 1} == {}
