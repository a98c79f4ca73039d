"""Comments under an act, where the group's policy opens them."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from feed.models import Act, Comment
from groups.models import Group
from notifications.kinds import get
from notifications.models import Notice
from tests.factories import make_act


@pytest.fixture(autouse=True)
def clear_limits(db: None) -> Any:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def act(group: Group, olive: User) -> Act:
    return make_act(group, olive)


def path_of(act: Act) -> str:
    return f"{act.get_absolute_url()}comments/"


def write(client: Client, act: Act, text: str = "So it was you.", key: str = "a-form-key", **headers: str) -> Any:
    return client.post(path_of(act), {"text": text, "form_key": key}, headers=headers)


def test_a_comment_stands_under_the_act_and_is_counted(as_mia: Client, act: Act) -> None:
    answer = write(as_mia, act)
    assert answer.headers["Location"] == f"{act.get_absolute_url()}#comments"
    act.refresh_from_db()
    assert act.comment_count == 1
    assert "So it was you." in as_mia.get(act.get_absolute_url()).content.decode()


def test_the_same_form_twice_is_one_comment(as_mia: Client, act: Act) -> None:
    write(as_mia, act)
    write(as_mia, act)
    act.refresh_from_db()
    assert (Comment.objects.count(), act.comment_count) == (1, 1)


def test_htmx_gets_the_comments_alone(as_mia: Client, act: Act) -> None:
    part = write(as_mia, act, **{"HX-Request": "true", "HX-Target": "comments"}).content.decode()
    assert "<html" not in part
    assert "So it was you." in part


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_what_does_not_fit_is_said_at_the_field_and_kept(text: str, as_mia: Client, act: Act) -> None:
    answer = write(as_mia, act, text=text)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert text.strip() in page
    assert not Comment.objects.exists()


def test_nul_and_control_signs_never_reach_the_database(as_mia: Client, act: Act) -> None:
    write(as_mia, act, text="a\x00b\x07c\r\nd")
    assert Comment.objects.get().text == "abc\nd"


def test_a_stranger_neither_writes_nor_takes_down(as_stan: Client, act: Act, mia: User, foreign_group: Group) -> None:
    comment = Comment.objects.post(act, mia, "So it was you.", form_key="mias-form")
    assert write(as_stan, act).status_code == 404
    assert as_stan.post(f"/comments/{comment.public_id}/remove/").status_code == 404
    assert Comment.objects.get().state == "shown"


def test_a_group_may_close_comments(as_mia: Client, act: Act, group: Group) -> None:
    group.override("comments_open", allowed=False, by=None)
    assert write(as_mia, act).status_code == 403
    assert "Write to the group" not in as_mia.get(act.get_absolute_url()).content.decode()


def test_a_private_act_takes_no_comments(as_olive: Client, group: Group, olive: User) -> None:
    assert write(as_olive, make_act(group, olive, audience="private")).status_code == 403


def test_ones_own_comment_can_be_taken_down_once(as_mia: Client, act: Act, mia: User) -> None:
    comment = Comment.objects.post(act, mia, "So it was you.", form_key="mias-form")
    assert "Take it down" in as_mia.get(act.get_absolute_url()).content.decode()
    path = f"/comments/{comment.public_id}/remove/"
    assert as_mia.get(path).status_code == 405
    assert as_mia.post(path).status_code == 302
    assert as_mia.post(path).status_code == 404
    act.refresh_from_db()
    assert act.comment_count == 0
    assert "So it was you." not in as_mia.get(act.get_absolute_url()).content.decode()


def test_who_runs_the_group_may_take_any_comment_down_and_a_member_only_their_own(
    as_mia: Client, as_olive: Client, act: Act, mia: User, olive: User
) -> None:
    hers = Comment.objects.post(act, olive, "Thank you.", form_key="olives-form")
    mias = Comment.objects.post(act, mia, "So it was you.", form_key="mias-form")
    assert as_mia.post(f"/comments/{hers.public_id}/remove/").status_code == 403
    assert as_olive.post(f"/comments/{mias.public_id}/remove/").status_code == 302
    assert Comment.objects.get(state="shown") == hers


def test_a_waiting_comment_is_seen_by_its_writer_alone_and_not_counted(
    as_mia: Client, as_olive: Client, act: Act, group: Group, mia: User
) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    write(as_mia, act)
    act.refresh_from_db()
    assert act.comment_count == 0
    assert "Waiting to be read" in as_mia.get(act.get_absolute_url()).content.decode()
    assert "So it was you." not in as_olive.get(act.get_absolute_url()).content.decode()
    assert not Notice.objects.filter(kind="comment").exists()
    Comment.objects.get().remove()
    act.refresh_from_db()
    assert (Comment.objects.get().state, act.comment_count) == ("removed", 0)


def test_the_author_of_the_act_is_told_in_the_app_and_not_for_their_own_words(
    as_mia: Client, as_olive: Client, act: Act, olive: User
) -> None:
    write(as_olive, act, key="olives-own-form")
    assert not Notice.objects.exists()
    write(as_mia, act)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.in_app) == (olive, "comment", True)
    assert not notice.deliveries.exists()
    kind = get("comment")
    assert kind.still_wanted(notice)
    message = kind.render(notice)
    assert message.line == "Mia Marsh wrote under your act."
    assert message.path == f"{act.get_absolute_url()}#comments"
    Comment.objects.get(author__name="Mia Marsh").remove()
    assert not kind.still_wanted(notice)


def test_too_many_at_once_are_held_back_kindly_and_nothing_is_lost(as_mia: Client, act: Act) -> None:
    for n in range(20):
        assert write(as_mia, act, key=f"form-number-{n}").status_code == 302
    answer = write(as_mia, act, text="my twenty-first", key="form-number-20")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert answer["HX-Reselect"] == "#comments"
    assert "my twenty-first" in answer.content.decode()
    assert Comment.objects.count() == 20


def test_a_long_talk_shows_its_newest_first_and_the_rest_on_request(as_mia: Client, act: Act, olive: User) -> None:
    rows = [
        Comment(act=act, group=act.group, author=olive, text=f"word-{n}-end", form_key=f"form-{n}") for n in range(60)
    ]
    Comment.objects.bulk_create(rows)
    page = as_mia.get(act.get_absolute_url()).content.decode()
    assert "word-59-end" in page
    assert "word-0-end" not in page
    assert "word-0-end" in as_mia.get(f"{act.get_absolute_url()}?comments=all").content.decode()
