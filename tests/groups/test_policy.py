"""What a group may do: safe defaults by mode, tightened freely, loosened only where that harms no child."""

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from groups.models import Group, OrganizationAdmin
from groups.models.policy import NAMES, OPENED_BY, Who, column_of, default_policy, opened_by
from tests.factories import join, make_group, make_user

pytestmark = pytest.mark.django_db
ADULT_ONLY = {"strangers", "money", "food", "touch", "photos_open", "mail_open", "practices_open"}
THE_LEADER_OPENS = {"comments_open", "posts_unapproved", "ticks_unapproved", "organization_audience"}


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


MODES = [
    ("workplace", "adult"),
    ("community", "adult"),
    ("community", "11-15"),
    ("secondary", "11-15"),
    ("secondary", "16-18"),
    ("primary", "7-11"),
]
ADMINS_OPEN = {"comments_open", "photos_open", "posts_unapproved", "organization_audience", "practices_open"}
NEVER_OPENED = {
    "adults": {"leaders_see_names"},
    "secondary": {"strangers", "money", "food", "touch", "mail_open"},
    "primary": set(NAMES) - {"reactions_open", "credits_open", "leaders_see_names", "text_open", "ticks_unapproved"},
}


@pytest.mark.parametrize(("mode", "age_band"), MODES)
def test_who_may_open_what(olive: User, mode: str, age_band: str) -> None:
    group, column = group_of(olive, mode, age_band), column_of(mode, age_band)
    by_who = {who: {name for name in NAMES if opened_by(group, name) == who} for who in Who}
    assert by_who[Who.NOBODY] == NEVER_OPENED[column]
    assert by_who[Who.ADMINS] == (ADMINS_OPEN if column == "secondary" else set())


def test_what_the_table_opens_is_closed_by_default() -> None:
    for mode, age_band in MODES:
        default = default_policy(mode, age_band)
        assert not [name for name in OPENED_BY[column_of(mode, age_band)] if getattr(default, name)]


@pytest.mark.parametrize(("mode", "age_band"), MODES)
def test_what_nobody_may_open_stays_closed_whatever_is_stored(olive: User, mode: str, age_band: str) -> None:
    group = group_of(olive, mode, age_band)
    for name in NAMES:
        group.override(name, allowed=True, by=olive)
    assert {name for name in NAMES if not getattr(group.policy, name)} == NEVER_OPENED[column_of(mode, age_band)]


@pytest.mark.parametrize(("mode", "age_band"), MODES)
@pytest.mark.parametrize("name", NAMES)
def test_a_leader_closes_everything_and_opens_what_is_theirs_to_open(mode: str, age_band: str, name: str) -> None:
    """Rita leads the group; its organization is looked after by somebody else."""
    rita = make_user("Rita")
    group = group_of(make_user("Ada Admin"), mode, age_band)
    join(group, rita, role="leader")
    group.change_rule(name, allowed=False, by=rita)
    assert not getattr(group.policy, name)
    if opened_by(group, name) == Who.LEADERS:
        group.change_rule(name, allowed=True, by=rita)
        assert getattr(group.policy, name)
    else:
        with pytest.raises(PermissionDenied):
            group.change_rule(name, allowed=True, by=rita)
        assert not getattr(group.policy, name)


@pytest.mark.parametrize("name", sorted(ADMINS_OPEN))
def test_an_admin_opens_in_secondary_what_protects_children(name: str) -> None:
    ada = make_user("Ada Admin")
    group = group_of(ada, "secondary", "11-15")
    group.change_rule(name, allowed=True, by=ada)
    assert getattr(group.policy, name)


@pytest.mark.parametrize("name", sorted(NEVER_OPENED["primary"]))
def test_not_even_an_admin_opens_in_primary_what_protects_children(name: str) -> None:
    ada = make_user("Ada Admin")
    group = group_of(ada, "primary", "7-11")
    with pytest.raises(PermissionDenied):
        group.change_rule(name, allowed=True, by=ada)
    assert not getattr(group.policy, name)


def test_text_turned_on_in_primary_still_waits_to_be_read(olive: User) -> None:
    group = group_of(olive, "primary", "7-11")
    group.change_rule("text_open", allowed=True, by=olive)
    assert group.policy.text_open
    assert not group.policy.posts_unapproved


def test_members_and_strangers_change_no_rule(group: Group, mia: User, stan: User) -> None:
    for somebody in (mia, stan):
        for allowed in (True, False):
            with pytest.raises(PermissionDenied):
                group.change_rule("comments_open", allowed=allowed, by=somebody)
    assert group.overrides == {}


def test_an_admin_of_another_organization_opens_nothing_here(stan: User) -> None:
    group = group_of(make_user("Ada Admin"), "secondary", "11-15")
    assert OrganizationAdmin.objects.create(organization=make_group(stan).organization, user=make_user("Bea"))
    with pytest.raises(PermissionDenied):
        group.change_rule("photos_open", allowed=True, by=stan)


def test_a_group_that_was_put_away_allows_nothing(group: Group, olive: User) -> None:
    assert group.policy.comments_open
    group.put_away(olive)
    assert not any(getattr(group.policy, name) for name in NAMES)
    group.bring_back(olive)
    assert group.policy.comments_open


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
