"""The terms: accepted with an account, and asked for again when they change; nothing typed is ever lost to them."""

from typing import Any

import pytest
from django.test import Client

from accounts import terms
from accounts.models import AuditEntry, User
from feed.models import Act
from groups.models import Group
from tests.accounts.conftest import Send
from tests.client import confirm_session


def test_an_account_begins_with_the_terms(send: Send) -> None:
    send("/accounts/signup/", {"name": "Mia Marsh", "email": "mia@example.org"})
    mia = User.objects.get()
    assert mia.has_accepted_terms
    assert mia.terms_accepted_at
    assert AuditEntry.objects.filter(actor_id=mia.pk, verb=f"accepted terms {terms.version()}").exists()


@pytest.mark.parametrize("path", ["/accounts/signup/", "join"])
def test_who_signs_up_reads_so_beside_the_button(visitor: Client, group: Group, path: str) -> None:
    from groups.models import JoinCode

    page = visitor.get(f"/join/{JoinCode.current(group).code}/" if path == "join" else path).content.decode()
    assert 'By going on you accept the <a href="/terms/">terms</a>' in page
    assert 'href="/privacy/"' in page


def test_new_terms_are_shown_once_and_lead_on_to_where_one_was_going(
    as_mia: Client, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert as_mia.get("/you/").status_code == 200
    monkeypatch.setattr(terms, "VERSION", terms.VERSION + 1)
    response = as_mia.get("/acts/mine/?kind=saw")
    assert response.status_code == 302
    page = as_mia.get(response.headers["Location"])
    assert "Something has changed" in page.content.decode()
    onward = as_mia.post("/terms/accept/", {"next": page.context["next"]})
    assert onward.headers["Location"] == "/acts/mine/?kind=saw"
    assert as_mia.get("/you/").status_code == 200
    mia.refresh_from_db()
    assert mia.terms_fingerprint == terms.fingerprint()


def test_who_was_entered_by_others_is_told_it_is_the_first_time(as_mia: Client, mia: User) -> None:
    User.objects.update(terms_fingerprint="")
    page = as_mia.get("/", follow=True).content.decode()
    assert "Before you go on" in page
    assert "Something has changed" not in page


def test_what_was_typed_before_is_taken(as_mia: Client, mia: User, group: Group) -> None:
    User.objects.update(terms_fingerprint="")
    form = {"group": group.slug, "kind": "did", "text": "Held the door.", "form_key": "k", "day": str(mia.today())}
    as_mia.post("/acts/", form)
    assert as_mia.get("/new/", headers={"HX-Request": "true"}).status_code == 204
    assert as_mia.get("/you/", headers={"Sec-Fetch-Dest": "image"}).status_code == 200
    assert Act.objects.filter(text="Held the door.").exists()


@pytest.mark.parametrize("path", ["/terms/", "/privacy/", "/you/data/", "/you/data/erase/", "/about/", "/healthz"])
def test_reading_taking_along_and_leaving_need_no_yes(as_mia: Client, path: str) -> None:
    User.objects.update(terms_fingerprint="")
    assert as_mia.get(path).status_code == 200


def test_without_a_yes_one_can_take_a_copy_and_go(as_mia: Client, mia: User) -> None:
    User.objects.update(terms_fingerprint="")
    asked = as_mia.get("/you/data/copy/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/confirm/")
    confirm_session(as_mia, mia)
    assert as_mia.post("/you/data/copy/").status_code == 200
    as_mia.post("/you/data/erase/confirm/", {"keep": "nothing", "typed": "delete"})
    assert not User.objects.filter(pk=mia.pk).exists()


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", "did", "you", ""]
)
def test_the_way_on_stays_on_this_site(as_mia: Client, onward: str) -> None:
    User.objects.update(terms_fingerprint="")
    assert as_mia.post("/terms/accept/", {"next": onward}).headers["Location"] == "/"


def test_asking_costs_no_query(
    as_mia: Client, mia: User, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "VERSION", terms.VERSION + 1)
    with django_assert_num_queries(2):  # the session and the person
        as_mia.get("/you/")
