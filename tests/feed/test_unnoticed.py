"""The teacher's own list of those whose kindness nobody has noticed lately. No child ever sees it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from feed.models import Credit
from feed.unnoticed import Child, unnoticed_in
from groups.models import Group, Pupil
from tests.factories import join, make_act, make_class

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 30)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with on(TODAY):
        yield


def on(day: date) -> time_machine.travel:
    return time_machine.travel(f"{day.isoformat()}T10:00:00Z", tick=False)


@pytest.fixture
def kestrels(olive: User) -> Group:
    group = make_class(olive, name="Kestrels", pupils=["Ana", "Ben", "Cleo", "Dan"])
    group.override("posts_unapproved", allowed=False, by=None)
    return Group.objects.select_related("organization").get(pk=group.pk)


def pupil(group: Group, name: str) -> User:
    return Pupil.objects.in_class(group).get(user__name=name).user


def saw(group: Group, olive: User, name: str, days: int, **overrides: object) -> None:
    act = make_act(group, olive, kind="saw", done_on=TODAY - timedelta(days=days), credited=[pupil(group, name)])
    if act.state != "shown":
        act.change("shown", by=olive, why="read")


def names(children: Sequence[Child]) -> list[str]:
    return [child.named.shown for child in children]


def test_whom_nobody_named_and_whom_nobody_named_lately(kestrels: Group, olive: User) -> None:
    saw(kestrels, olive, "Ana", 1)
    saw(kestrels, olive, "Ben", 20)
    saw(kestrels, olive, "Cleo", 30)
    found = unnoticed_in(kestrels)
    assert names(found.never) == ["Dan"]
    assert names(found.not_lately) == ["Cleo", "Ben"]
    assert found.not_lately[0].seen == TODAY - timedelta(days=30)


def test_fourteen_days_are_lately(kestrels: Group, olive: User) -> None:
    saw(kestrels, olive, "Ana", 14)
    saw(kestrels, olive, "Ben", 15)
    found = unnoticed_in(kestrels)
    assert names(found.not_lately) == ["Ben"]


def test_what_was_declined_or_taken_down_is_no_notice(kestrels: Group, olive: User) -> None:
    saw(kestrels, olive, "Ana", 1)
    saw(kestrels, olive, "Ben", 1)
    Credit.objects.get(person__name="Ana").become("declined")
    Credit.objects.get(person__name="Ben").act.change("removed", by=olive)
    assert names(unnoticed_in(kestrels).never) == ["Ana", "Ben", "Cleo", "Dan"]


def test_who_does_the_other_task_is_not_looked_for(kestrels: Group, olive: User) -> None:
    Pupil.objects.get(user__name="Dan").sit_out(out=True, by=olive)
    assert "Dan" not in names(unnoticed_in(kestrels).never)


def test_the_page_holds_days_and_no_numbers(as_olive: Client, olive: User, kestrels: Group) -> None:
    saw(kestrels, olive, "Ben", 20)
    html = as_olive.get(reverse("class-unnoticed", args=[kestrels.slug])).content.decode()
    assert "Nobody has named them yet" in html
    assert "Named last on Saturday, October 10." in html
    assert "Only those who teach this class see this page" in html


def test_a_class_in_which_everybody_was_seen(as_olive: Client, olive: User, kestrels: Group) -> None:
    for name in ("Ana", "Ben", "Cleo", "Dan"):
        saw(kestrels, olive, name, 2)
    html = as_olive.get(reverse("class-unnoticed", args=[kestrels.slug])).content.decode()
    assert "Everybody who takes part has been named" in html


def test_only_the_teacher_opens_it(as_mia: Client, as_olive: Client, mia: User, kestrels: Group, group: Group) -> None:
    page = reverse("class-unnoticed", args=[kestrels.slug])
    assert as_mia.get(page).status_code == 404
    join(kestrels, mia)
    assert as_mia.get(page).status_code == 403
    ana = Client()
    ana.force_login(pupil(kestrels, "Ana"), backend="accounts.pupils.PupilBackend")
    assert ana.get(page).status_code == 404
    assert as_olive.get(reverse("class-unnoticed", args=[group.slug])).status_code == 404, "there is none among adults"


def test_it_costs_the_same_for_every_size_of_class(
    olive: User, kestrels: Group, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    saw(kestrels, olive, "Ana", 3)
    with django_assert_num_queries(3):
        unnoticed_in(kestrels)
