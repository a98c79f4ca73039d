"""What nobody may read in a log or on an error page, and what survives a new key (B10, B26)."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core import signing
from django.dispatch import Signal
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.events import EVENTS
from accounts.models import AddressChange, AuditEntry, User
from feed.models import Act
from groups.models import Group, JoinCode, Membership
from groups.models.join_code import draw_code
from kindness_platform.logs import RoutesOnly
from tests.accounts.conftest import Send, code_in_the_mail
from tests.accounts.conftest import send as send
from tests.factories import make_act, make_class, make_pupil


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the product would write to its log, down to the last detail."""
    root = logging.getLogger()
    (console,) = [handler for handler in root.handlers if any(isinstance(f, RoutesOnly) for f in handler.filters)]
    said = io.StringIO()
    monkeypatch.setattr(console, "stream", said)
    monkeypatch.setattr(console, "level", logging.DEBUG)
    before = root.level
    root.setLevel(logging.DEBUG)
    yield said
    root.setLevel(before)


PASSWORD = "canary words nobody says"


def everything_that_is_refused(client: Client, code: str, act: Act, token: str) -> None:
    """Addresses and forms with secrets in them, sent so that something is wrong with each."""
    strict = Client(enforce_csrf_checks=True)
    strict.post(reverse("join", args=[code]), {"name": "canaryname", "email": "canary@example.org"})
    strict.post(reverse("account_login"), {"login": "canary@example.org", "password": PASSWORD})
    for _ in range(22):
        client.get(reverse("join", args=[f"{code[:-1]}2"]))
    client.get(reverse("join", args=[code]))
    client.get(f"/join/{code}/x/")
    client.get(f"/{code}")
    client.put(reverse("join", args=[code]))
    client.post(reverse("account_prove_address", args=[token]))
    client.get(reverse("account_stop_address", args=[token + "x"]))
    client.post(reverse("comments", args=[act.public_id]), {"text": "canarycomment " * 500})
    client.post(reverse("post-act"), {"group": "nowhere", "text": "canaryact"})


def test_the_log_holds_no_code_no_token_and_no_words(
    log: io.StringIO, send: Send, group: Group, mia: User, olive: User
) -> None:
    code = JoinCode.current(group, olive).code or ""
    act = make_act(group, olive)
    change = AddressChange.objects.create(user=mia, address="canary.new@example.org", begun_by=olive)
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    mia.set_password(PASSWORD)
    mia.save()
    as_mia = Client()
    as_mia.force_login(mia)
    send("/accounts/login/", {"login": mia.email or ""})
    mailed = code_in_the_mail()
    send("/accounts/login/code/confirm/", {"code": "x" + mailed})
    send("/accounts/login/?with=password", {"login": mia.email or "", "password": PASSWORD + "!"})
    everything_that_is_refused(as_mia, code, act, change.proof)
    group.memberships.get(user=mia).end("removed")
    as_mia.get(reverse("join", args=[code]))
    said = log.getvalue()
    assert "/join/<str:code>/" in said, "refusals are logged, or this would show nothing"
    cookie = as_mia.cookies["session"].value
    for secret in (code, code[:-1], mailed, change.proof, change.stopper, PASSWORD, cookie, mia.email or "", "canary"):
        assert secret not in said


def test_a_mistake_of_ours_tells_the_log_where_and_not_what(
    log: io.StringIO, as_mia: Client, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("feed.views.composing.share", broken)
    as_mia.raise_request_exception = False
    form = {"group": group.slug, "kind": "did", "text": "canarywords", "form_key": "canarykey"}
    reply = as_mia.post(reverse("post-act"), form, headers={"Authorization": "canaryheader"})
    assert reply.status_code == 500
    said = log.getvalue()
    assert "broken on purpose" in said
    assert "composing.py" in said
    for text in (said, reply.content.decode()):
        assert "canary" not in text
    assert "Traceback" not in reply.content.decode()
    assert "broken" not in reply.content.decode()


def test_a_new_key_signs_nobody_out_while_the_old_one_is_kept(as_mia: Client, settings: Settings) -> None:
    signed = signing.dumps({"a": 1})
    assert as_mia.get("/you/").status_code == 200
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert as_mia.get("/you/").status_code == 200
    assert signing.loads(signed) == {"a": 1}
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "m" * 60
    assert as_mia.get("/you/").status_code == 302


# --- What is on record (B26) -----------------------------------------------------------------------------------


REFUSALS: dict[str, tuple[int, str]] = {
    "a wrong password": (422, "Unprocessable Content: /accounts/login/"),
    "too many tries": (429, "Too Many Requests: /join/<str:code>/"),
    "a forged form": (403, "Forbidden (CSRF cookie not set.): /accounts/login/"),
    "somebody else's right": (403, "Forbidden (Permission denied): /groups/<slug:slug>/settings/"),
    "another host": (400, "Invalid HTTP_HOST header"),
    "an address that leads nowhere": (404, "Not Found"),
}


def refused(what: str, client: Client, group: Group, mia: User) -> Any:
    login = reverse("account_login", query={"with": "password"})
    if what == "a wrong password":
        return Client().post(login, {"login": mia.email, "password": PASSWORD})
    if what == "too many tries":
        return [client.get(reverse("join", args=[draw_code()])) for _ in range(21)][-1]
    if what == "a forged form":
        return Client(enforce_csrf_checks=True).post(login, {"login": mia.email})
    if what == "somebody else's right":
        return client.get(reverse("group-settings", args=[group.slug]))
    if what == "another host":
        return client.get("/about/", headers={"host": "evil.example"})
    return client.get("/nothing/here/")


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_refused_stands_in_the_log(
    what: str, log: io.StringIO, as_mia: Client, group: Group, mia: User
) -> None:
    status, line = REFUSALS[what]
    assert refused(what, as_mia, group, mia).status_code == status
    found = next(said for said in log.getvalue().splitlines() if line in said)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", found), "it says when"


def test_nobody_writes_lines_of_their_own_into_the_log(log: io.StringIO, as_mia: Client) -> None:
    forged = "2026-01-01 00:00:00,000 WARNING django.request made up"
    for address in (f"/nothing%0a{forged}/", f"/nothing/%0d%0a{forged}", f"/acts/?next=%0a{forged}", f"/%0a{forged}"):
        as_mia.get(address)
        as_mia.put(address)
    Client().post(
        reverse("account_login"), {"login": f"a@example.org\n{forged}"}, headers={"User-Agent": f"x\n{forged}"}
    )
    lines = log.getvalue().splitlines()
    assert len(lines) > 4
    assert not [line for line in lines if "made up" in line]


@pytest.mark.parametrize("signal", EVENTS, ids=EVENTS.get)
def test_each_change_of_how_somebody_signs_in_is_on_record(signal: Signal, mia: User) -> None:
    """Who, what and when; allauth sends these from its forms, whichever was used."""
    account = SocialAccount(user=mia, provider="sso", uid="mia")
    signal.send(
        sender=User,
        user=mia,
        from_email_address="mia.old@example.org",
        sociallogin=SocialLogin(user=mia, account=account),
        socialaccount=account,
    )
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.thing_id) == (EVENTS[signal], mia.pk, mia.pk)
    assert timezone.now() - entry.at < timedelta(minutes=5)


def test_signing_in_and_out_is_on_record_and_of_pupils_it_is_not(mia: User) -> None:
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    mia.set_password(PASSWORD)
    mia.save()
    client = Client()
    client.post(reverse("account_login", query={"with": "password"}), {"login": mia.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    written = AuditEntry.objects.order_by("pk").values_list("actor_id", "verb")
    assert list(written) == [(mia.pk, "signed in"), (mia.pk, "signed out")]
    pupil = Client()
    pupil.force_login(make_pupil(make_class(), "Nia").user)
    before = AuditEntry.objects.count()
    pupil.logout()
    assert AuditEntry.objects.count() == before


# What changes who may do what: the verb that is written, and how it comes about.
RIGHTS: dict[str, Callable[[Group, User, User], object]] = {
    "made leader": lambda group, olive, mia: place_of(group, mia).make_leader(olive),
    "removed": lambda group, olive, mia: place_of(group, mia).remove(olive),
    "muted": lambda group, olive, mia: place_of(group, mia).mute(timezone.now() + timedelta(days=1), olive),
    "made admin": lambda group, olive, mia: group.organization.add_admin(mia, olive),
    "unmade admin": lambda group, olive, mia: (
        group.organization.add_admin(mia, olive),
        group.organization.remove_admin(mia, olive),
    ),
    "closed photos_open": lambda group, olive, mia: group.change_rule("photos_open", allowed=False, by=olive),
    "stopped": lambda group, olive, mia: JoinCode.current(group, olive).stop(olive),
    "renamed": lambda group, olive, mia: group.rename("Another name", by=olive),
    "put away": lambda group, olive, mia: group.put_away(olive),
}


def place_of(group: Group, person: User) -> Membership:
    return group.memberships.get(user=person)


@pytest.mark.parametrize("verb", RIGHTS)
def test_each_change_of_who_may_do_what_is_on_record(verb: str, group: Group, olive: User, mia: User) -> None:
    RIGHTS[verb](group, olive, mia)
    entry = AuditEntry.objects.get(verb=verb)
    assert (entry.actor_id, bool(entry.thing_id), bool(entry.thing)) == (olive.pk, True, True)
    assert timezone.now() - entry.at < timedelta(minutes=5)


def test_twenty_kinds_of_events_and_more_are_kept() -> None:
    assert len(REFUSALS) + len(EVENTS) + len(RIGHTS) >= 20
