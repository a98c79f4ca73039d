"""Who gets what: every route, every method, every role (SAFETY B6), and nothing of one tenant at another's (B7)."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import time

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from feed.models import Decision
from groups.models import Authorization, Classroom, Group, Pupil, School
from tests.access import METHODS, ROLES, Route, World, ask, cells, make_world, routes, stored_cells, stored_rows, words
from tests.conftest import kept_for_the_file

CATALOG = {"programs", "program", "program-guide", "ideas", "evidence", "about", "terms", "privacy", "healthz"}
APP = {"manifest", "worker", "offline"}
HOOKS = {"mail-hook"}
"""For mail services, which prove who they are; not there unless one is configured."""
START = {"home", "start", "start-preview", "start-finish", "enter-code", "join"}
KEPT_MAIL = {"kept-mails", "kept-mail", "kept-mail-html", "sample-mails", "sample-mail", "sample-mail-html"}
SERVERS = {"oidc_login", "oidc_callback", "socialaccount_signup", "socialaccount_login_cancelled"}
KEYS = {"mfa_login_webauthn", "mfa_signup_webauthn", "mfa_authenticate"}
SECRET_LINKS = {"account_prove_address", "account_stop_address", "calendar-file", "stop"}
"""Their address is known to one mailbox or one calendar."""
CLASS_DOOR = {"class-door", "class-names", "class-pupil", "class-card", "class-card-in", "class-leave"}
"""The way in for pupils: by the code of a class, which only that class has."""
WALL = {"wall-screen"}
"""For a screen where nobody is signed in: by a link that lives twelve hours and names nobody."""
PUBLIC = CLASS_DOOR | WALL | CATALOG | APP | HOOKS | START | KEPT_MAIL | SERVERS | KEYS | SECRET_LINKS
"""Routes that a visitor may open without signing in; those of signing in itself begin with `account_`."""
PERSONAL = {
    "today-new",
    "groups",
    "notices",
    "notices-read",
    "settings",
    "support",
    "you",
    "my-acts",
    "credits",
    "paper",
    "post-act",
    "pupil-tell",
    "pupil-noted",
    "start-class",
}
PERSONAL |= {
    "calendar",
    "calendar-off",
    "devices",
    "device-add",
    "mail-again",
    "reminders",
    "sessions",
    "end-other-sessions",
    "socialaccount_connections",
}
MY_DATA = {"my-data", "my-data-copy", "erase", "erase-confirm", "accept-terms"}
OF_ONESELF = PUBLIC | PERSONAL | MY_DATA
"""Routes without a thing of somebody in their address, or whose address is meant for strangers (a join code)."""
FOR_PUPILS = CLASS_DOOR | {"home", "support", "pupil-tell", "pupil-noted", "pupil-change"}
FOR_PUPILS |= {"reactions", "act-report", "photo", "choice"}
"""All that a pupil reaches. Whoever opens another view to them writes it here, and thinks about it twice."""
STRANGERS = ("other_member", "other_leader", "removed")
pytestmark = pytest.mark.every_row
WIDE = pytest.mark.audit
"""The full width of what `make test` asks in a short form: more roles, methods and questions."""
ALL = routes()
NAMES = [route.name for route in ALL]


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with kept_for_the_file(django_db_blocker):
        yield make_world()


@pytest.fixture
def world(_world: World, db: None) -> World:
    return deepcopy(_world)


def test_every_route_has_a_name_of_its_own() -> None:
    assert sorted(set(NAMES)) == NAMES


def test_every_route_stands_in_the_table_and_no_other() -> None:
    assert set(stored_rows()) == set(NAMES), "run `python scripts/access_table.py` and read what changed"


@pytest.mark.parametrize("methods", [("GET", "POST"), pytest.param(METHODS, marks=WIDE)], ids=["short", "wide"])
@pytest.mark.parametrize("route", ALL, ids=NAMES)
def test_each_role_gets_what_the_table_says(route: Route, world: World, methods: tuple[str, ...]) -> None:
    found = cells(world, route, methods)
    for method, statuses in found.items():
        by_role = dict(zip(ROLES, statuses, strict=True))
        assert max(statuses) < 500, f"{method} {route.name} breaks: {by_role}"
        if route.name not in PUBLIC and not route.name.startswith("account_"):
            assert by_role["anonymous"] == 302, f"a visitor gets into {method} {route.name}"
    stored = stored_cells(route)
    assert found == {method: stored[method] for method in methods}


@pytest.mark.parametrize(
    ("roles", "methods"),
    [(STRANGERS[1:], ("GET", "POST")), pytest.param(STRANGERS, METHODS, marks=WIDE)],
    ids=["short", "wide"],
)
@pytest.mark.parametrize("route", [r for r in ALL if r.name not in OF_ONESELF and r.arguments], ids=lambda r: r.name)
def test_a_stranger_cannot_tell_a_foreign_thing_from_a_nonsense_id(
    route: Route, world: World, roles: tuple[str, ...], methods: tuple[str, ...]
) -> None:
    for role in roles:
        client = world.client(role)
        for method in methods:
            foreign = ask(client, method, route.address(world.values(route)))
            nothing = ask(client, method, route.address(world.nonsense(route)))
            assert foreign.status_code in {404, 405}, f"{role} {method} {route.name}: {foreign.status_code}"
            assert normal(foreign) == normal(nothing), f"{role} {method} {route.name} tells foreign from nothing"


@pytest.mark.parametrize(
    ("role", "queries"),
    [
        ("leader", ("",)),
        *(
            pytest.param(role, ("", "?q=a", "?kind=saw"), marks=WIDE)
            for role in ("member", "leader", "admin", "removed")
        ),
    ],
)
def test_looking_changes_nothing(role: str, queries: tuple[str, ...], world: World) -> None:
    client = world.client(role)
    before = contents()
    for route in ALL:
        for query in queries:
            client.get(route.address(world.values(route)) + query)
    assert contents() == before


def contents() -> dict[str, list[dict[str, object]]]:
    """Every row of the product's tables; sessions are the framework's own."""
    kept = [model for model in apps.get_models() if not issubclass(model, AbstractBaseSession)]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in kept}


def normal(response: HttpResponse) -> tuple[int, str]:
    """Status and body, without what differs in every reply."""
    body = response.content.decode()
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def canaries(world: World) -> dict[str, str]:
    """A random-looking string in every text field of the first tenant's rows."""
    planted = {}
    rows: list[models.Model] = [
        world.group.organization,
        world.group,
        world.challenge,
        world.act,
        world.comment,
        world.case.reports.get(),
        Decision.objects.create(case=world.case, what="kept", by=world.people["leader"]),
        world.photo,
        world.contact,
        *world.challenge.steps.all()[:1],
    ]
    for row in rows:
        for field in ("name", "own_title", "text", "alt", "words", "note", "what_for"):
            if field in {f.name for f in row._meta.get_fields()} and not (row is world.photo and field == "name"):
                canary = f"canary{row._meta.model_name}{field}qzx"
                setattr(row, field, canary)
                row.save(update_fields=[field])
                planted[f"{row._meta.label}.{field}"] = canary
    for role in ("member", "leader", "admin"):
        person = world.people[role]
        assert person is not None
        person.name = f"canaryperson{role}qzx"
        person.save(update_fields=["name"])
        planted[f"person {role}"] = person.name
    return planted


@pytest.mark.parametrize(
    ("role", "queries"),
    [
        ("other_leader", ("",)),
        ("removed", ("?q=canary",)),
        *(pytest.param(role, ("", "?q=canary", "?before=1", "?kind=saw"), marks=WIDE) for role in STRANGERS),
    ],
)
def test_nothing_of_another_organization_shows_up_anywhere(role: str, queries: tuple[str, ...], world: World) -> None:
    planted = canaries(world)
    client = world.client(role)
    for route in ALL:
        if route.name in {"join", *KEPT_MAIL, *SECRET_LINKS}:
            continue  # a code is meant to show its group's name; kept mail exists in the demo alone
        for query in queries:
            page = words(ask(client, "GET", route.address(world.values(route)) + query))
            leaked = [where for where, canary in planted.items() if canary in page]
            assert not leaked, f"{role} reads {leaked} at {route.name}{query}"


def test_the_canaries_can_be_seen_by_those_they_are_for(world: World) -> None:
    planted = canaries(world)
    seen = "".join(
        words(ask(world.client(role), "GET", route.address(world.values(route))))
        for role in ("member", "leader", "admin")
        for route in ALL
    )
    missing = [where for where, canary in planted.items() if canary not in seen]
    assert missing in ([], ["groups.Organization.name"]), f"the test above could not fail for {missing}"


@pytest.fixture
def pupil_in(world: World) -> Client:
    """A pupil in the group that everything is addressed in, which is a class now."""
    group = world.group
    Group.objects.filter(pk=group.pk).update(mode="primary", age_band="7-11")
    group.refresh_from_db()
    teacher = world.person_in("leader")
    Classroom.objects.create(group=group, moderator=teacher)
    hours = {"weekdays": "0123456", "opens_at": time.min, "closes_at": time.max}
    School.objects.create(organization=group.organization, **hours)
    Authorization.objects.give(group.organization, group, basis="school", given_by="The head", by=teacher)
    pupil = Pupil.objects.add(group, "Pip", by=teacher)
    client = Client(raise_request_exception=False)
    client.get(f"/class/card/{pupil.user.public_id}/{pupil.secret.card}/")
    assert client.post("/class/card/").status_code == 302
    return client


@pytest.mark.parametrize("methods", [("GET", "POST"), pytest.param(METHODS, marks=WIDE)], ids=["short", "wide"])
def test_a_pupil_reaches_what_is_marked_and_nothing_else(
    world: World, pupil_in: Client, methods: tuple[str, ...]
) -> None:
    """All routes with all methods, in their own class; the pages of operators too (BAD_INPUTS 46)."""
    reached: set[str] = set()
    for route in ALL:
        for method in methods:
            client = Client(raise_request_exception=False)  # leaving is undone with the rest; the cookie would not be
            client.cookies[settings.SESSION_COOKIE_NAME] = pupil_in.cookies[settings.SESSION_COOKIE_NAME].value
            answer = ask(client, method, route.address(world.values(route)))
            assert answer.status_code < 500, route.name
            if answer.status_code != 404:
                reached.add(route.name)
    assert reached <= FOR_PUPILS
    assert "home" in reached
    for address in ("/admin/", "/admin/accounts/user/", "/healthz", "/status/"):
        assert ask(pupil_in, "GET", address).status_code == 404, address


def test_what_is_closed_to_a_pupil_looks_like_nothing(world: World, pupil_in: Client) -> None:
    nothing = normal(ask(pupil_in, "GET", "/there/is/nothing/here/"))
    for name in ("lead", "invite", "my-data", "settings", "act", "people", "programs", "account_login"):
        route = next(one for one in ALL if one.name == name)
        assert normal(ask(pupil_in, "GET", route.address(world.values(route)))) == nothing, name
    assert "Programs" not in nothing[1]
