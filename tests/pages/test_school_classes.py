"""The classes of a school, for who looks after it: how each is, and nothing of any child."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from feed.models import Case
from groups.models import Group, Pupil
from kindness_platform.pages.school_classes import classes_of
from tests.client import CheckedClient
from tests.factories import join, make_act, make_challenge, make_class, make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kestrels(olive: User) -> Group:
    group = make_class(olive, name="Kestrels", pupils=["Ana", "Ben", "Cleo"])
    return Group.objects.select_related("organization").get(pk=group.pk)


def client_of(user: User) -> CheckedClient:
    client = CheckedClient()
    client.force_login(user)
    return client


def page_of(group: Group) -> str:
    return reverse("school-classes", args=[group.organization.public_id])


def user_of(group: Group, name: str) -> User:
    return Pupil.objects.in_class(group).get(user__name=name).user


def test_each_class_is_there_with_its_health_and_no_child(as_olive: Client, olive: User, kestrels: Group) -> None:
    challenge = make_challenge(kestrels, program="t11", started=0)
    make_act(kestrels, user_of(kestrels, "Ana"), text="Carried the chairs.", challenge=challenge)
    shown = make_act(kestrels, user_of(kestrels, "Ben"), text="Held the door.", challenge=challenge)
    shown.change("shown", by=olive)
    make_act(kestrels, user_of(kestrels, "Cleo"), text="Just for me.", audience="private")
    case = Case.objects.about(shown)
    case.report(user_of(kestrels, "Cleo"), reason="unkind")
    Pupil.objects.in_class(kestrels).filter(user__name="Ben").update(locked_at=timezone.now())
    make_class(olive, name="Adders", organization=kestrels.organization)
    make_group(olive, name="Staff room", organization=kestrels.organization)
    adders, health = classes_of(kestrels.organization)
    assert (adders.group.name, adders.pupils, adders.challenge, adders.last) == ("Adders", 0, None, None)
    assert (health.pupils, health.locked, health.waiting, health.reports, health.left) == (3, 1, 1, 1, 0)
    assert (health.challenge, health.last, list(health.teachers)) == (challenge, shown.shown_at, ["Olive Okafor"])
    html = as_olive.get(page_of(kestrels)).content.decode()
    assert "Classroom Kindness Counts" in html
    for private in ("Ana", "Ben", "Cleo", "Carried", "Held"):
        assert private not in html


def test_it_is_for_who_looks_after_the_school(kestrels: Group, stan: User) -> None:
    tess, ruth = make_user("Tess Teacher"), make_user("Ruth")
    join(kestrels, tess, role="leader")
    for user, status in ((stan, 404), (tess, 403), (ruth, 404)):
        assert client_of(user).get(page_of(kestrels)).status_code == status


def test_a_class_more_costs_no_query(olive: User, kestrels: Group, as_olive: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_olive.get(page_of(kestrels))
        return len(asked)

    make_challenge(kestrels, program="t11", started=0)
    one = queries()
    for n in range(6):
        make_challenge(
            make_class(olive, name=f"Class {n}", organization=kestrels.organization, pupils=["Ana"]), program="t11"
        )
    assert queries() == one
