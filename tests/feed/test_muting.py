"""Who reads along for a while writes nothing to the group, is told so kindly, and loses no words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from feed.models import Act, ActDraft, Comment
from groups.models import Group
from tests.factories import join, make_act, make_group

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
TOLD = "Until Friday, March 13, 1 p.m. you read along here. After that you can write again."


@pytest.fixture
def muted(mia: User, group: Group) -> Any:
    """Mia reads along until one o'clock tomorrow, by her own clock."""
    mia.time_zone = "Europe/Berlin"
    mia.save()
    with time_machine.travel(NOON, tick=False):
        group.memberships.filter(user=mia).update(muted_until=NOON + timedelta(days=1))
        yield


def post(client: Client, group: Group, **fields: str) -> Any:
    data = {"group": group.slug, "kind": "did", "text": "Held the door.", "form_key": "the-form-of-a-test", **fields}
    return client.post("/acts/", data)


def test_posting_waits_and_the_words_are_kept(as_mia: Client, mia: User, group: Group, muted: None) -> None:
    reply = post(as_mia, group)
    assert reply.status_code == 422
    assert TOLD in reply.content.decode()
    assert "Held the door." in reply.content.decode()
    assert not Act.objects.exists()
    assert ActDraft.objects.get(user=mia).fields["text"] == "Held the door."


def test_what_is_just_for_me_can_be_kept_meanwhile(as_mia: Client, group: Group, muted: None) -> None:
    assert post(as_mia, group, sign="private").status_code == 302
    assert Act.objects.get().audience == "private"


def test_commenting_waits_as_well(as_mia: Client, olive: User, group: Group, muted: None) -> None:
    act = make_act(group, olive)
    reply = as_mia.post(f"/acts/{act.public_id}/comments/", {"text": "Oh, that.", "form_key": "the-form-of-a-test"})
    assert reply.status_code == 422
    assert TOLD in reply.content.decode()
    assert "Oh, that." in reply.content.decode()
    assert not Comment.objects.exists()


def test_changing_words_waits_and_taking_them_back_does_not(
    as_mia: Client, mia: User, group: Group, muted: None
) -> None:
    act = make_act(group, mia, audience="private")
    Act.objects.filter(pk=act.pk).update(audience="group")  # told before
    data = {"text": "Something else.", "day": act.done_on.isoformat(), "sign": "me"}
    reply = as_mia.post(f"/acts/{act.public_id}/edit/", data)
    assert reply.status_code == 422
    assert TOLD in reply.content.decode()
    assert as_mia.post(f"/acts/{act.public_id}/edit/", {**data, "sign": "private"}).status_code == 302
    assert as_mia.post(f"/acts/{act.public_id}/remove/").status_code == 302


def test_doing_the_same_waits_too(as_mia: Client, olive: User, group: Group, muted: None) -> None:
    act = make_act(group, olive)
    reply = as_mia.post(f"/acts/{act.public_id}/did-too/", follow=True)
    assert TOLD in reply.content.decode()
    assert Act.objects.count() == 1


def test_once_it_is_over_and_elsewhere_nothing_waits(
    as_mia: Client, as_olive: Client, mia: User, olive: User, group: Group, muted: None
) -> None:
    other = make_group(olive)
    join(other, mia)
    assert post(as_mia, other).status_code == 302
    assert post(as_olive, group).status_code == 302
    with time_machine.travel(NOON + timedelta(days=1, minutes=1), tick=False):
        assert post(as_mia, group, form_key="the-form-of-tomorrow").status_code == 302
