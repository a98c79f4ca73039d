"""An organization: what it is called, which clock it keeps, who looks after it."""

import threading

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from groups.models import Group, Organization, OrganizationAdmin
from groups.models.organization import LastAdmin
from tests.factories import join, make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization(group: Group) -> Organization:
    return group.organization


def verbs() -> list[str]:
    kinds = ("groups.Organization", "groups.OrganizationAdmin")
    return list(AuditEntry.objects.filter(thing__in=kinds).order_by("pk").values_list("verb", flat=True))


def test_a_member_of_one_of_its_groups_can_look_after_it(
    organization: Organization, group: Group, foreign_group: Group, olive: User, mia: User, stan: User
) -> None:
    assert list(organization.candidates()) == [mia]
    assert organization.add_admin(mia, olive)
    assert not organization.add_admin(mia, olive), "they do already"
    assert not organization.add_admin(stan, olive), "a stranger"
    assert {admin.user for admin in organization.admins.all()} == {olive, mia}
    assert verbs() == ["made admin"]


def test_pupils_and_those_who_left_are_no_candidates(organization: Organization, group: Group, mia: User) -> None:
    join(group, make_user("Pip", kind="pupil", email=None))
    group.part_with(mia)
    assert not organization.candidates().exists()


def test_who_is_in_two_of_its_groups_is_named_once(organization: Organization, mia: User) -> None:
    join(make_group(make_user(), organization=organization), mia)
    assert list(organization.candidates().filter(pk=mia.pk)) == [mia]


def test_one_of_two_admins_can_go_and_the_last_cannot(organization: Organization, olive: User, mia: User) -> None:
    organization.add_admin(mia, olive)
    assert organization.remove_admin(olive, mia)
    assert not organization.remove_admin(olive, mia)
    with pytest.raises(LastAdmin):
        organization.remove_admin(mia, mia)
    assert organization.admins.get().user == mia
    assert verbs() == ["made admin", "unmade admin"]


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_go_at_once_one_stays() -> None:
    one, two = make_user("One"), make_user("Two")
    organization = make_group(one).organization
    OrganizationAdmin.objects.create(organization=organization, user=two)
    refused: list[User] = []

    def go(user: User) -> None:
        try:
            Organization.objects.get(pk=organization.pk).remove_admin(user, user)
        except LastAdmin:
            refused.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[user]) for user in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert organization.admins.count() == 1


def test_its_settings_are_changed_together_and_noted(organization: Organization, olive: User) -> None:
    organization.change(olive, name="Ferry Lane", time_zone="Europe/Copenhagen", first_weekday=6)
    organization.refresh_from_db()
    assert (organization.name, str(organization.zone), organization.first_weekday) == (
        "Ferry Lane",
        "Europe/Copenhagen",
        6,
    )
    assert verbs() == ["changed"]


def test_what_it_closes_is_closed_in_all_its_groups_and_can_be_left_to_them_again(
    organization: Organization, group: Group, foreign_group: Group, olive: User
) -> None:
    other = make_group(olive, organization=organization)
    organization.change_rule("comments_open", allowed=False, by=olive)
    assert not Group.objects.get(pk=group.pk).policy.comments_open
    assert not Group.objects.get(pk=other.pk).policy.comments_open
    assert Group.objects.get(pk=foreign_group.pk).policy.comments_open
    organization.change_rule("comments_open", allowed=True, by=olive)
    assert Group.objects.get(pk=group.pk).policy.comments_open
    assert verbs() == ["closed comments_open", "left open comments_open"]
