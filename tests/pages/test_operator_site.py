"""`/admin/`: for staff who have used a second factor, and without anything that people wrote."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import AuditEntry, User
from feed.models import Act, Comment
from groups.models import Group
from tests.access import METHODS, ROLES, make_world
from tests.factories import make_act, make_user

PRIVATE = {
    "challenges.Choice",
    "feed.Act",
    "feed.Comment",
    "feed.Draft",
    "feed.Photo",
    "accounts.AccountMail",
    "accounts.Session",
    "account.EmailAddress",
    "notifications.KeptMail",
    "notifications.Notice",
    "groups.JoinCode",
    "socialaccount.SocialApp",
    "socialaccount.SocialToken",
}


@pytest.fixture
def otto(db: None) -> User:
    return make_user("Otto Operator", is_staff=True, is_superuser=True)


def signed_in(user: User, *, with_key: bool = True) -> Client:
    client = Client()
    client.force_login(user)
    if with_key:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0, "type": "webauthn"}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def addresses() -> Iterator[str]:
    """Every address of the site, with the first row of each table."""

    def walk(patterns: Any, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield re.sub(r"\^|\$|\\Z", "", prefix + str(pattern.pattern))

    site = next(p for p in get_resolver().url_patterns if isinstance(p, URLResolver) and p.app_name == "admin")
    for address in walk(site.url_patterns, "/admin/"):
        yield re.sub(r"\(\?P<app_label>[^)]*\)", "accounts", re.sub(r"<[^>]+>|\(\?P<url>[^)]*\)", "1", address))


@pytest.mark.parametrize(
    "methods", [("GET", "POST"), pytest.param(METHODS, marks=pytest.mark.audit)], ids=["short", "wide"]
)
def test_nobody_but_an_operator_gets_in(otto: User, methods: tuple[str, ...]) -> None:
    """Every address, every method, every role, and staff without a second factor (SAFETY B6)."""
    world = make_world()
    clients = [world.client(role) for role in ROLES] + [signed_in(otto, with_key=False)]
    clients.append(signed_in(make_user("Nosy"), with_key=True))
    found = list(addresses())
    assert len(found) > 30
    for address in found:
        for client in clients:
            for method in methods:
                reply = client.generic(method, address)
                assert reply.status_code in {302, 403, 405}, f"{method} {address}: {reply.status_code}"
                assert "/admin/logout" in address or not reply.get("Location", "").startswith("/admin/accounts")


def test_visitors_sign_in_as_everybody_does(visitor: Client) -> None:
    assert visitor.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert visitor.get("/admin/login/?next=/admin/")["Location"].startswith("/accounts/login/?next=")
    assert visitor.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_people_who_are_no_staff_are_turned_away(as_mia: Client) -> None:
    assert as_mia.get("/admin/login/").status_code == 403


def test_staff_set_a_key_up_or_use_the_one_they_have(otto: User) -> None:
    client = signed_in(otto, with_key=False)
    assert client.get("/admin/login/")["Location"] == "/you/signing-in/"
    passkey = Authenticator.objects.create(user=otto, type="webauthn", data={"name": "x"})
    assert client.get("/admin/login/")["Location"] == "/accounts/confirm/passkey/?next=%2Fadmin%2F"
    passkey.delete()
    TOTP.activate(otto, "JBSWY3DPEHPK3PXP")
    assert client.get("/admin/login/")["Location"] == "/accounts/confirm/code/?next=%2Fadmin%2F"


def test_nothing_private_is_registered() -> None:
    labels = {model._meta.label for model in admin.site._registry}
    assert labels.isdisjoint(PRIVATE)
    assert labels == {
        "accounts.AuditEntry",
        "accounts.User",
        "groups.Group",
        "groups.Membership",
        "groups.Organization",
        "mfa.Authenticator",
        "notifications.Delivery",
    }


def test_an_operator_reads_no_text_of_anybody(otto: User, group: Group, mia: User) -> None:
    make_act(group, mia, text="canaryactqzx")
    Comment.objects.post(Act.objects.get(), mia, "canarycommentqzx", form_key="one")
    TOTP.activate(mia, "canarysecretqzx")
    mia.set_password("canarypasswordqzx")
    mia.save()
    client = signed_in(otto)
    pages = ["/admin/"]
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        first = model._default_manager.order_by("pk").first()
        pages += [base, f"{base}?q=canary"] + ([f"{base}{first.pk}/change/"] if first else [])
    for page in pages:
        reply = client.get(page)
        assert reply.status_code == 200, page
        text = reply.content.decode()
        # The whole words: three letters of one turn up in a random token now and then.
        assert not re.search(r"canary(act|comment|secret|password)qzx", text), page
        assert mia.password not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", text), page


def test_an_operator_closes_an_account_and_it_is_on_record(otto: User, mia: User) -> None:
    client = signed_in(otto)
    page = f"/admin/accounts/user/{mia.pk}/change/"
    client.post(page, {"is_staff": "on", "name": "Somebody Else", "email": "x@example.org", "is_superuser": "on"})
    before = (mia.name, mia.email)
    mia.refresh_from_db()
    assert (mia.is_active, mia.is_staff, mia.is_superuser, mia.name, mia.email) == (False, True, False, *before)
    assert AuditEntry.objects.filter(actor_id=otto.pk, verb="changed as operator", thing_id=mia.pk).exists()


def test_an_operator_removes_a_lost_key(otto: User, mia: User) -> None:
    app = TOTP.activate(mia, "JBSWY3DPEHPK3PXP").instance
    signed_in(otto).post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(user=mia).exists()
    assert AuditEntry.objects.filter(actor_id=otto.pk, verb="removed as operator").exists()


@pytest.mark.parametrize("model", ["accounts/user", "accounts/auditentry", "groups/group", "groups/membership"])
def test_operators_neither_add_nor_delete(otto: User, model: str) -> None:
    client = signed_in(otto)
    assert client.get(f"/admin/{model}/add/").status_code == 403
    assert client.post(f"/admin/{model}/", {"action": "delete_selected", "_selected_action": "1"}).status_code in {
        200,
        302,
        403,
    }
    assert User.objects.filter(pk=otto.pk).exists()


def test_nobody_locks_themselves_out(otto: User) -> None:
    client = signed_in(otto)
    client.post(f"/admin/accounts/user/{otto.pk}/change/", {})
    otto.refresh_from_db()
    assert otto.is_active
    assert otto.is_staff


def test_staff_close_accounts_but_make_no_staff_and_close_no_superuser(otto: User, mia: User) -> None:
    client = signed_in(make_user("Stella Staff", is_staff=True))
    assert client.get("/admin/accounts/user/").status_code == 200
    client.post(f"/admin/accounts/user/{mia.pk}/change/", {"is_staff": "on"})
    client.post(f"/admin/accounts/user/{otto.pk}/change/", {})
    mia.refresh_from_db()
    otto.refresh_from_db()
    assert (mia.is_active, mia.is_staff, otto.is_active, otto.is_staff) == (False, False, True, True)
