"""Bad inputs at the door of a class: names of pupils, and letters that no child may get (BAD_INPUTS 33, 36)."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from groups.models import Group, Pupil
from tests.accounts.conftest import Send
from tests.accounts.conftest import send as send
from tests.client import CheckedClient
from tests.factories import make_class, make_pupil
from tests.safety.test_accounts import RESET, bare

TYPED = {
    "": None,
    "   ": None,
    "\u200b\u200d\u2060\ufeff": None,
    "\u3164\u2800": None,
    "x" * 10**6: None,
    "Z" + "\u0351" * 10_000: None,
    "Z" + "\u0351" * 40: "Z" + "\u0351" * 4,
    "\u202eaidaN\u202c": "aidaN",
    " Ade\u0301  laide ": "Ad\u00e9 laide",
    "admin": None,
    "Teacher": None,
    "\uff34\uff45\uff41\uff43\uff48\uff45\uff52": None,
    "*moderator*": None,
    "la Maestra": "la Maestra",
    "Gu\u00eda": None,
    "\U0001f308\U0001f308": None,
    "\u0646\u0648\u0631": "\u0646\u0648\u0631",
}


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels")


@pytest.mark.parametrize("door", ["list", "rename"])
def test_what_a_pupil_can_be_called(door: str, kestrels: Group, as_theo: Client) -> None:
    """33: typed into the list of a class, and into the page of a child."""
    child = make_pupil(kestrels, "Pip") if door == "rename" else None
    pages = {"list": reverse("class-add", args=[kestrels.slug])}
    if child:
        pages["rename"] = reverse("class-pupil-page", args=[kestrels.slug, child.user.public_id])
    for typed, kept in TYPED.items():
        fields = {"names": typed, "whole": "on", "do": "add"} if door == "list" else {"name": typed, "do": "save"}
        answer = as_theo.post(pages[door], fields)
        assert answer.status_code == (302 if kept else 422), typed[:40]
        names = [kept or "Pip"] if kept or child else []
        assert [pupil.name for pupil in Pupil.objects.all()] == names, typed[:40]
        if child:
            child.rename("Pip", by=kestrels.memberships.leaders().get().user)
        else:
            User.objects.filter(kind="pupil").delete()


def test_no_letter_is_sent_for_a_child(kestrels: Group, send: Send) -> None:
    """36: who asks by a name or an address for a child reads what everybody reads; the teacher makes a new card."""
    pupil = make_pupil(kestrels, "Ada")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=pupil.user_id).update(email="ada@example.org")
    for page, field in ((RESET, "email"), ("/accounts/login/", "login")):
        for child, nobody in (
            ("ada@example.org", "nobody@example.org"),
            ("Ada", "Nobody"),
            (pupil.user.public_id, "zzzzzzzzzzzzzzzz"),
        ):
            replies = [send(page, {field: typed}, client=CheckedClient()) for typed in (child, nobody)]
            assert len({(reply.status_code, reply.get("Location")) for reply in replies}) == 1, child
            assert len({bare(reply.content, child, nobody) for reply in replies}) == 1, child
    assert {letter.to[0] for letter in mail.outbox} == {"ada@example.org", "nobody@example.org"}
    assert all("There is no account" in str(letter.body) or "no account" in str(letter.body) for letter in mail.outbox)
