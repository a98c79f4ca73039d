"""What a group may do: safe defaults by mode, tightened freely, loosened only where that harms no child."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from groups.models import Group
from groups.models.policy import NAMES, default_policy
from tests.factories import make_group

pytestmark = pytest.mark.django_db
ADULT_ONLY = {"strangers", "money", "food", "touch", "photos_open", "mail_open", "practices_open"}
THE_LEADER_OPENS = {"comments_open", "posts_unapproved", "organization_audience"}


def group_of(leader: User, mode: str, age_band: str) -> Group:
    group = make_group(leader, mode="workplace")
    Group.objects.filter(pk=group.pk).update(mode=mode, age_band=age_band)
    return Group.objects.get(pk=group.pk)


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
        group.override(name, allowed=False, by=olive)
    assert not any(getattr(group.policy, name) for name in NAMES)


def test_nothing_is_loosened_in_primary(olive: User) -> None:
    group = group_of(olive, "primary", "7-11")
    before = default_policy("primary", "7-11")
    for name in NAMES:
        group.override(name, allowed=True, by=olive)
    assert group.policy == before


def test_a_workplace_group_may_open_what_is_closed_by_default(olive: User) -> None:
    group = group_of(olive, "workplace", "adult")
    group.override("organization_audience", allowed=True, by=olive)
    assert group.policy.organization_audience


def test_an_organization_closes_what_its_groups_opened(olive: User, stan: User) -> None:
    group = group_of(olive, "workplace", "adult")
    other = group_of(stan, "workplace", "adult")
    group.override("comments_open", allowed=True, by=olive)
    group.organization.override("comments_open", allowed=False, by=olive)
    assert not group.policy.comments_open
    assert other.policy.comments_open, "another organization is not touched"


def test_an_organization_cannot_open_what_a_group_closed(olive: User) -> None:
    group = group_of(olive, "workplace", "adult")
    group.override("photos_open", allowed=False, by=olive)
    group.organization.override("photos_open", allowed=True, by=olive)
    assert not group.policy.photos_open


def test_another_groups_override_means_nothing_here(group: Group, foreign_group: Group, olive: User) -> None:
    foreign_group.override("comments_open", allowed=False, by=olive)
    assert group.policy.comments_open


def test_an_override_says_who_and_when(group: Group, olive: User) -> None:
    group.override("comments_open", allowed=False, by=olive)
    kept = Group.objects.get(pk=group.pk).overrides["comments_open"]
    assert (kept["allowed"], kept["by"]) == (False, olive.pk)
    assert datetime.fromisoformat(kept["at"]).tzinfo is not None


def test_two_leaders_who_change_two_rules_at_once_both_succeed(group: Group, olive: User, mia: User) -> None:
    read_before = Group.objects.get(pk=group.pk)
    group.override("comments_open", allowed=False, by=olive)
    read_before.override("photos_open", allowed=False, by=mia)
    policy = Group.objects.get(pk=group.pk).policy
    assert not policy.comments_open
    assert not policy.photos_open


def test_only_what_a_policy_knows_can_be_overridden(group: Group, olive: User) -> None:
    with pytest.raises(ValueError, match="no permission"):
        group.override("is_admin", allowed=True, by=olive)


def test_a_changed_policy_holds_at_once(group: Group, olive: User) -> None:
    assert group.policy.comments_open
    group.override("comments_open", allowed=False, by=olive)
    assert not group.policy.comments_open


def test_a_policy_costs_no_query_of_its_own(group: Group, django_assert_num_queries: Any) -> None:
    read = Group.objects.select_related("organization").get(pk=group.pk)
    with django_assert_num_queries(0):
        assert read.policy.reactions_open
