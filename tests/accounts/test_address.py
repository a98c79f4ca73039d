"""Another address: changed by oneself, or begun by a leader for somebody who has lost their mailbox."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AddressChange, AuditEntry, User
from accounts.retention import purge_accounts
from groups.models import Group, OrganizationAdmin
from tests.accounts.conftest import Send, code_in_the_mail, confirm, signed_in_as
from tests.factories import join, make_group, make_user

EMAIL = "/accounts/email/"
CONFIRM = "/accounts/confirm-email/"


def ask(client: Client, send: Send, address: str) -> Any:
    confirm(client, send)
    return send(EMAIL, {"email": address}, client=client)


def test_mia_changes_her_address_and_the_old_one_is_told(as_mia: Client, send: Send, mia: User) -> None:
    old = mia.email
    assert ask(as_mia, send, "Mia.New@example.org")["Location"] == CONFIRM
    assert mail.outbox[-1].to == ["mia.new@example.org"]
    mia.refresh_from_db()
    assert mia.email == old
    assert send(CONFIRM, {"code": code_in_the_mail()}, client=as_mia)["Location"] == "/you/signing-in/"
    mia.refresh_from_db()
    assert mia.email == "mia.new@example.org"
    assert [row.email for row in EmailAddress.objects.filter(user=mia, verified=True)] == ["mia.new@example.org"]
    assert mail.outbox[-1].to == [old]
    assert "address" in mail.outbox[-1].subject
    assert "mia.new" not in str(mail.outbox[-1].body)
    assert AuditEntry.objects.filter(actor_id=mia.pk, verb="changed the address").count() == 1


@pytest.mark.parametrize(
    "address", ["", "no address", "a@b", "x" * 250 + "@example.org", "mia@example.org\nBcc: x@y.org"]
)
def test_what_is_no_address_is_refused_and_kept(as_mia: Client, send: Send, mia: User, address: str) -> None:
    confirm(as_mia, send)
    sent = len(mail.outbox)
    assert send(EMAIL, {"email": address}, client=as_mia).status_code == 422
    assert len(mail.outbox) == sent


def test_the_own_address_is_no_other(as_mia: Client, send: Send, mia: User) -> None:
    assert ask(as_mia, send, (mia.email or "").upper()).status_code == 422


def test_a_taken_address_sees_the_same_page_and_is_never_given_away(
    as_mia: Client, send: Send, stan: User, mia: User
) -> None:
    """SAFETY B8."""
    pages = []
    for address in ("free@example.org", stan.email or ""):
        assert ask(as_mia, send, address)["Location"] == CONFIRM
        pages.append(as_mia.get(CONFIRM).content.decode().replace(address, ""))
    assert len(pages[0]) == len(pages[1])
    assert mail.outbox[-1].to == [stan.email]
    assert "already" in mail.outbox[-1].subject
    assert send(CONFIRM, {"code": "123456"}, client=as_mia).status_code == 422
    mia.refresh_from_db()
    assert mia.email != stan.email


@pytest.fixture
def crew(olive: User, mia: User) -> Group:
    group = make_group(olive, name="Ferry Lane Surgery")
    join(group, mia)
    return group


def begin(client: Client, send: Send, group: Group, member: User, address: str = "mia.new@example.org") -> Any:
    confirm(client, send)
    return send(f"/groups/{group.slug}/people/{member.public_id}/address/", {"address": address}, client=client)


def later(hours: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(hours=hours))


def test_olive_helps_mia_who_has_lost_her_mailbox(
    as_olive: Client, visitor: Client, send: Send, crew: Group, olive: User, mia: User
) -> None:
    old = mia.email
    assert begin(as_olive, send, crew, mia).status_code == 302
    to_new, to_old = mail.outbox[-2:]
    assert (to_new.to, to_old.to) == (["mia.new@example.org"], [old])
    assert "Olive Okafor" in str(to_new.body)
    assert "mia.new" not in str(to_old.body)
    change = AddressChange.objects.get()
    path = f"/accounts/address/{change.proof}/"
    assert path in str(to_new.body)
    assert f"/accounts/address/{change.stopper}/stop/" in str(to_old.body)
    mia.refresh_from_db()
    assert mia.email == old
    with later(24.1):
        assert b"mia.new@example.org" in visitor.get(path).content
        assert send(path)["Location"] == "/accounts/login/"
        mia.refresh_from_db()
        assert mia.email == "mia.new@example.org"
        assert {letter.to[0] for letter in mail.outbox[-2:]} == {old, "mia.new@example.org"}
        send("/accounts/login/", {"login": "mia.new@example.org"})
        send("/accounts/login/code/confirm/", {"code": code_in_the_mail()})
    assert signed_in_as(visitor) == mia.pk
    lines = AuditEntry.objects.filter(thing_id=mia.pk).values_list("actor_id", "verb", "group_id")
    assert {(olive.pk, "began a change of address", crew.pk), (mia.pk, "changed the address", None)} <= set(lines)


@pytest.mark.parametrize(("hours", "works"), [(1, False), (23.9, False), (24.1, True), (167, True), (169, False)])
def test_it_is_proven_after_a_day_and_within_a_week(
    as_olive: Client, visitor: Client, send: Send, crew: Group, mia: User, hours: float, works: bool
) -> None:
    begin(as_olive, send, crew, mia)
    with later(hours):
        send(f"/accounts/address/{AddressChange.objects.get().proof}/")
    mia.refresh_from_db()
    assert (mia.email == "mia.new@example.org") is works


def test_looking_at_the_link_changes_nothing(
    as_olive: Client, visitor: Client, send: Send, crew: Group, mia: User
) -> None:
    """Mail scanners open links."""
    begin(as_olive, send, crew, mia)
    change = AddressChange.objects.get()
    with later(30):
        assert visitor.get(f"/accounts/address/{change.proof}/").status_code == 200
        assert visitor.get(f"/accounts/address/{change.stopper}/stop/").status_code == 200
    change.refresh_from_db()
    assert change.state == "open"


def test_the_old_mailbox_stops_it(as_olive: Client, visitor: Client, send: Send, crew: Group, mia: User) -> None:
    begin(as_olive, send, crew, mia)
    change = AddressChange.objects.get()
    assert send(f"/accounts/address/{change.stopper}/stop/").status_code == 302
    with later(30):
        assert send(f"/accounts/address/{change.proof}/").status_code == 404
    assert AuditEntry.objects.filter(verb="stopped a change of address", thing_id=mia.pk).exists()


def test_mia_signed_in_sees_it_and_can_stop_it(
    as_olive: Client, as_mia: Client, send: Send, crew: Group, mia: User
) -> None:
    begin(as_olive, send, crew, mia)
    assert AddressChange.objects.get().stopper.encode() in as_mia.get("/you/signing-in/").content


def test_it_works_once_and_a_second_one_ends_the_first(
    as_olive: Client, visitor: Client, send: Send, crew: Group, mia: User
) -> None:
    begin(as_olive, send, crew, mia)
    first = AddressChange.objects.get()
    begin(as_olive, send, crew, mia, "mia.other@example.org")
    second = AddressChange.objects.get(state="open")
    with later(30):
        assert send(f"/accounts/address/{first.proof}/").status_code == 404
        assert send(f"/accounts/address/{second.proof}/").status_code == 302
        assert send(f"/accounts/address/{second.proof}/").status_code == 404


def test_an_address_of_somebody_else_is_never_given_and_olive_does_not_learn_it(
    as_olive: Client, visitor: Client, send: Send, crew: Group, mia: User, stan: User
) -> None:
    taken = begin(as_olive, send, crew, mia, stan.email or "")
    assert "already" in mail.outbox[-2].subject
    assert mail.outbox[-2].to == [stan.email]
    change = AddressChange.objects.get()
    with later(30):
        assert send(f"/accounts/address/{change.proof}/").status_code == 409
    free = begin(as_olive, send, crew, mia, "free@example.org")
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])


def test_olive_has_to_confirm_that_it_is_her(as_olive: Client, crew: Group, mia: User) -> None:
    path = f"/groups/{crew.slug}/people/{mia.public_id}/address/"
    assert as_olive.post(path, {"address": "x@example.org"})["Location"].startswith("/accounts/confirm/")
    assert not AddressChange.objects.exists()


def test_who_may_begin_it(crew: Group, olive: User, mia: User, stan: User, send: Send) -> None:
    foreign = make_group(stan, name="Elsewhere")
    admin = make_user("Ada Admin")
    OrganizationAdmin.objects.filter(organization=crew.organization).delete()
    OrganizationAdmin.objects.create(organization=crew.organization, user=admin)
    staff = make_user("Otto", is_staff=True)
    second = make_user("Sam Second")
    for user, role in ((staff, "member"), (second, "leader"), (stan, "member")):
        join(crew, user, role=role)
    expected = {
        (olive, mia): 200,
        (admin, mia): 200,
        (olive, second): 403,
        (admin, second): 200,
        (olive, olive): 403,
        (mia, olive): 403,
        (mia, second): 403,
        (olive, staff): 403,
        (admin, staff): 403,
        (olive, stan): 403,
        (admin, stan): 403,
    }
    found = {}
    for by, of in expected:
        client = Client()
        client.force_login(by)
        confirm(client, send)
        found[by, of] = client.get(f"/groups/{crew.slug}/people/{of.public_id}/address/").status_code
    assert found == expected
    outsider = Client()
    outsider.force_login(foreign.memberships.get(user=stan).user)
    crew.memberships.get(user=stan).end("left")
    assert outsider.get(f"/groups/{crew.slug}/people/{mia.public_id}/address/").status_code == 404


def test_settled_changes_go_after_thirty_days(as_olive: Client, send: Send, crew: Group, mia: User) -> None:
    begin(as_olive, send, crew, mia)
    with later(29 * 24):
        purge_accounts()
        assert AddressChange.objects.exists()
    with later(31 * 24):
        purge_accounts()
        assert not AddressChange.objects.exists()
