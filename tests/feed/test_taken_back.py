"""What was told and is no longer so is taken back, so that nothing waits where nothing is to be found."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feed.edit_form import EditForm
from feed.models import Act, ActDraft, Comment
from groups.models import Group
from notifications.models import Notice
from tests.factories import make_act


@pytest.fixture
def told(group: Group, olive: User, mia: User) -> Act:
    """Olive saw Mia, and passed Mia's own kindness on, in one act."""
    first = make_act(group, mia)
    return make_act(group, olive, kind="saw", credited=[mia], parent=first, link_kind="passed_on")


def _removed(act: Act, olive: User) -> None:
    act.change("removed", by=olive)


def _kept(act: Act, olive: User) -> None:
    act.rewrite(text=act.text, done_on=act.done_on, audience="private", signed="me", by=olive)


@pytest.mark.parametrize("goes", [_removed, _kept])
def test_an_act_that_is_gone_waits_for_nobody(
    goes: Callable[[Act, User], None], as_mia: Client, told: Act, olive: User, mia: User
) -> None:
    page = as_mia.get("/").content.decode()
    assert "thanked you" in page
    assert "something new" in page
    goes(told, olive)
    page = as_mia.get("/").content.decode()
    assert "thanked you" not in page
    assert "something new" not in page
    assert not Notice.objects.filter(recipient=mia).exists()


def test_what_comes_back_is_news_again(told: Act, olive: User, mia: User) -> None:
    told.change("removed", by=olive)
    told.restore(olive)
    assert set(Notice.objects.filter(recipient=mia).values_list("kind", flat=True)) == {"credit", "passed_on"}


def test_what_was_read_stays_in_the_list_of_those_who_read_it(told: Act, olive: User, mia: User) -> None:
    Notice.objects.filter(recipient=mia).update(read_at=told.created_at)
    told.change("removed", by=olive)
    assert Notice.objects.filter(recipient=mia).count() == 2


def test_a_comment_that_is_taken_down_waits_for_nobody(group: Group, olive: User, mia: User) -> None:
    act = make_act(group, mia)
    comment = Comment.objects.post(act, olive, "So it was you.", form_key="a-comment")
    assert Notice.objects.filter(recipient=mia, kind="comment").exists()
    comment.remove()
    assert not Notice.objects.filter(recipient=mia).exists()


@pytest.mark.parametrize("waiting", [None, "For the feed."])
def test_a_change_of_what_was_taken_down_meanwhile_loses_no_words(
    as_mia: Client, group: Group, olive: User, mia: User, waiting: str | None
) -> None:
    act = make_act(group, mia, text="Held the door.", kind="saw")
    if waiting:
        ActDraft.objects.keep(mia, group, {"text": waiting})
    act.change("removed", by=olive)
    form = {"text": "Held both doors.", "day": act.done_on.isoformat(), "sign": "me"}
    reply = as_mia.post(reverse("act-edit", args=[act.public_id]), form)
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "Your new words are still here" in page
    assert "Held both doors." in page
    assert ActDraft.objects.get().fields["text"] == (waiting or "Held both doors.")
    act.refresh_from_db()
    assert (act.text, act.state) == ("Held the door.", "removed")


def test_a_change_at_the_same_moment_as_taking_down_loses_no_words(
    as_mia: Client, group: Group, olive: User, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = make_act(group, mia, text="Held the door.")
    meanwhile = EditForm.rewrite

    def late(form: EditForm, by: User) -> None:
        Act.objects.get(pk=act.pk).change("removed", by=olive)
        meanwhile(form, by)

    monkeypatch.setattr(EditForm, "rewrite", late)
    form = {"text": "Held both doors.", "day": act.done_on.isoformat(), "sign": "me"}
    reply = as_mia.post(reverse("act-edit", args=[act.public_id]), form)
    assert (reply.status_code, "Held both doors." in reply.content.decode()) == (409, True)
    act.refresh_from_db()
    assert (act.text, act.edited_at) == ("Held the door.", None)
