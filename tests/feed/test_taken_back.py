"""What was told and is no longer so is taken back, so that nothing waits where nothing is to be found."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Act, Comment
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
