"""What becomes of acts, chains and comments when somebody goes (DESIGN 9.18, C4)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import data_rights
from accounts.data_rights import Keep
from accounts.models import User
from feed.models import Act, Case, Comment, Photo
from feed.pictures import SIZES
from feed.recount import recount
from groups.models import Group
from notifications.models import Notice
from tests.factories import join, make_act, make_user

ON = {"link_kind": "passed_on"}


@pytest.fixture
def ned(group: Group) -> User:
    ned = make_user("Ned Neu")
    join(group, ned)
    return ned


@pytest.fixture
def chain(group: Group, olive: User, mia: User, ned: User) -> list[Act]:
    """Mia began it, Olive and Ned carried it on, and it came back to Mia, where it ends."""
    acts: list[Act] = []
    for author, text in ((mia, "Lent a bike."), (olive, "Mended it."), (ned, "Rode for two."), (mia, "Baked a cake.")):
        acts.append(make_act(group, author, text=text, **({"parent": acts[-1], **ON} if acts else {})))
    return acts


def page_of(act: Act, client: Client) -> str:
    page = client.get(f"/ripples/{act.public_id}/").content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_kept_as_someone_the_page_of_a_chain_differs_only_by_the_name(
    chain: list[Act], mia: User, as_olive: Client
) -> None:
    for act in (chain[0], chain[3]):
        act.rewrite(text=act.text, done_on=act.done_on, audience="group", signed="someone", by=mia)
    signed_by_herself = page_of(chain[0], as_olive)
    for act in (chain[0], chain[3]):
        act.rewrite(text=act.text, done_on=act.done_on, audience="group", signed="me", by=mia)
    before = page_of(chain[0], as_olive)
    data_rights.erase(mia, keep=Keep.ACTS)
    after = page_of(chain[0], as_olive)
    assert "Mia Marsh" in before
    assert "Mia" not in after
    assert after == signed_by_herself
    assert all(act.text in after for act in chain)
    links = list(Act.objects.order_by("pk").values_list("parent_id", "ripple_id", "degree", "passed_on_count"))
    first = chain[0].pk
    assert links == [
        (None, first, 0, 1),
        (chain[0].pk, first, 1, 1),
        (chain[1].pk, first, 2, 1),
        (chain[2].pk, first, 3, 0),
    ]
    assert recount() == []


def test_erased_there_is_an_empty_place_where_others_went_on_and_nothing_where_nobody_did(
    chain: list[Act], mia: User, as_olive: Client
) -> None:
    data_rights.erase(mia, keep=Keep.NOTHING)
    page = page_of(chain[0], as_olive)
    assert "An act that was taken down" in page
    assert "Mended it." in page
    assert "Rode for two." in page
    assert not Act.objects.filter(pk=chain[3].pk).exists()
    empty = Act.objects.get(pk=chain[0].pk)
    assert (empty.author, empty.text, empty.state, empty.public_id) == (None, "", "removed", chain[0].public_id)
    assert Act.objects.get(pk=chain[2].pk).passed_on_count == 0
    assert recount() == []


@pytest.mark.parametrize("keep", Keep)
def test_many_acts_cost_no_more_queries_than_a_few(
    group: Group, mia: User, olive: User, ned: User, keep: Keep, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    def live(person: User, number: int) -> None:
        for n in range(number):
            act = make_act(group, person, feeling=3, kind="saw", credited=[olive])
            make_act(group, person, audience="private")
            make_act(group, olive if n % 2 else person, parent=act, **ON)
            Comment.objects.post(act, person, "Well.", form_key=f"{person.pk}-{n}")
            Comment.objects.post(act, olive, "Well.", form_key=f"{person.pk}-{n}")

    live(mia, 2)
    live(ned, 12)
    with CaptureQueriesContext(connection) as few:
        data_rights.erase(mia, keep=keep)
    with django_assert_max_num_queries(len(few)):
        data_rights.erase(ned, keep=keep)
    assert recount() == []


def test_nobody_is_told_of_what_is_gone(group: Group, mia: User, olive: User) -> None:
    act = make_act(group, olive)
    make_act(group, mia, parent=act, **ON)
    seen = make_act(group, mia, kind="saw", credited=[olive])
    Comment.objects.post(act, mia, "How kind.", form_key="one")
    Case.objects.about(seen).report(make_user("Nell"), reason="unkind")
    told = Notice.objects.filter(recipient=olive)
    assert set(told.values_list("kind", flat=True)) == {"passed_on", "credit", "comment", "case_waits"}
    data_rights.erase(mia, keep=Keep.NOTHING)
    assert not told.exists()


def test_a_chain_of_my_own_goes_as_a_whole(group: Group, mia: User) -> None:
    first = make_act(group, mia)
    second = make_act(group, mia, parent=first, **ON)
    make_act(group, mia, parent=second, link_kind="inspired")
    data_rights.erase(mia, keep=Keep.NOTHING)
    assert not Act.objects.exists()
    assert recount() == []


@pytest.mark.parametrize("keep", Keep)
def test_comments_go_the_way_of_the_acts(group: Group, mia: User, olive: User, as_olive: Client, keep: Keep) -> None:
    act = make_act(group, olive)
    Comment.objects.post(act, mia, "How kind.", form_key="one")
    Comment.objects.post(act, mia, "Taken back.", form_key="two").remove()
    Comment.objects.post(act, olive, "Thank you.", form_key="three")
    data_rights.erase(mia, keep=keep)
    page = as_olive.get(act.get_absolute_url()).content.decode()
    assert ("How kind." in page) is (keep is Keep.ACTS)
    assert "Thank you." in page
    assert "Mia" not in page
    assert not Comment.objects.filter(text="Taken back.").exists()
    assert recount() == []


@pytest.mark.parametrize("keep", Keep)
def test_files_go_with_what_they_belonged_to(
    group: Group,
    mia: User,
    keep: Keep,
    django_capture_on_commit_callbacks: object,
) -> None:
    photos = {}
    for name in ("posted", "private", "waiting"):
        photos[name] = Photo.objects.create(group=group, uploader=mia, width=4, height=3)
        for size in SIZES:
            default_storage.save(photos[name].path(size), ContentFile(b"RIFF"))
    make_act(group, mia, photo=photos["posted"])
    make_act(group, mia, photo=photos["private"], audience="private")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        data_rights.erase(mia, keep=keep)
    left = {name for name, photo in photos.items() if any(default_storage.exists(photo.path(size)) for size in SIZES)}
    assert left == ({"posted"} if keep is Keep.ACTS else set())
    assert Photo.objects.count() == len(left)
