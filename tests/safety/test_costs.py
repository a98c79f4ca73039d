"""A page costs the same however much there is (B28): ten people and a few acts, or three hundred of everything."""

from collections.abc import Iterator
from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.ids import new_public_id
from accounts.models import Session, User
from feed.models import Act, Case, Comment, Credit, Reaction, Report
from groups.models import Membership
from notifications.models import Notice
from tests.access import World, make_world
from tests.safety.forms import Walk

FEW, MANY = 12, 300
LARGEST = 500_000


def like[Row: Model](row: Row, **changed: object) -> Row:
    """Another row like this one, not yet saved."""
    other = copy(row)
    other._state = copy(row._state)
    other.pk, other._state.adding = None, True
    for name, value in {"public_id": new_public_id(), "form_key": new_public_id(), **changed}.items():
        if any(field.name == name for field in row._meta.fields):
            setattr(other, name, value)
    return other


def add(world: World, numbers: range) -> None:
    """So many more people in the group, and of each an act, and a comment, thanks, news and a report about it."""
    mia, now = world.person_in("member"), timezone.now()
    session = Session.objects.get(session_key="of-another-browser")
    notice = Notice.objects.get(pk=world.notice.pk)
    act = Act.objects.get(pk=world.act.pk)
    people = User.objects.bulk_create(
        like(mia, email=f"p{n}@example.org", name=f"Person {n}", password="") for n in numbers
    )
    Membership.objects.bulk_create(Membership(group=world.group, user=person) for person in people)
    acts = Act.objects.bulk_create(
        like(act, author=person, text=f"Kind words {n}.", created_at=now - timedelta(minutes=n))
        for n, person in zip(numbers, people, strict=True)
    )
    Credit.objects.bulk_create(Credit(act=told, group=world.group, person=mia) for told in acts)
    Reaction.objects.bulk_create(
        Reaction(act=world.act, user=person, group=world.group, kind="thanks") for person in people
    )
    Comment.objects.bulk_create(like(world.comment, author=person) for person in people)
    Notice.objects.bulk_create(
        like(notice, key=f"{n}", context={"act": told.pk}) for n, told in zip(numbers, acts, strict=True)
    )
    Session.objects.bulk_create(like(session, session_key=f"browser-{n}") for n in numbers)
    cases = Case.objects.bulk_create(Case(group=world.group, act=told, waiting_since=now) for told in acts)
    Report.objects.bulk_create(Report(case=case, reporter=mia, reason="unkind") for case in cases)


def costs(walk: Walk) -> Iterator[tuple[str, int, int]]:
    """Of every page for everybody: how many questions it asks of the database, and how many bytes it has."""
    # Each page has been asked for once by then: what it does only the first time is done.
    for role, _route, address, _reply in list(walk.pages()):
        with CaptureQueriesContext(connection) as asked:
            reply = walk.client(role).get(address)
        yield f"{address} for {role}", len(asked), len(reply.content)


@pytest.mark.audit
def test_a_page_costs_the_same_however_much_there_is(db: None) -> None:
    walk = Walk(make_world(), wide=True)
    add(walk.world, range(FEW))
    few = {page: count for page, count, _ in costs(walk)}
    add(walk.world, range(FEW, MANY))
    many = list(costs(walk))
    assert {page for page, _, _ in many} == set(few)
    assert [(page, few[page], count) for page, count, _ in many if count > few[page]] == []
    assert [(page, size) for page, _, size in many if size > LARGEST] == []
