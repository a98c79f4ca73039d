"""The dot by the bell is lit only by news that can be read: what goes out of somebody's sight takes its news along."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Act, Case, Comment, Credit
from feed.taking_down import take_down
from groups.models import Group, OrganizationAdmin
from notifications.models import Notice
from tests.factories import join, make_act, make_group, make_user

LIT = "News: there is something new"


@pytest.fixture
def elsewhere(stan: User, mia: User) -> Group:
    """Another place of Mia's, so that she has a bell at all."""
    group = make_group(stan, name="Another place")
    join(group, mia)
    return group


@pytest.fixture
def news(group: Group, mia: User, olive: User, elsewhere: Group) -> list[Act]:
    """Mia is thanked, passed on, written to and told what became of her words; the acts are hers and Olive's."""
    hers = make_act(group, mia)
    theirs = make_act(group, olive, kind="saw", credited=[mia], parent=hers, link_kind="passed_on")
    Comment.objects.post(hers, olive, "So it was you.", form_key="comment-1")
    told = make_act(group, mia, text="Told all about the boss.")
    Case.objects.about(told).decide("hidden", by=olive, note="Not here.")
    assert {notice.kind for notice in _unread(mia)} == {"credit", "passed_on", "comment", "case_decided"}
    return [hers, theirs]


def _unread(user: User) -> list[Notice]:
    return list(Notice.objects.visible_to(user).unread())


def _leave(group: Group, mia: User, _olive: User) -> None:
    group.part_with(mia)


def _delete(group: Group, _mia: User, olive: User) -> None:
    group.delete_soon(olive)


@pytest.mark.parametrize("go", [_leave, _delete])
def test_news_of_a_group_go_with_it(
    as_mia: Client, group: Group, mia: User, olive: User, news: list[Act], go: Callable[[Group, User, User], None]
) -> None:
    assert LIT in as_mia.get("/").content.decode()
    go(group, mia, olive)
    assert _unread(mia) == []
    assert LIT not in as_mia.get("/").content.decode()


def test_who_was_removed_is_told_so_and_nothing_else(group: Group, mia: User, olive: User, news: list[Act]) -> None:
    group.memberships.get(user=mia).remove(olive)
    assert [notice.kind for notice in _unread(mia)] == ["removed"]


def test_what_was_read_stays_and_so_do_other_groups_news(
    group: Group, elsewhere: Group, mia: User, stan: User, news: list[Act]
) -> None:
    Notice.objects.filter(recipient=mia, kind="credit").update(read_at="2026-01-01T00:00Z")
    Comment.objects.post(make_act(elsewhere, mia), stan, "Well done.", form_key="comment-2")
    group.part_with(mia)
    kinds = sorted(Notice.objects.visible_to(mia).values_list("kind", flat=True))
    assert kinds == ["comment", "credit"]


def test_who_looks_after_the_organization_goes_on_seeing_it(
    group: Group, mia: User, olive: User, news: list[Act]
) -> None:
    Group.objects.found(name="Second floor", mode="workplace", founder=olive, organization=group.organization)
    OrganizationAdmin.objects.create(organization=group.organization, user=mia)
    group.part_with(mia)
    assert len(_unread(mia)) == 4


def test_an_answered_thank_you_is_no_news(group: Group, mia: User, news: list[Act]) -> None:
    credit = Credit.objects.get(person=mia)
    credit.become(Credit.State.DECLINED)
    assert "credit" not in {notice.kind for notice in _unread(mia)}


def test_an_act_that_is_taken_down_was_passed_on_by_nobody(mia: User, news: list[Act]) -> None:
    take_down(news[0], mia)
    assert "passed_on" not in {notice.kind for notice in _unread(mia)}


@pytest.fixture
def asked(group: Group, mia: User, olive: User) -> tuple[User, Case]:
    """Olive and Lea lead, and something waits for both of them."""
    lea = make_user("Lea Lund")
    join(group, lea).make_leader(olive)
    case = Case.objects.about(make_act(group, mia))
    case.report(make_user("Nell"), reason="unkind")
    assert [notice.kind for notice in _unread(lea)] == ["case_waits"]
    return lea, case


def test_who_no_longer_leads_is_not_asked_to_look(group: Group, olive: User, asked: tuple[User, Case]) -> None:
    lea, _case = asked
    group.memberships.get(user=lea).unmake_leader(olive)
    assert _unread(lea) == []
    assert len(_unread(olive)) == 1


def test_who_hands_over_is_not_asked_to_look(group: Group, olive: User, asked: tuple[User, Case]) -> None:
    lea, _case = asked
    place = group.memberships.get(user=lea)
    place.hand_over(group.memberships.get(user=olive), lea)
    assert _unread(lea) == []


def test_who_no_longer_looks_after_the_organization_is_not_asked_to_look(
    group: Group, mia: User, olive: User, asked: tuple[User, Case]
) -> None:
    ada = make_user("Ada Admin")
    OrganizationAdmin.objects.create(organization=group.organization, user=ada)
    Case.objects.about(make_act(group, mia)).report(make_user("Noor"), reason="unkind")
    assert len(_unread(ada)) == 1
    group.organization.remove_admin(ada, olive)
    assert _unread(ada) == []


def test_what_somebody_has_decided_waits_for_nobody(
    group: Group, mia: User, olive: User, asked: tuple[User, Case]
) -> None:
    lea, case = asked
    another = Case.objects.about(make_act(group, mia))
    another.report(make_user("Noor"), reason="unkind")
    case.decide("kept", by=olive)
    assert len(_unread(lea)) == 1
    take_down(another.act, mia)
    assert _unread(lea) == []
