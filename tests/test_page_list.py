"""No page escapes the browser: each one that anybody can open stands in `tests/e2e/kinds.py`."""

from tests.access import ROLES, ask, make_world, routes
from tests.e2e.kinds import KINDS

UNFRAMED = {"kept-mail-html"}
"""HTML that is not a page of ours: the body of a mail, as it was sent."""


def test_every_page_that_can_be_opened_is_looked_at(db: None) -> None:
    world = make_world()
    looked_at = {kind.route for kind in KINDS} | UNFRAMED
    missing = [
        route.name
        for route in routes()
        if route.name not in looked_at
        and any(
            answer.status_code == 200 and b"<html" in answer.content
            for answer in (ask(world.client(role), "GET", route.address(world.values(route))) for role in ROLES)
        )
    ]
    assert not missing, "these pages have no entry in tests/e2e/kinds.py"
