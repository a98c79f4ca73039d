"""A teacher tells what a child without a device did: in the child's name, and read already."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from feed.models import Act
from groups.models import Group, Pupil
from notifications.models import Notice
from tests.client import CheckedClient, pupil_client
from tests.factories import join, make_challenge, make_class, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kestrels(olive: User) -> Group:
    return make_class(olive, name="Kestrels", pupils=["Ana", "Ben"])


def pupil(group: Group, name: str = "Ana") -> Pupil:
    return Pupil.objects.in_class(group).get(user__name=name)


def page_of(group: Group, name: str = "Ana") -> str:
    return reverse("class-pupil-tell", args=[group.slug, pupil(group, name).user.public_id])


def tell(client: Client, group: Group, **fields: Any) -> Any:
    day = group.organization.today() - timedelta(days=1)
    sent = {"kind": "did", "text": "Watered the plants.", "day": day.isoformat(), "form_key": "k" * 16, **fields}
    return client.post(page_of(group), sent)


def test_it_stands_under_the_childs_name_at_once_and_counts(as_olive: Client, olive: User, kestrels: Group) -> None:
    challenge = make_challenge(kestrels, program="t11", started=2)
    assert "Tell something for" in as_olive.get(page_of(kestrels)).content.decode()
    for _twice in range(2):
        assert tell(as_olive, kestrels).status_code == 302
    act = Act.objects.get()
    ana = pupil(kestrels).user
    assert (act.author, act.state, act.challenge, act.text) == (ana, "shown", challenge, "Watered the plants.")
    assert act.done_on == kestrels.organization.today() - timedelta(days=1)
    assert list(act.changes.values_list("by", "after")) == [(olive.pk, "shown")]
    assert AuditEntry.objects.filter(verb="told for a pupil", actor_id=olive.pk, thing_id=act.pk).exists()
    assert not Notice.objects.exists(), "neither the child nor the teacher needs to hear of it"
    assert "Watered the plants." in pupil_client(pupil(kestrels, "Ben")).get("/").content.decode()


def test_who_does_not_teach_here_and_who_sits_out(kestrels: Group, as_olive: Client, olive: User, stan: User) -> None:
    stranger, aide = CheckedClient(), CheckedClient()
    stranger.force_login(stan)
    join(kestrels, ann := make_user("Ann Aide"))
    aide.force_login(ann)
    for client, status in ((stranger, 404), (aide, 403), (pupil_client(pupil(kestrels, "Ben")), 404)):
        assert tell(client, kestrels).status_code == status
    pupil(kestrels).sit_out(out=True, by=olive)
    assert tell(as_olive, kestrels).status_code == 404
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text": "x" * 2000}, {"day": "2020-01-01"}, {"kind": "bought"}, {"day": "soon"}]
)
def test_what_cannot_be_told(as_olive: Client, kestrels: Group, wrong: dict[str, str]) -> None:
    reply = tell(as_olive, kestrels, **wrong)
    assert reply.status_code == 422
    assert "Watered the plants." in reply.content.decode() or "text" in wrong
    assert not Act.objects.exists()
