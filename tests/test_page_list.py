"""No page escapes the browser: each one that anybody can open stands in `tests/e2e/kinds.py`."""

from tests.access import ROLES, ask, make_world, routes
from tests.e2e.kinds import KINDS

ELSEWHERE = {"kept-mail-html", "account_request_login_code"}
"""The body of a mail as it was sent, and allauth's second name for the page to sign in at."""


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
