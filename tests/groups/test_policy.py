"""What a group may do: safe defaults by mode, tightened freely, loosened only where that harms no child."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from groups.models import Group, PolicyOverride
from groups.models.policy import NAMES, default_policy
from tests.factories import make_group

pytestmark = pytest.mark.django_db
ADULT_ONLY = {"strangers", "money", "food", "touch", "photos_open", "mail_open", "practices_open"}
THE_LEADER_OPENS = {"comments_open", "posts_unapproved", "organization_audience"}


def group_of(leader: User, mode: str, age_band: str) -> Group:
    group = make_group(leader, mode="workplace")
    Group.objects.filter(pk=group.pk).update(mode=mode, age_band=age_band)
    return Group.objects.get(pk=group.pk)


def override(name: str, allowed: bool, **whose: Any) -> None:
    PolicyOverride.objects.create(name=name, allowed=allowed, **whose)


@pytest.mark.parametrize(
    ("mode", "age_band", "closed"),
    [
        ("workplace", "adult", {"organization_audience", "leaders_see_names"}),
        ("community", "adult", {"organization_audience", "leaders_see_names"}),
        (
            "secondary",
            "11-15",
            ADULT_ONLY | THE_LEADER_OPENS,
        ),
        (
            "primary",
            "7-11",
            ADULT_ONLY | THE_LEADER_OPENS | {"text_open", "anonymous_open"},
        ),
    ],
)
def test_the_defaults_of_each_mode(mode: str, age_band: str, closed: set[str]) -> None:
    policy = default_policy(mode, age_band)
    assert {name for name in NAMES if not getattr(policy, name)} == closed


def test_a_community_group_with_minors_follows_the_secondary_column() -> None:
    assert default_policy("community", "11-15") == default_policy("secondary", "11-15")
    assert default_policy("community", "16-18") == default_policy("secondary", "16-18")


@pytest.mark.parametrize(
    ("mode", "age_band"), [("workplace", "adult"), ("community", "adult"), ("secondary", "11-15"), ("primary", "7-11")]
)
def test_a_group_may_tighten_everything(olive: User, mode: str, age_band: str) -> None:
    group = group_of(olive, mode, age_band)
    for name in NAMES:
        override(name, False, group=group)
    assert not any(getattr(group.policy, name) for name in NAMES)


def test_nothing_is_loosened_in_primary(olive: User) -> None:
    group = group_of(olive, "primary", "7-11")
    before = default_policy("primary", "7-11")
    for name in NAMES:
        override(name, True, group=group)
    assert group.policy == before


def test_a_workplace_group_may_open_what_is_closed_by_default(olive: User) -> None:
    group = group_of(olive, "workplace", "adult")
    override("organization_audience", True, group=group)
    assert group.policy.organization_audience


def test_an_organization_closes_what_its_groups_opened(olive: User, stan: User) -> None:
    group = group_of(olive, "workplace", "adult")
    other = group_of(stan, "workplace", "adult")
    override("comments_open", True, group=group)
    override("comments_open", False, organization=group.organization)
    assert not group.policy.comments_open
    assert other.policy.comments_open, "another organization is not touched"


def test_an_organization_cannot_open_what_a_group_closed(olive: User) -> None:
    group = group_of(olive, "workplace", "adult")
    override("photos_open", False, group=group)
    override("photos_open", True, organization=group.organization)
    assert not group.policy.photos_open


def test_another_groups_override_means_nothing_here(group: Group, foreign_group: Group) -> None:
    override("comments_open", False, group=foreign_group)
    assert group.policy.comments_open


def test_an_override_is_of_a_group_or_of_an_organization_and_there_is_one(group: Group) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        override("comments_open", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        override("comments_open", False, group=group, organization=group.organization)
    override("comments_open", False, group=group)
    with pytest.raises(IntegrityError), transaction.atomic():
        override("comments_open", True, group=group)


def test_a_policy_is_one_query_and_asked_once(group: Group, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert group.policy.reactions_open
        assert group.policy.photos_open
