"""Limits hold for made-up addresses, for guesses from everywhere, and while the cache is away (B9, B10)."""

import random
from typing import Any

import pytest
import time_machine
from allauth.account import app_settings as allauth_settings
from allauth.core.internal import ratelimit
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.cache import cache
from django.db.utils import ConnectionHandler
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts import limits
from accounts.models import User
from feed.models import Act
from groups.models import Group, JoinCode
from groups.models.join_code import ALPHABET, LENGTH, draw_code
from kindness_platform import tasks
from kindness_platform.settings import REDIS_CACHE
from tests.client import confirmed_client
from tests.factories import make_act

GUESSES = 10_000


def visitor_at(address: str, **headers: str) -> HttpRequest:
    request = RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)
    request.user = AnonymousUser()
    return request


# --- Guesses of codes (B10) -----------------------------------------------------------------------


@pytest.mark.parametrize(("addresses", "most"), [(1, 100), (500, GUESSES)])
def test_ten_thousand_guesses_are_stopped_and_hopeless(addresses: int, most: int) -> None:
    """With the limiter itself, within an hour; and what it lets pass finds one of a thousand codes less than once
    in a million days, were it as many every hour."""
    visitors = [visitor_at(f"10.0.{n // 250}.{n % 250}") for n in range(addresses)]
    passed = 0
    with time_machine.travel("2026-03-04T09:00:00Z", tick=False) as clock:
        for n in range(GUESSES):
            passed += limits.attempt(visitors[n % addresses], "join") is not None
            if addresses == 1:
                clock.shift(0.36)
        assert all(limits.attempt(visitor, "join") is None for visitor in visitors), "somebody's tries were forgotten"
    assert passed == most
    assert passed * 24 * 1000 / (len(ALPHABET) ** LENGTH * 0.99) < 1e-6


def test_guessing_finds_as_little_as_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lottery with codes so short that something is found: what is drawn is as even as the sum supposes."""
    dice = random.Random(20260304)
    monkeypatch.setattr("groups.models.join_code.secrets.choice", dice.choice)
    short = 3
    live = {draw_code()[:short] for _ in range(200)}
    found = sum(draw_code()[:short] in live for _ in range(GUESSES))
    expected = GUESSES * len(live) / len(ALPHABET) ** short
    assert 0.6 * expected < found < 1.4 * expected


def test_none_of_a_thousand_codes_is_guessed() -> None:
    live = {draw_code() for _ in range(1000)}
    assert sum(draw_code() in live for _ in range(GUESSES)) == 0


# --- Addresses that visitors make up (B9) -----------------------------------------------------------

OURS = {action: limits.LIMITS for action, rates in limits.LIMITS.items() if "/ip" in rates}
THEIRS = dict.fromkeys(
    ("login", "login_failed", "signup", "request_login_code", "reset_password"), allauth_settings.RATE_LIMITS
)


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("action", [*OURS, *THEIRS])
def test_a_thousand_made_up_addresses_are_one_visitor(action: str, proxies: int, settings: Settings, mia: User) -> None:
    """Without a proxy the header is nothing; behind one, only what the proxy itself has added to it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    app, config = ("goodturn", OURS[action]) if action in OURS else ("account", THEIRS[action])
    rates = ratelimit.get_rates(app=app, action=action, config=config)
    most = min(rate.amount for rate in rates if rate.per == "ip")
    passed = 0
    with time_machine.travel("2026-03-04T09:00:00Z", tick=False):
        for n in range(1000):
            claimed = f"203.0.{n // 250}.{n % 250}" + (", 198.51.100.7" if proxies else f", 10.0.{n // 250}.{n % 250}")
            request = visitor_at("127.0.0.1" if proxies else "198.51.100.7", **{"X-Forwarded-For": claimed})
            # Of the limits that count by person or by address of the letter, another one each time.
            request.user = User(pk=10_000 + n)
            passed += ratelimit.consume(request, app=app, action=action, config=config, key=f"{n}") is not None
    assert passed == most


# --- Every limit is asked for (B9) ------------------------------------------------------------------


def _ask(action: str, client: Client, group: Group, act: Act, time: int) -> Any:
    """Use an action once, as its page does."""
    words: dict[str, Any] = {"group": group.slug, "kind": "did", "text": "Held the door."}
    start = {"name": "A new one", "mode": "workplace", "program": "t02", "starts_on": group.organization.today()}
    asked: dict[str, tuple[str, str, dict[str, Any]]] = {
        "join": ("get", reverse("join", args=["ABCD2345WXYZ"]), {}),
        "start": ("post", reverse("start"), start),
        "invite": ("post", reverse("send-invitations", args=[group.slug]), {"addresses": "nia@example.org"}),
        "post": ("post", reverse("post-act"), words),
        "comment": ("post", reverse("comments", args=[act.public_id]), {"text": "So it was you."}),
        "react": ("post", reverse("reactions", args=[act.public_id, "thanks"]), {}),
        "search": ("get", reverse("group", args=[group.slug]), {"q": "door"}),
        "report": ("post", reverse("act-report", args=[act.public_id]), {"reason": "unkind"}),
        "confirm": ("post", reverse("account_confirm_by_mail"), {"action": "send"}),
        "address": ("post", reverse("account_email"), {"email": f"nia{time}@example.org"}),
        "copy": ("post", reverse("my-data-copy"), {}),
    }
    method, address, fields = asked[action]
    return getattr(client, method)(address, fields)


ELSEWHERE = {
    "upload": "feed/test_photos.py::uploads_are_limited",
    "class_code": "groups/test_class_door.py::guessing_class_codes_is_limited_and_the_right_one_is_not",
    "sheet": "pages/test_lead_sheets.py::asking_on_and_on_comes_to_a_rest",
    "calendar": "challenges/test_calendar.py::making_addresses_has_a_limit",
    "calendar_file": "challenges/test_calendar.py::one_address_is_asked_so_often_and_no_more_while_another_goes_on",
    "mail_again": "notifications/test_mail_again.py::it_can_be_said_a_few_times_a_day",
    "device": "notifications/test_devices.py::there_is_a_limit_to_asking",
    "report_muted": "feed/test_reports.py::who_is_muted_may_report_three_times_a_day",
}


@pytest.mark.parametrize("action", [action for action in limits.LIMITS if action not in ELSEWHERE])
def test_one_more_than_allowed_is_asked_to_wait(
    action: str, olive: User, mia: User, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = make_act(group, mia)
    JoinCode.current(group, olive)
    monkeypatch.setitem(limits.LIMITS, action, "2/7m/user" if action != "join" else "2/7m/ip")
    client = confirmed_client(olive)
    replies = [_ask(action, client, group, act, time) for time in range(3)]
    assert [reply.status_code == 429 for reply in replies] == [False, False, True]
    assert max(reply.status_code for reply in replies) < 500
    assert int(replies[-1]["Retry-After"]) == 7 * 60


# --- The cache ---------------------------------------------------------------------------------------


@pytest.fixture
def no_cache(settings: Settings) -> None:
    """The cache of an installation with Redis, whose Redis does not answer."""
    settings.CACHES = {"default": REDIS_CACHE | {"LOCATION": "redis://127.0.0.1:1/0"}}


def test_without_its_memory_the_door_stays_shut(no_cache: None, mia: User) -> None:
    """Nobody signs in, signs up or tries a code while nothing counts the tries; they are asked to come back."""
    mia.set_password("four quiet words here")
    mia.save()
    client = Client(raise_request_exception=False)
    tries = [
        (
            reverse("account_login", query={"with": "password"}),
            {"login": mia.email, "password": "four quiet words here"},
        ),
        (reverse("account_login"), {"login": mia.email}),
        (reverse("account_signup"), {"name": "Nia", "email": "nia@example.org"}),
        (reverse("account_reset_password"), {"email": mia.email}),
        (reverse("join", args=["ABCD2345WXYZ"]), {}),
        (reverse("mfa_login_webauthn"), {"credential": "{}"}),
    ]
    for address, fields in tries:
        reply = client.post(address, fields)
        assert reply.status_code == 503, address
        assert int(reply["Retry-After"]) > 0
        assert client.session.get("_auth_user_id") is None
    assert client.get(reverse("class-names", args=["ABCD2345WXYZ"])).status_code == 503
    assert User.objects.count() == 1
    assert not mail.outbox


def test_without_its_memory_who_is_in_reads_and_writes_on(
    no_cache: None, as_mia: Client, group: Group, olive: User
) -> None:
    act = make_act(group, olive, text="Brought tea.")
    for address in ("/", group.get_absolute_url(), act.get_absolute_url()):
        reply = as_mia.get(address)
        assert reply.status_code == 200
        assert "Brought tea." in reply.content.decode()
    for action in ("post", "comment", "react", "report"):
        assert _ask(action, as_mia, group, act, 0).status_code < 400, action
    assert Act.objects.filter(author__name="Mia Marsh").count() == 1
    assert _ask("invite", as_mia, group, act, 0).status_code in {403, 404, 503}


def test_limits_that_hold_no_longer_are_forgotten(db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their rows name the address of a visitor; the privacy page promises that it goes with the limit."""
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "queue.sqlite3")}
    handler = ConnectionHandler({"default": file, "queue": file})
    monkeypatch.setattr(tasks, "connections", handler)
    with handler["queue"].cursor() as cursor:
        cursor.execute("CREATE TABLE cache (cache_key text PRIMARY KEY, value text, expires datetime)")
        for key, expires in (("of yesterday", "2026-03-03 09:00:00"), ("of today", "2026-03-05 09:00:00")):
            cursor.execute("INSERT INTO cache VALUES (%s, '', %s)", [key, expires])
        with time_machine.travel("2026-03-04T09:00:00Z", tick=False):
            tasks.sweep_queue()
        cursor.execute("SELECT cache_key FROM cache")
        assert cursor.fetchall() == [("of today",)]
    handler.close_all()


def test_the_cache_has_room_for_everybodys_limits() -> None:
    for n in range(2000):
        cache.set(f"limit-of-{n}", [1.0], 60)
    assert cache.get("limit-of-0") == [1.0]
