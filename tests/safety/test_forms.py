"""Every form that stands on a page, sent in every wrong way: from elsewhere, with fields that are not its own, with
nonsense, with a way on that leads away. (B12, B19, B20, B21)

What a request would do is undone after each, so all of them start from the same world.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from accounts.models import AccountMail, User
from tests.access import METHODS, World, make_world, routes
from tests.conftest import kept_for_the_file
from tests.safety.forms import Form, Walk

EVIL = "evil.example"
NOW = datetime.now(UTC)


@dataclass
class Gathered:
    walk: Walk
    forms: list[Form]

    def posts(self) -> list[Form]:
        """All that are sent by POST; in the short form one to each address."""
        posts = [form for form in self.forms if form.method == "post"]
        return posts if self.walk.wide else list({form.route: form for form in reversed(posts)}.values())

    def some[Thing](self, all_of_them: list[Thing], each: int) -> list[Thing]:
        """All of them in the wide form, and one of so many in the short one."""
        return all_of_them[:: 1 if self.walk.wide else each]


@pytest.fixture(scope="module", params=["short", pytest.param("wide", marks=pytest.mark.audit)])
def _gathered(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Gathered]:
    with kept_for_the_file(django_db_blocker):
        walk = Walk(make_world(), wide=request.param == "wide")
        yield Gathered(walk, walk.forms())


@pytest.fixture
def gathered(_gathered: Gathered, db: None, monkeypatch: pytest.MonkeyPatch) -> Gathered:
    """Limits are tested elsewhere; here they would end the walk."""
    monkeypatch.setattr("allauth.core.internal.ratelimit.apply_rate", lambda history, *_a, **_k: (True, history))
    return deepcopy(_gathered)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()


def test_the_walk_finds_what_people_fill_in(gathered: Gathered) -> None:
    found = {form.route for form in gathered.posts()}
    assert len(found) > 55
    assert len(gathered.forms) > (180 if gathered.walk.wide else 90)
    assert {"post-act", "comments", "reactions", "act-edit", "settings", "account_signup", "join", "start"} <= found
    assert {"send-invitations", "organization", "organization-contacts", "group-settings", "erase-confirm"} <= found


# --- From elsewhere (B12) --------------------------------------------------------------------------------

WITHOUT_TOKEN = {"stop": "notifications/test_stop.py", "mail-hook": "notifications/test_mail_hook.py"}
"""Routes that take a form without a token, three at most, and the tests that say why each may."""


def patterns(found: Any = None) -> Iterator[URLPattern]:
    for pattern in found or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


def test_no_view_is_excused_from_the_token() -> None:
    excused = {p.name for p in patterns() if getattr(p.callback, "csrf_exempt", False)}
    assert excused == set(WITHOUT_TOKEN)
    assert len(WITHOUT_TOKEN) <= 3


def test_no_form_is_taken_without_its_token(gathered: Gathered) -> None:
    """Of every address with every method that could change something; the short form takes them in turn."""
    world, client = gathered.walk.world, strict(gathered.walk.world, "member")
    unsafe = [method for method in METHODS if method not in {"GET", "HEAD", "OPTIONS"}]
    for number, route in enumerate(route for route in routes() if route.name not in WITHOUT_TOKEN):
        for method in gathered.some(unsafe[number % 4 :] + unsafe[: number % 4], each=4):
            reply = client.generic(method, route.address(world.values(route)))
            assert reply.status_code == 403, f"{method} {route.name}"


def strict(world: World, role: str) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies = world.client(role).cookies
    client.cookies[configured.CSRF_COOKIE_NAME] = TOKEN
    return client


TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEF"


ELSEWHERE: dict[str, tuple[bool, bool, dict[str, str]]] = {
    # what: whether the cookie comes along, whether the token does, and the headers of the request
    "no token": (True, False, {}),
    "no cookie": (False, True, {}),
    "foreign origin": (True, True, {"Origin": f"https://{EVIL}"}),
    "no origin at all": (True, True, {"Origin": "null"}),
    "our origin without TLS": (True, True, {"Origin": "http://testserver"}),
    "our origin and a port": (True, True, {"Origin": "https://testserver:8443"}),
    "an origin that begins like ours": (True, True, {"Origin": f"https://testserver.{EVIL}"}),
    "foreign referer": (True, True, {"Referer": f"https://{EVIL}/"}),
    "a referer that holds ours": (True, True, {"Referer": f"https://{EVIL}/https://testserver/"}),
    "our referer without TLS": (True, True, {"Referer": "http://testserver/"}),
    "no referer": (True, True, {}),
    "a forged host": (True, True, {"Origin": f"https://{EVIL}", "X-Forwarded-Host": EVIL}),
}
SENSITIVE = ("settings", "post-act", "comments", "group-rules", "account_logout", "erase-confirm", "account_signup")


@pytest.mark.parametrize("how", ELSEWHERE)
def test_a_form_from_elsewhere_does_nothing_over_tls(how: str, gathered: Gathered) -> None:
    with_cookie, with_token, headers = ELSEWHERE[how]
    for name in SENSITIVE:
        form = next(form for form in gathered.posts() if form.route == name)
        client = strict(gathered.walk.world, form.role)
        if not with_cookie:
            del client.cookies[configured.CSRF_COOKIE_NAME]
        fields = form.filled(csrfmiddlewaretoken=TOKEN) if with_token else form.filled()
        with undone():
            assert form.send(client, fields, secure=True, headers=headers).status_code == 403, name
        if how == "foreign origin":
            good = {"Origin": "https://testserver", "Referer": "https://testserver/"}
            with undone():
                assert form.send(client, fields, secure=True, headers=good).status_code != 403, f"{name}: a good one"


# --- Fields that are not its own (B21) ---------------------------------------------------------------------

NOBODY = "987654"
"""No row has this number; a small one might be that of a new row, where PostgreSQL counts on after what was undone."""
NOT_THEIRS = {
    **dict.fromkeys(("is_staff", "is_superuser", "is_active", "verified", "primary", "approved", "consent"), "1"),
    **dict.fromkeys(("role", "state", "audience_state", "purpose", "source", "standing"), "leader"),
    **dict.fromkeys(("user", "user_id", "author", "author_id", "owner", "uploader", "begun_by", "actor"), NOBODY),
    **dict.fromkeys(
        ("group_id", "organization_id", "tenant", "tenant_id", "challenge_id", "act_id", "ripple_id"), NOBODY
    ),
    **dict.fromkeys(("pk", "public_id", "slug", "prefix", "form_id"), "zzzzzzzzzzzzzzzz"),
    **dict.fromkeys(("points", "uses", "degree", "passed_on_count", "comment_count", "terms_version"), "99"),
    **dict.fromkeys(("created_at", "shown_at", "date_joined", "joined_on", "expires_at", "archived_at"), "2020-01-01"),
    **dict.fromkeys(("deleted_at", "left_at", "ended_at", "muted_until", "terms_accepted_at"), "2020-01-01"),
    **dict.fromkeys(("overrides", "policy", "permissions", "groups", "user_permissions", "data"), "{}"),
}


class Written:
    """What a request writes to the database: the tables and columns, and the values that are not random."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, tuple[object, ...]]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"(INSERT|UPDATE|DELETE)\b", sql) and "accounts_session" not in sql:
            rows = params if many else [params or ()]
            self.statements += [(re.sub(r"%s(, )?", "?", sql), tuple(map(_plain, row))) for row in rows]
        return execute(sql, params, many, context)


def _plain(value: object) -> object:
    """What differs each time is left out: moments, numbers of rows, random ids and codes."""
    if isinstance(value, list):  # PostgreSQL takes many rows as one list of values for each column
        return tuple(map(_plain, value))
    if isinstance(value, datetime) or re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*", str(value)):
        return "a moment"
    if value is None or isinstance(value, bool) or value in {99, int(NOBODY)}:  # what NOT_THEIRS would set
        return value
    if isinstance(value, date | str) and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return str(value)
    if re.fullmatch(r"[\w-]{22}", str(value)):  # 16 random bytes, with dashes anywhere
        return "an id"
    without_ids = re.sub(r"[\w+/=!-]*\w{12,}[\w+/=-]*|\b(?=\w*\d)\w{6,}\b|(?<=-)\w{6}\b", "an id", str(value))
    return re.sub(r"\d+", "a number", without_ids)


def sent(gathered: Gathered, form: Form, **more: str) -> tuple[Any, list[tuple[str, tuple[object, ...]]]]:
    written = Written()
    with time_machine.travel(NOW, tick=False), undone(), connection.execute_wrapper(written):
        reply = form.send(gathered.walk.client(form.role), form.filled() | {name: [v] for name, v in more.items()})
    return reply, written.statements


def test_fields_that_are_not_a_forms_own_change_nothing(gathered: Gathered) -> None:
    """Each form is sent as it stands and again with fields of ours: the same is written, and the same answered."""
    assert len(NOT_THEIRS) >= 25
    fruitful = 0
    for form in gathered.posts():
        own = {control.name for control in form.controls} | {form.button[0]}
        extra = {name: value for name, value in NOT_THEIRS.items() if name not in own}
        plain, before = sent(gathered, form)
        more, after = sent(gathered, form, **extra)
        assert plain.status_code < 500, str(form)
        assert more.status_code == plain.status_code, str(form)
        assert [line for line in after if line not in before] == [], str(form)
        assert len(after) == len(before), str(form)
        fruitful += bool(before)
    assert fruitful > 0.6 * len(gathered.posts()), "hardly anything was written, so this shows nothing"


# --- Ways on (B20) -------------------------------------------------------------------------------------------

WAYS_ON = ("next", "return", "return_to", "redirect", "redirect_to", "redirect_url", "url", "continue", "to", "back")
PAYLOADS = [
    *(
        f"//{EVIL}",
        f"///{EVIL}",
        f"////{EVIL}",
        f"/\\{EVIL}",
        f"\\\\{EVIL}",
        f"\\/{EVIL}",
        f"/\\/{EVIL}",
        f"\\//{EVIL}",
    ),
    *(f"http:{EVIL}", f"https:{EVIL}", f"http:/{EVIL}", f"https:///{EVIL}", f"http://{EVIL}", f"HTTPS://{EVIL}"),
    *(f"//{EVIL}/testserver", f"//testserver@{EVIL}", f"https://testserver@{EVIL}/", f"https://testserver.{EVIL}/"),
    *(f"https://{EVIL}#testserver", f"https://{EVIL}?testserver", f"https://{EVIL}\\testserver", f"//{EVIL}:80"),
    *(f"%2F%2F{EVIL}", f"/%2F{EVIL}", f"%2F/{EVIL}", f"/%5C{EVIL}", f"%5C%5C{EVIL}", f"/%09/{EVIL}", f"/%0A/{EVIL}"),
    *(f"/\t/{EVIL}", f"/\n/{EVIL}", f"/\r/{EVIL}", f"\t//{EVIL}", f" //{EVIL}", f"\0//{EVIL}", f"/\0/{EVIL}"),
    *(f"//{EVIL}%00.testserver", f"//{EVIL}%23.testserver", f"//{EVIL}%2f@testserver", f"//{EVIL};testserver"),
    *("javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "vbscript:x"),
    *("data:text/html,<script>alert(1)</script>", "data:;base64,PHNjcmlwdD4=", "blob:x", "file:///etc/passwd"),
    *(f"ftp://{EVIL}", f"ws://{EVIL}", f"//{EVIL}\r\nSet-Cookie: a=b", f"/x\r\nLocation: //{EVIL}", f"///\\;@{EVIL}"),
    *(f"//[::ffff:1.2.3.4]/{EVIL}", "//1.2.3.4", "//0x7f000001", f"/.//{EVIL}", f"/..//{EVIL}", f"/x/..//{EVIL}"),
    *(f"〱//{EVIL}", f"／／{EVIL}", "//ｅvil.example", f"https://testserver:443@{EVIL}", f"//{EVIL}/%2e%2e"),
]


def strays(reply: Any) -> list[str]:
    """Where a reply sends people, if that is not here. Read as browsers do: a backslash is a slash, blanks are none."""
    led = []
    for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url", "Refresh"):
        target = re.sub(r"[\t\r\n]", "", reply.headers.get(name, "")).strip("\0 ").replace("\\", "/")
        parts = urlsplit(target)
        if target.startswith("//") or parts.scheme or parts.netloc not in {"", "testserver"}:
            led.append(f"{name}: {target}")
    return led


def test_no_form_leads_away(gathered: Gathered) -> None:
    away = f"https://{EVIL}/"
    headers = {"Referer": away, "X-Forwarded-Host": EVIL, "HX-Current-URL": away, "X-Original-URL": away}
    heed = set()
    for form in gathered.posts():
        client = gathered.walk.client(form.role)
        with undone():
            reply = form.send(client, form.filled() | {name: [away] for name in WAYS_ON}, headers=headers)
        assert not strays(reply), str(form)
        assert EVIL not in reply.headers.get("Location", ""), str(form)
        if gathered.walk.wide or form.route in HEEDS:
            with undone():
                reply = form.send(gathered.walk.client(form.role), form.filled(next="/about/?here"))
            if reply.headers.get("Location", "").startswith("/about/?here"):
                heed.add(form.route)
    assert heed == HEEDS, "a form that heeds a way on is tried with all payloads below"


HEEDS = {"account_logout"}
SIGNING_IN = ("by password", "by code", "signing up", "confirming", "terms", "signed in already")


def go(way: str, world: World, onward: str) -> Any:
    """Through a door that leads on, with a way on; what it answers last."""
    client, mia = Client(), world.person_in("member")
    if way == "by password":
        return client.post(
            reverse("account_login", query={"with": "password"}),
            {"login": mia.email, "password": "four quiet words here", "next": onward},
        )
    if way == "by code":
        client.post(reverse("account_login", query={"next": onward}), {"login": mia.email, "next": onward})
        return client.post(reverse("account_confirm_login_code"), {"code": _mailed(), "next": onward})
    if way == "signing up":
        fields = {"name": "Nia", "email": "nia@example.org", "next": onward}
        client.post(reverse("account_signup", query={"next": onward}), fields)
        return client.post(reverse("account_email_verification_sent"), {"code": _mailed(), "next": onward})
    client = world.client("member")
    if way == "confirming":
        path = reverse("account_reauthenticate", query={"next": onward})
        return client.post(path, {"password": "four quiet words here", "next": onward})
    if way == "terms":
        User.objects.filter(pk=mia.pk).update(terms_fingerprint="")
        return client.post(reverse("accept-terms"), {"next": onward})
    return client.get(reverse("account_login", query={"next": onward}))


def _mailed() -> str:
    return AccountMail.objects.latest("pk").code


@pytest.mark.parametrize("way", SIGNING_IN)
def test_no_way_through_a_door_leads_away(way: str, gathered: Gathered) -> None:
    assert len(PAYLOADS) >= 60
    world = gathered.walk.world
    mia = world.person_in("member")
    hashed = User(password="")
    hashed.set_password("four quiet words here")
    User.objects.filter(pk=mia.pk).update(password=hashed.password)
    EmailAddress.objects.create(user=mia, email=mia.email or "", verified=True, primary=True)
    world.sessions["member"] = _signed_in(User.objects.get(pk=mia.pk))
    with undone():
        assert go(way, world, "/about/?here")["Location"] == "/about/?here", "it leads on where the way is here"
    for payload in gathered.some(PAYLOADS, each=8):
        with undone():
            reply = go(way, world, payload)
        assert reply.status_code in {302, 400, 422}, payload
        assert not strays(reply), payload


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[configured.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("route", sorted(HEEDS))
def test_no_form_that_heeds_a_way_on_leads_away(route: str, gathered: Gathered) -> None:
    form = next(form for form in gathered.posts() if form.route == route)
    for payload in gathered.some(PAYLOADS, each=2):
        with undone():
            reply = form.send(
                gathered.walk.client(form.role), form.filled(next=payload), headers={"Referer": payload[:60]}
            )
        assert not strays(reply), payload


# --- Nonsense (B19) ------------------------------------------------------------------------------------------

NONSENSE = [
    *("", " ", "\0", "a\0b", "-1", "0", "1", "NaN", "Infinity", "1e309", str(2**63), str(-(2**63)), str(10**40)),
    *("null", "None", "undefined", "true", "[]", "{}", '{"a":', "__proto__", "%00", "%s%s%s", "%(a)s", "{0}", "${7*7}"),
    *("\ud800", "\udfff\ud800", "\ufffe", "\u202eabc", "\u0000\u0001\u001b[31m", "e\u0301" * 500, "👩‍👩‍👧" * 300),
    *("'", '"', "';--", "1 OR 1=1", "' UNION SELECT 1--", "\\", "\\x00", "<script>", "../../etc/passwd", "C:\\con"),
    *("2026-02-30", "0000-00-00", "9999-12-31", "1-1-1", "2026-13-01T00:00:00Z", "24:00", "٠١٢٣", "１２３", "½", "²"),
    *("Europe/Berlin\n", "Mars/Base", "en-x-klingon", "a@b", "a@x,b@x", "a" * 5000, "x" * 200_000, "\r\n" * 2000),
    *(
        "did",
        "leader",
        "new",
        "all",
        "group",
        "zzzzzzzzzzzzzzzz",
        "ABCD2345WXYZ",
        "-",
        "_",
        ".",
        "/",
        "?",
        "#",
        ",",
        ";",
    ),
]
TARGETS = ("feed", "comments", "earlier", "post", "preview", "a b", "<b>", "x" * 200)
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]


def garbage(dice: random.Random, form: Form) -> dict[str, list[str]]:
    """What a form was to be filled with, with some of it replaced, doubled, missing or added."""
    fields = form.filled()
    for name in list(fields) or ["x"]:
        chance = dice.random()
        if chance < 0.5:
            fields[name] = [dice.choice(NONSENSE)]
        elif chance < 0.6:
            fields[name] = [dice.choice(NONSENSE) for _ in range(dice.choice((2, 3, 50)))]
        elif chance < 0.65:
            fields.pop(name, None)
    if dice.random() < 0.2:
        fields[dice.choice(NONSENSE)[:50]] = [dice.choice(NONSENSE)]
    return {_sendable(name): [_sendable(value) for value in values] for name, values in fields.items()}


def _sendable(value: str) -> str:
    """Halves of a character travel as the bytes that a broken client would send."""
    return value.encode("utf-8", "surrogatepass").decode("latin-1") if re.search("[\ud800-\udfff]", value) else value


def test_nonsense_is_refused_and_breaks_nothing(gathered: Gathered) -> None:
    requests = 5000 if gathered.walk.wide else 90
    dice = random.Random(20261130)
    world = gathered.walk.world
    pages = [route for route in routes() if route.name != "healthz"]
    for number in range(requests):
        headers = {"HX-Request": "true", "HX-Target": dice.choice(TARGETS)} if dice.random() < 0.3 else {}
        form = gathered.forms[number % len(gathered.forms)]
        fields = garbage(dice, form)
        if number % 3:
            with undone():
                reply = form.send(gathered.walk.client(form.role), fields, headers=headers)
            assert reply.status_code < 500, f"request {number}: {form} {fields}"
            continue
        route = dice.choice(pages)
        known = world.values(route)
        odd = {name: dice.choice((value, *NONSENSE)).replace("/", "")[:200] or "-" for name, value in known.items()}
        address = _quoted(route.address(odd if number % 2 else known))
        query = "&".join(f"{name}={_quoted(dice.choice(NONSENSE))}" for name in ("q", "before", "page", "kind", "next"))
        with undone():
            reply = gathered.walk.client(form.role).get(f"{address}?{query}", headers=headers)
        assert reply.status_code < 500, f"request {number}: {route.name} {address}?{query}"


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="/-_.~")


def test_a_body_of_another_kind_breaks_nothing(gathered: Gathered) -> None:
    """A form that claims to be something else, or something else that claims to be a form."""
    addresses = {form.route: form for form in gathered.posts()}
    for number, form in enumerate(gathered.some(list(addresses.values()), each=3)):
        for kind in gathered.some(KINDS[number % 3 :] + KINDS[: number % 3], each=3):
            with undone():
                client = gathered.walk.client(form.role)
                reply = client.generic("POST", form.action, b'{"text": "\xff\xfe", "a": [1, 2', content_type=kind)
            assert reply.status_code < 500, f"{form} {kind}"


def test_a_password_is_typed_unseen(gathered: Gathered) -> None:
    fields = [control for form in gathered.forms for control in form.controls if "password" in control.name]
    assert {control.kind for control in fields} == {"password"}


def test_tracing_is_answered_by_nobody(gathered: Gathered) -> None:
    world = gathered.walk.world
    for route in gathered.some(routes(), 7):
        with undone():
            reply = world.client("leader").generic("TRACE", route.address(world.values(route)), headers={"X": "canary"})
        assert reply.status_code in {301, 302, 400, 403, 404, 405}, route
        assert b"canary" not in reply.content, route
