"""What is hidden: its author and those who run the group find it, nobody else does, and nothing counts it."""

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Act, Comment, Counter
from feed.recount import recount
from groups.models import Group
from tests.client import CheckedClient
from tests.factories import join, make_act, make_user


@pytest.fixture
def as_ned(group: Group) -> Client:
    """Another member."""
    ned = make_user("Ned Neighbor")
    join(group, ned)
    client = CheckedClient()
    client.force_login(ned)
    return client


def test_a_hidden_act_is_for_its_author_and_those_who_run_the_group(
    as_mia: Client, as_olive: Client, as_ned: Client, as_stan: Client, group: Group, mia: User, foreign_group: Group
) -> None:
    act = make_act(group, mia, text="Said too much.")
    act.change("hidden", by=None)
    clients = (as_mia, as_olive, as_ned, as_stan)
    assert [client.get(act.get_absolute_url()).status_code for client in clients] == [200, 200, 404, 404]
    for client in (as_mia, as_olive, as_ned):
        assert "Said too much." not in client.get(group.get_absolute_url()).content.decode()
    assert Counter.objects.get().total == 0
    assert recount() == []


def test_what_its_author_keeps_to_themselves_is_read_by_no_leader(as_olive: Client, group: Group, mia: User) -> None:
    act = make_act(group, mia)
    act.change("hidden", by=None)
    act.rewrite(text="For me.", done_on=act.done_on, audience="private", signed="me", by=mia)
    assert as_olive.get(act.get_absolute_url()).status_code == 404
    act.rewrite(text="For all.", done_on=act.done_on, audience="group", signed="me", by=mia)
    assert Act.objects.get().state == "hidden"


def test_a_hidden_comment_is_no_longer_counted_until_it_is_shown_again(
    as_mia: Client, as_ned: Client, group: Group, mia: User, olive: User
) -> None:
    act = make_act(group, olive)
    comment = Comment.objects.post(act, mia, "Too much.", form_key="one")
    assert comment.change("hidden")
    assert not comment.change("hidden")
    assert "Too much." in as_mia.get(act.get_absolute_url()).content.decode()
    assert "Too much." not in as_ned.get(act.get_absolute_url()).content.decode()
    assert (Act.objects.get().comment_count, recount()) == (0, [])
    comment.change("shown")
    assert (Act.objects.get().comment_count, recount()) == (1, [])
