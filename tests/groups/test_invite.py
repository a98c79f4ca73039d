"""Olive invites people: words, link, code, picture and mail."""

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge
from groups.models import Group, JoinCode
from notifications.models import Delivery, Notice
from notifications.sender import deliver
from tests.factories import make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def code(group: Group, challenge: Challenge, olive: User) -> JoinCode:
    return JoinCode.current(group, olive)


def sent() -> None:
    """What the worker does."""
    for pk in Delivery.objects.filter(state="waiting").values_list("pk", flat=True):
        deliver(pk)


def test_the_leader_finds_everything_ready(as_olive: Client, group: Group, code: JoinCode) -> None:
    html = as_olive.get(reverse("invite", args=[group.slug])).content.decode()
    assert "Three small things" in html
    assert html.count(reverse("join", args=[code.code])) >= 2
    assert code.spaced in html
    assert "Ferry Lane Surgery is doing 21 Days of Kindness" in html
    assert "<svg" in html
    assert "data-copy" in html


def test_a_name_that_runs_the_other_way_does_not_turn_the_line(
    as_olive: Client, olive: User, group: Group, code: JoinCode
) -> None:
    """An invitation begins with the group's name; alone, an Arabic one would set its first line from right to left."""
    Group.objects.update(name="عيادة الحارة")
    User.objects.filter(pk=olive.pk).update(name="زينب")
    html = as_olive.get(reverse("invite", args=[group.slug])).content.decode()
    assert ">\u2068عيادة الحارة\u2069 is doing 21 Days of Kindness, from" in html
    as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": "per@example.org"})
    sent()
    letter: Any = mail.outbox[0]
    assert letter.body.startswith("\u2068زينب\u2069 invites you to \u2068عيادة الحارة\u2069,")
    assert "\u2068" not in letter.subject


def test_members_and_strangers_cannot_invite(as_mia: Client, as_stan: Client, group: Group, code: JoinCode) -> None:
    for route, method in (
        ("invite", "get"),
        ("group-qr", "get"),
        ("rotate-code", "post"),
        ("send-invitations", "post"),
    ):
        page = reverse(route, args=[group.slug])
        assert getattr(as_mia, method)(page).status_code == 403
        assert getattr(as_stan, method)(page).status_code == 404
    code.refresh_from_db()
    assert code.revoked_at is None


def test_looking_makes_no_code_and_a_button_does(as_olive: Client, group: Group) -> None:
    html = as_olive.get(reverse("invite", args=[group.slug])).content.decode()
    assert "There is no code at the moment" in html
    assert not JoinCode.objects.exists()
    assert as_olive.get(reverse("group-qr", args=[group.slug])).status_code == 404
    as_olive.post(reverse("rotate-code", args=[group.slug]))
    assert JoinCode.live_of(group)


def test_a_new_code_stops_the_old_one_at_once(as_olive: Client, client: Client, group: Group, code: JoinCode) -> None:
    as_olive.post(reverse("rotate-code", args=[group.slug]))
    fresh = JoinCode.live_of(group)
    assert fresh
    assert fresh.code != code.code
    assert client.get(reverse("join", args=[code.code])).status_code == 404
    assert client.get(reverse("join", args=[fresh.code])).status_code == 200
    code.refresh_from_db()
    assert (code.code, len(code.prefix)) == (None, 2), "a dead code is only a prefix"


def test_two_rotations_at_the_same_moment_leave_one_live_code(group: Group, code: JoinCode, olive: User) -> None:
    code.rotate(olive)
    code.rotate(olive)  # the second one still held the code as it was before the first
    assert JoinCode.objects.live().filter(group=group).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_first_code_at_once_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    group = make_group(make_user("Olive"))
    codes: list[JoinCode] = []
    ready = threading.Barrier(5)
    together = threading.Barrier(5)
    seen = JoinCode.live_of

    def live_of(group: Group, purpose: str = "adult") -> JoinCode | None:
        """All five look before any of them acts on it, unless somebody keeps them from looking."""
        found = seen(group, purpose)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.2)
        return found

    monkeypatch.setattr(JoinCode, "live_of", live_of)

    def ask() -> None:
        try:
            ready.wait()
            codes.append(JoinCode.current(group))
        finally:
            connection.close()

    people = [threading.Thread(target=ask) for _ in range(5)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(codes) == 5
    assert {code.code for code in codes} == {JoinCode.objects.live().get(group=group).code}


def test_the_qr_code_is_a_picture_with_a_name_and_the_code(as_olive: Client, group: Group, code: JoinCode) -> None:
    reply = as_olive.get(reverse("group-qr", args=[group.slug]))
    assert reply["Content-Type"] == "image/svg+xml"
    assert reply["Content-Disposition"] == f'attachment; filename="{group.slug}.svg"'
    assert reply.content.startswith(b"<?xml")
    assert code.spaced in reply.content.decode()
    assert group.name in reply.content.decode()


def test_pasted_addresses_each_get_one_invitation(as_olive: Client, group: Group, code: JoinCode) -> None:
    typed = "Nora Ness <Nora@example.org>\nnora@example.org, per@example.org;\n\n  ida@example.org  "
    reply = as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": typed})
    assert reply["Location"] == reverse("invite", args=[group.slug])
    as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": "per@example.org"})
    sent()
    assert Notice.objects.filter(kind="invitation").count() == 3
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ida@example.org", "nora@example.org", "per@example.org"]
    letter: Any = mail.outbox[0]
    assert letter.subject == "Olive Okafor invites you to Ferry Lane Surgery"
    for body in (letter.body, letter.alternatives[0][0]):
        assert reverse("join", args=[code.code]) in body
        assert code.spaced in body
    notice = Notice.objects.filter(kind="invitation").first()
    assert notice
    assert set(notice.context) == {"group", "code", "inviter"}
    assert str(code.code) not in str(notice.context) + notice.key


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "at least one address"),
        (" ,; \n", "at least one address"),
        ("nora@example.org\nnot an address\nper@", "not an address"),
        ("a@x.org\\nBcc: v@x.org", "do not look like addresses"),
        ("\n".join(f"p{n}@example.org" for n in range(51)), "These are 51 addresses"),
        ("x" * 65 + "@example.org", "do not look like addresses"),
        ("<script>@x", "do not look like addresses"),
    ],
)
def test_wrong_lines_are_named_and_kept_and_nothing_goes_out(
    as_olive: Client, group: Group, code: JoinCode, typed: str, words: str
) -> None:
    reply = as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": typed})
    html = reply.content.decode()
    assert reply.status_code == 422
    assert words in html
    if "nora" in typed:
        assert "nora@example.org" in html
    assert not Notice.objects.filter(kind="invitation").exists()


def test_known_members_are_skipped_and_nobody_can_tell(
    as_olive: Client, group: Group, code: JoinCode, mia: User, stan: User
) -> None:
    page = reverse("send-invitations", args=[group.slug])
    said = []
    for address in (str(mia.email).upper(), str(stan.email), "nobody.yet@example.org"):
        reply = as_olive.post(page, {"addresses": f"Somebody <{address}>"}, follow=True)
        said.append([str(message) for message in reply.context["messages"]])
    assert said[0] == said[1] == said[2] != []
    invited = Notice.objects.filter(kind="invitation").values_list("address", flat=True)
    assert sorted(invited) == sorted([str(stan.email), "nobody.yet@example.org"])


def test_a_wrong_line_keeps_the_whole_list_in_the_field(as_olive: Client, group: Group, code: JoinCode) -> None:
    pasted = "First Name,E-mail\nNora,nora@example.org\nPer,per(at)example.org"
    reply = as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": pasted})
    html = reply.content.decode()
    assert reply.status_code == 422
    assert "“Per, per(at)example.org”" in html
    assert "Nora,nora@example.org" in html
    assert not Notice.objects.filter(kind="invitation").exists()


@pytest.mark.parametrize("what", ["rotated", "expired", "inviter left", "already in"])
def test_an_invitation_nobody_wants_any_more_is_not_sent(
    as_olive: Client, group: Group, code: JoinCode, olive: User, mia: User, what: str
) -> None:
    address = mia.email if what == "already in" else "nora@example.org"
    as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": address or ""})
    if what == "rotated":
        code.rotate(olive)
    elif what == "expired":
        JoinCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif what == "inviter left":
        group.part_with(olive, successor=group.memberships.get(user=mia))
    sent()
    assert not mail.outbox


def test_a_group_whose_organization_closed_mail_sends_none(as_olive: Client, group: Group, code: JoinCode) -> None:
    group.organization.override("mail_open", allowed=False, by=None)
    assert "Or let us send it" not in as_olive.get(reverse("invite", args=[group.slug])).content.decode()
    typed = {"addresses": "nora@example.org"}
    assert as_olive.post(reverse("send-invitations", args=[group.slug]), typed).status_code == 403


def test_inviting_too_often_has_to_wait(as_olive: Client, group: Group, code: JoinCode) -> None:
    page = reverse("send-invitations", args=[group.slug])
    replies = [as_olive.post(page, {"addresses": f"p{n}@example.org"}).status_code for n in range(31)]
    assert replies == [302] * 30 + [429]


def test_the_page_costs_the_same_in_a_big_organization(
    as_olive: Client, group: Group, code: JoinCode, foreign_group: Group, django_assert_max_num_queries: Any
) -> None:
    JoinCode.current(foreign_group)
    with django_assert_max_num_queries(9):
        html = as_olive.get(reverse("invite", args=[group.slug])).content.decode()
    assert foreign_group.name not in html
