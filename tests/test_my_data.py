"""My data: a copy that holds all of mine and nothing of others, and an erasure that leaves nothing (C4)."""

import dataclasses
import io
import json
import logging
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core import mail, serializers
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import data_rights, journal
from accounts.data_rights import Keep
from accounts.models import AccountMail, AddressChange, AuditEntry, User
from challenges.models import Challenge
from feed.models import Act, ActFeeling, Comment, Credit, Photo
from feed.recount import recount
from groups.models import Group
from notifications import outbox
from notifications.models import KeptMail, Notice
from tests import canaries
from tests.client import confirm_session, confirmed_client
from tests.factories import make_act


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Files and journal of one test alone."""
    settings.DATA_DIR = tmp_path
    where = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "media"}}
    settings.STORAGES = settings.STORAGES | {"default": where}


@pytest.fixture
def planted(mia: User, olive: User, group: Group, challenge: Challenge) -> dict[str, str]:
    """Everything of Mia's, with a canary in every field; and the same for Olive, who stays."""
    canaries.give_everything(olive, group, challenge, mia)
    canaries.give_everything(mia, group, challenge, olive)
    return canaries.plant(mia)


def copy_of(user: User) -> dict[str, bytes]:
    client = confirmed_client(user, Client)
    response: Any = client.post("/you/data/copy/")
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def erase(user: User, keep: Keep, capture: Any) -> Client:
    """As the person does it, and what was queued is sent."""
    client = confirmed_client(user, Client)
    with capture(execute=True):
        response = client.post("/you/data/erase/confirm/", {"keep": keep.value, "typed": f" {user.email} "})
    assert response.status_code == 302, response.content.decode()
    return client


def test_every_model_is_somebodys_or_says_why_not(db: None) -> None:
    assert canaries.unclassified() == set()


def test_the_rooms_let_go_from_the_outermost_inwards() -> None:
    names = [room.name for room in data_rights.rooms()]
    assert names == ["feed", "challenges", "groups", "notifications", "accounts"]


def test_a_copy_holds_all_of_mine(planted: dict[str, str], mia: User) -> None:
    files = copy_of(mia)
    text = b"\n".join(files.values()).decode(errors="replace")
    for data in (content for name, content in files.items() if name.endswith(".json")):
        json.loads(data)
    for where, canary in planted.items():
        given = canaries.field_of(where) not in canaries.NOT_GIVEN
        assert (canary in text or f"photos/{canary}.webp" in files) == given, where


def test_a_copy_holds_the_photos_as_they_are_kept(planted: dict[str, str], mia: User) -> None:
    files = copy_of(mia)
    photos = Photo.objects.filter(uploader=mia)
    assert {name for name in files if name.startswith("photos/")} == {f"photos/{p.public_id}.webp" for p in photos}
    assert all(files[f"photos/{p.public_id}.webp"] == default_storage.open(p.path("large")).read() for p in photos)


def test_a_copy_holds_nothing_of_others_but_whom_i_thanked(
    mia: User, olive: User, group: Group, challenge: Challenge
) -> None:
    canaries.give_everything(mia, group, challenge, olive)
    canaries.give_everything(olive, group, challenge, mia)
    theirs = canaries.plant(olive)
    text = b"\n".join(copy_of(mia).values()).decode(errors="replace")
    found = {canaries.field_of(where) for where, canary in theirs.items() if canary in text}
    # The ids say which act of theirs I answered; the name is the one I wrote down to thank.
    assert found == {"accounts.User.name", "feed.Act.public_id"}
    for credit in Credit.objects.filter(act__author=mia, person=olive):
        credit.become("hidden")
    assert theirs["accounts.User.name"] not in b"\n".join(copy_of(mia).values()).decode(errors="replace")


def test_a_copy_costs_the_same_queries_with_many_acts(
    mia: User, olive: User, group: Group, challenge: Challenge, django_assert_num_queries: Any
) -> None:
    canaries.give_everything(mia, group, challenge, olive)

    def export() -> None:
        for room in data_rights.rooms():
            room.export(mia)

    with CaptureQueriesContext(connection) as few:
        export()
    for n in range(20):
        photo = canaries.add_photo(group, mia)
        act = make_act(
            group, mia, kind="saw", text=f"Act {n}.", challenge=challenge, credited=[olive], feeling=3, photo=photo
        )
        Comment.objects.post(act, mia, "And more.", form_key=f"more-{n}")
    with django_assert_num_queries(len(few)):
        export()


def test_too_many_copies_are_asked_to_wait(as_mia: Client, mia: User) -> None:
    confirm_session(as_mia, mia)
    answers = [as_mia.post("/you/data/copy/").status_code for _n in range(7)]
    assert answers == [200] * 6 + [429]


def test_erasing_everything_leaves_no_trace(
    planted: dict[str, str],
    mia: User,
    as_olive: Client,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    where_it_was = canaries.database() + canaries.media()
    assert [where for where, canary in planted.items() if canary not in where_it_was] == []
    as_olive.get("/")
    caplog.set_level(logging.DEBUG)
    erase(mia, Keep.NOTHING, django_capture_on_commit_callbacks)
    left = {
        "database": canaries.database(),
        "media": canaries.media(),
        "cache": str(vars(cache).get("_cache", vars(cache))),
        "log": caplog.text,
    }
    found = [(where, place) for place, text in left.items() for where, canary in planted.items() if canary in text]
    assert found == []
    assert [letter.to for letter in mail.outbox][-1:] == [[planted["accounts.User.email"]]]
    assert recount() == []


def test_keeping_my_acts_leaves_them_and_no_trace_of_me(
    planted: dict[str, str], mia: User, django_capture_on_commit_callbacks: Any
) -> None:
    erase(mia, Keep.ACTS, django_capture_on_commit_callbacks)
    left = canaries.database() + canaries.media()
    found = {where for where, canary in planted.items() if canary in left}
    words = {"public_id", "text", "idea_key", "form_key", "why", "alt", "name"}
    assert found
    for where in found:
        model, _dot, field = canaries.field_of(where).rpartition(".")
        assert model in {"feed.Act", "feed.Comment", "feed.ActChange", "feed.Photo"}, where
        assert field in words, where
    assert not ActFeeling.objects.filter(act__author=None).exists()
    kept = Act.objects.get(text=planted["feed.Act.text"])
    assert (kept.author, kept.anonymized, kept.signed, kept.state) == (None, True, "someone", "shown")
    comment = Comment.objects.get(text=planted["feed.Comment.text"])
    assert (comment.author, comment.anonymized, comment.state) == (None, True, "shown")
    assert Photo.objects.get(act__anonymized=True).uploader is None
    assert recount() == []


def test_what_only_i_could_read_goes_even_if_my_acts_stay(mia: User, group: Group) -> None:
    make_act(group, mia, text="Only mine.", audience="private")
    make_act(group, mia, text="Taken down.").change("removed", by=mia)
    make_act(group, mia, text="For those who lead.", audience="leaders")
    data_rights.erase(mia, keep=Keep.ACTS)
    assert set(Act.objects.values_list("text", flat=True)) == {"For those who lead."}


def test_the_log_keeps_ids_only(planted: dict[str, str], mia: User, django_capture_on_commit_callbacks: Any) -> None:
    decided = AuditEntry.objects.filter(actor_id=mia.pk).count()
    pk = mia.pk
    erase(mia, Keep.NOTHING, django_capture_on_commit_callbacks)
    assert decided
    assert AuditEntry.objects.filter(actor_id=pk).count() == decided


def test_every_session_of_mine_ends_and_nobody_elses(
    mia: User, as_mia: Client, as_olive: Client, django_capture_on_commit_callbacks: Any
) -> None:
    other_device = Client()
    other_device.force_login(mia)
    gone = erase(mia, Keep.NOTHING, django_capture_on_commit_callbacks)
    for client in (as_mia, other_device, gone):
        assert client.get("/you/").status_code == 302
    assert as_olive.get("/you/").status_code == 200


@pytest.mark.parametrize("keep", Keep)
def test_a_backup_that_brings_me_back_lets_me_go_again(
    mia: User, group: Group, keep: Keep, django_capture_on_commit_callbacks: Any
) -> None:
    make_act(group, mia, text="Held the door.")
    public_id, backup = mia.public_id, serializers.serialize("json", [mia, *Act.objects.all(), *mia.memberships.all()])
    erase(mia, keep, django_capture_on_commit_callbacks)
    for row in serializers.deserialize("json", backup):
        row.save()
    assert User.objects.filter(public_id=public_id).exists()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert journal.replay() == 1
    assert not User.objects.filter(public_id=public_id).exists()
    kept = Act.objects.filter(text="Held the door.", author=None, anonymized=True)
    assert kept.count() == (1 if keep is Keep.ACTS else 0)
    assert mail.outbox == []
    assert journal.replay() == 1


def test_an_erasure_that_fails_changes_nothing(mia: User, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    act = make_act(group, mia)

    def fails(_user: User, _keep: Keep) -> None:
        raise RuntimeError("in the middle of it")

    inner = data_rights.rooms()[-1]
    monkeypatch.setitem(data_rights._rooms, inner.name, dataclasses.replace(inner, erase=fails))
    with pytest.raises(RuntimeError, match="middle"):
        data_rights.erase(mia, keep=Keep.NOTHING)
    act.refresh_from_db()
    assert act.author == mia


def test_a_second_click_finds_nobody(mia: User) -> None:
    assert data_rights.erase(mia, keep=Keep.NOTHING) is True
    twin = User(pk=mia.pk or 1)
    assert data_rights.erase(twin, keep=Keep.NOTHING) is False


@pytest.mark.parametrize("typed", ["", "mia", "someone.else@example.org", "delete it", "=1"])
def test_what_was_typed_must_be_my_address_or_the_word(as_mia: Client, mia: User, typed: str) -> None:
    confirm_session(as_mia, mia)
    response = as_mia.post("/you/data/erase/confirm/", {"keep": "nothing", "typed": typed})
    assert response.status_code == 422
    assert User.objects.filter(pk=mia.pk).exists()
    if typed:
        assert f'value="{typed}"' in response.content.decode()


@pytest.mark.parametrize("typed", ["DELETE", " delete ", "“delete”"])
def test_the_word_will_do(as_mia: Client, mia: User, typed: str) -> None:
    confirm_session(as_mia, mia)
    assert as_mia.post("/you/data/erase/confirm/", {"keep": "nothing", "typed": typed}).status_code == 302
    assert not User.objects.filter(pk=mia.pk).exists()


@pytest.mark.parametrize("keep", ["", "everything", "ACTS"])
def test_without_one_of_the_two_choices_nothing_happens(as_mia: Client, mia: User, keep: str) -> None:
    assert as_mia.get("/you/data/erase/confirm/", {"keep": keep}).status_code == 422
    assert as_mia.post("/you/data/erase/confirm/", {"keep": keep, "typed": "delete"}).status_code == 422
    assert User.objects.filter(pk=mia.pk).exists()


@pytest.mark.parametrize("path", ["/you/data/copy/", "/you/data/erase/confirm/?keep=acts"])
def test_an_unwatched_screen_is_not_enough(as_mia: Client, mia: User, path: str) -> None:
    asked = as_mia.get(path)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/accounts/confirm/")
    form = {"keep": "nothing", "typed": "delete"}
    assert as_mia.post(path.partition("?")[0], form).status_code == 302
    assert User.objects.filter(pk=mia.pk).exists()
    confirm_session(as_mia, mia)
    assert as_mia.get(path).status_code == 200


def test_letters_to_a_mailbox_that_i_lost_or_was_to_get_go_too(mia: User, stan: User, olive: User) -> None:
    for address in ("new.mia@example.org", stan.email or ""):
        AddressChange.objects.create(user=mia, address=address, begun_by=olive, state="stopped")
    for address in ("New.Mia@example.org", stan.email or ""):
        AccountMail.objects.create(address=address, template="address_proof", expires_at=timezone.now())
        outbox.queue(address, "account", "x")
        KeptMail.objects.create(address=address.lower(), subject="s", text="t")
    data_rights.erase(mia, keep=Keep.NOTHING)
    left = [KeptMail.objects.get().address, AccountMail.objects.get().address, Notice.objects.get().address]
    assert left == [stan.email] * 3
