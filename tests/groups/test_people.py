"""Who is in a group, which groups are mine, and leaving."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from groups.models import Group, Membership, OrganizationAdmin
from groups.models.group import LastLeader
from tests.factories import join, make_group, make_user

pytestmark = pytest.mark.django_db


def test_members_and_leaders_see_the_same_names(as_mia: Client, as_olive: Client, group: Group, stan: User) -> None:
    for client in (as_mia, as_olive):
        html = client.get(reverse("people", args=[group.slug])).content.decode()
        assert "Olive Okafor" in html
        assert "Mia Marsh" in html
        assert "Order means nothing" in html
        assert stan.name not in html
        assert "@example.org" not in html


def test_a_stranger_finds_no_people(as_stan: Client, group: Group) -> None:
    assert as_stan.get(reverse("people", args=[group.slug])).status_code == 404
    assert as_stan.get(reverse("leave", args=[group.slug])).status_code == 404
    assert as_stan.post(reverse("leave", args=[group.slug])).status_code == 404


def test_who_has_left_is_no_longer_listed(as_olive: Client, group: Group, mia: User) -> None:
    group.part_with(mia)
    assert mia.name not in as_olive.get(reverse("people", args=[group.slug])).content.decode()


def test_names_in_any_script_are_shown_as_text(as_olive: Client, group: Group) -> None:
    join(group, make_user("<b>Bo</b>"))
    join(group, make_user("محمد بن عبد الله"))
    html = as_olive.get(reverse("people", args=[group.slug])).content.decode()
    assert "&lt;b&gt;Bo&lt;/b&gt;" in html
    assert "<bdi>محمد بن عبد الله</bdi>" in html


def test_many_people_cost_no_more_queries(as_olive: Client, group: Group, django_assert_max_num_queries: Any) -> None:
    for n in range(130):
        join(group, make_user(f"Member {n}"))
    with django_assert_max_num_queries(10):
        html = as_olive.get(reverse("people", args=[group.slug])).content.decode()
    assert "132 people" in html
    assert "?page=2" in html


def test_my_groups_are_listed_with_what_i_am_in_them(
    as_mia: Client, mia: User, group: Group, foreign_group: Group, django_assert_max_num_queries: Any
) -> None:
    own = make_group(mia, name="Canal Street", mode="community")
    for n in range(10):
        join(make_group(make_user(f"Leader {n}")), mia)
    with django_assert_max_num_queries(6):
        html = as_mia.get(reverse("groups")).content.decode()
    assert "2 people" in html
    assert "you lead it" in html
    assert reverse("invite", args=[own.slug]) in html
    assert reverse("invite", args=[group.slug]) not in html
    assert foreign_group.name.replace("'", "&#x27;") not in html


def test_somebody_without_a_group_is_told_what_to_do(client: Client) -> None:
    client.force_login(make_user("Nora"))
    html = client.get(reverse("groups")).content.decode()
    assert "You are in no group yet." in html
    assert reverse("start") in html
    assert reverse("enter-code") in html


def test_mia_leaves_and_her_place_is_kept_as_history(as_mia: Client, mia: User, group: Group) -> None:
    as_mia.get(reverse("leave", args=[group.slug]))
    assert group.memberships.active().filter(user=mia).exists(), "looking changes nothing"
    assert as_mia.post(reverse("leave", args=[group.slug]))["Location"] == reverse("groups")
    place = Membership.objects.get(group=group, user=mia)
    assert place.state == "left"
    assert place.ended_at
    assert as_mia.get(reverse("people", args=[group.slug])).status_code == 404


def test_the_last_leader_hands_over_before_leaving(as_olive: Client, olive: User, mia: User, group: Group) -> None:
    page = as_olive.get(reverse("leave", args=[group.slug])).content.decode()
    assert "Who leads the group from now on?" in page
    refused = as_olive.post(reverse("leave", args=[group.slug]))
    assert refused.status_code == 422
    assert group.is_led_by(olive)
    successor = group.memberships.get(user=mia)
    as_olive.post(reverse("leave", args=[group.slug]), {"successor": successor.pk})
    assert group.is_led_by(mia)
    assert not group.memberships.active().filter(user=olive).exists()
    assert OrganizationAdmin.objects.get(organization=group.organization).user == mia


def test_the_group_goes_to_nobody_from_outside(
    as_olive: Client, olive: User, group: Group, foreign_group: Group
) -> None:
    outsider = foreign_group.memberships.get()
    reply = as_olive.post(reverse("leave", args=[group.slug]), {"successor": outsider.pk})
    assert reply.status_code == 422
    assert group.is_led_by(olive)
    with pytest.raises(LastLeader):
        group.part_with(olive, successor=outsider)


def test_an_admin_of_more_than_one_group_stays_admin(olive: User, mia: User, group: Group) -> None:
    make_group(olive, organization=group.organization)
    group.part_with(olive, successor=group.memberships.get(user=mia))
    assert group.organization.admins.get().user == olive


def test_who_is_alone_may_simply_go(olive: User) -> None:
    alone = make_group(olive)
    alone.part_with(olive)
    assert not alone.memberships.active().exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_who_leave_at_once_one_stays() -> None:
    one, two = make_user("One"), make_user("Two")
    group = make_group(one)
    join(group, two, role="leader")
    join(group, make_user("Member"))
    refused: list[User] = []

    def leave(user: User) -> None:
        try:
            Group.objects.get(pk=group.pk).part_with(user)
        except LastLeader:
            refused.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert group.memberships.active().leaders().count() == 1


def test_leaving_twice_at_once_is_leaving_once(mia: User, group: Group) -> None:
    group.part_with(mia)
    group.part_with(mia)
    assert group.memberships.get(user=mia).state == "left"


def test_a_group_counts_who_is_in_it_now(as_olive: Client, group: Group, mia: User) -> None:
    group.memberships.filter(user=mia).update(until=timezone.now() - timedelta(minutes=1))
    [place] = as_olive.get(reverse("groups")).context["places"]
    assert place.people == 1
