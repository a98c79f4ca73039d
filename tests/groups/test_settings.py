"""The settings of a group: its name, its rules, its people, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from groups.models import Group, Membership, OrganizationAdmin
from groups.rules import WORDS
from tests.factories import join, make_act, make_group, make_user

pytestmark = pytest.mark.django_db
LONG_NAME = "Bartholomew-Maximilian Featherstonehaugh-Cholmondeley von und zu"[:60]
RTL_NAME = "نور الهدى عبد الرحمن"


def page(group: Group, route: str = "group-settings", *more: str) -> str:
    return reverse(route, args=[group.slug, *more])


def text(reply: Any) -> str:
    return str(reply.content.decode())


def verbs(group: Group) -> list[str]:
    return list(AuditEntry.objects.filter(group_id=group.pk).order_by("pk").values_list("verb", flat=True))


def test_a_leader_renames_the_group_and_links_go_on_working(as_olive: Client, group: Group) -> None:
    assert as_olive.post(page(group), {"name": "  Canal   Street\u202e "}).status_code == 302
    renamed = Group.objects.get(pk=group.pk)
    assert (renamed.name, renamed.slug) == ("Canal Street", group.slug)
    assert "Canal Street" in text(as_olive.get(group.get_absolute_url()))
    assert verbs(group)[-1] == "renamed"


@pytest.mark.parametrize(
    "name",
    [
        "null",
        "undefined",
        "0",
        "__proto__",
        "CON",
        "Robert'); DROP TABLE groups;--",
        "{{7*7}}",
        "😀",
        RTL_NAME,
        "x" * 80,
    ],
)
def test_odd_names_work_as_names(as_olive: Client, group: Group, name: str) -> None:
    """BAD_INPUTS 33, 59, 63, 67."""
    assert as_olive.post(page(group), {"name": name}).status_code == 302
    assert Group.objects.get(pk=group.pk).name == name
    assert as_olive.get(page(group)).status_code == 200
    assert as_olive.get(page(group, "group-delete")).status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200d", "x" * 81, "y" * 1_000_000, "\x00"])
def test_a_name_that_is_none_is_refused_kindly(as_olive: Client, group: Group, name: str) -> None:
    reply = as_olive.post(page(group), {"name": name})
    assert reply.status_code == 422
    assert "Please" in text(reply)
    assert Group.objects.get(pk=group.pk).name == group.name


def test_every_rule_says_what_holds_who_changed_it_and_when(as_olive: Client, group: Group, olive: User) -> None:
    before = text(as_olive.get(page(group)))
    for words in WORDS.values():
        assert str(words.label) in before.replace("&amp;", "&")
    assert "Closed by" not in before
    assert as_olive.post(page(group, "group-rules"), {"close": "comments_open"}).status_code == 302
    after = text(as_olive.get(page(group)))
    assert "Nobody writes under an act." in after
    assert f"Closed by Olive Okafor, {timezone.now():%b}" in after
    assert not Group.objects.get(pk=group.pk).policy.comments_open
    as_olive.post(page(group, "group-rules"), {"open": "comments_open"})
    assert "Opened by Olive Okafor" in text(as_olive.get(page(group)))
    assert verbs(group)[-2:] == ["closed comments_open", "opened comments_open"]


def test_what_was_changed_by_somebody_who_is_gone(as_olive: Client, group: Group) -> None:
    group.override("money", allowed=False, by=None)
    assert "Closed by somebody who is no longer here" in text(as_olive.get(page(group)))


@pytest.mark.parametrize("name", ["is_admin", "", "comments_open\x00", "practices_open", "__class__"])
def test_a_rule_there_is_none_of(as_olive: Client, group: Group, name: str) -> None:
    for field in ("open", "close"):
        assert as_olive.post(page(group, "group-rules"), {field: name}).status_code == 400
    assert Group.objects.get(pk=group.pk).overrides == {}


def test_a_leader_is_told_what_only_an_admin_opens(as_mia: Client, group: Group, mia: User) -> None:
    Group.objects.filter(pk=group.pk).update(mode="secondary", age_band="11-15")
    group.memberships.filter(user=mia).update(role="leader")
    html = text(as_mia.get(page(group)))
    assert "An admin of the organization can open it." in html
    assert "It stays closed here, to protect people." in html
    assert 'name="open" value="photos_open"' not in html
    assert as_mia.post(page(group, "group-rules"), {"open": "photos_open"}).status_code == 403
    assert not Group.objects.get(pk=group.pk).policy.photos_open


def test_an_admin_opens_it(as_olive: Client, group: Group) -> None:
    Group.objects.filter(pk=group.pk).update(mode="secondary", age_band="11-15")
    assert 'name="open" value="photos_open"' in text(as_olive.get(page(group)))
    assert as_olive.post(page(group, "group-rules"), {"open": "photos_open"}).status_code == 302
    assert as_olive.post(page(group, "group-rules"), {"open": "strangers"}).status_code == 403
    policy = Group.objects.get(pk=group.pk).policy
    assert (policy.photos_open, policy.strangers) == (True, False)


def test_what_the_organization_closed_offers_no_button(as_olive: Client, group: Group, olive: User) -> None:
    group.organization.change_rule("photos_open", allowed=False, by=olive)
    html = text(as_olive.get(page(group)))
    assert "Closed for the whole organization" in html
    assert 'value="photos_open"' not in html


@pytest.mark.parametrize(
    ("rule", "off"), [("comments_open", "#comments"), ("reactions_open", "thanks/"), ("anonymous_open", "someone")]
)
def test_a_group_has_comments_or_answers_or_neither(
    as_olive: Client, as_mia: Client, group: Group, olive: User, rule: str, off: str
) -> None:
    """C-16."""
    make_act(group, olive)
    seen = {"someone": reverse("post-act")}.get(off, group.get_absolute_url())
    assert off in text(as_mia.get(seen))
    as_olive.post(page(group, "group-rules"), {"close": rule})
    assert off not in text(as_mia.get(seen))


def test_people_are_listed_leaders_first_and_strangers_not(as_olive: Client, group: Group, stan: User) -> None:
    html = text(as_olive.get(page(group, "group-people")))
    assert html.index("Olive Okafor") < html.index("Mia Marsh")
    assert stan.name not in html
    assert "@example.org" not in html


def test_one_ten_and_many_with_long_and_right_to_left_names(
    as_olive: Client, olive: User, django_assert_max_num_queries: Any
) -> None:
    alone = make_group(olive)
    assert "You are the first one here." in text(as_olive.get(page(alone, "group-people")))
    for name in (LONG_NAME, RTL_NAME, *(f"Member {n}" for n in range(8))):
        join(alone, make_user(name, email=f"{abs(hash(name))}@example.org"))
    with django_assert_max_num_queries(9):
        html = text(as_olive.get(page(alone, "group-people")))
    assert f"<bdi>{RTL_NAME}</bdi>" in html
    assert LONG_NAME in html
    for n in range(60):
        join(alone, make_user(f"Neighbor {n}"))
    with django_assert_max_num_queries(9):
        html = text(as_olive.get(page(alone, "group-people")))
    assert "?page=2" in html
    assert as_olive.get(page(alone, "group-people") + "?page=9999999999").status_code == 200


def change(client: Client, group: Group, whom: User, do: str, **more: str) -> str:
    reply = client.post(page(group, "group-person", whom.public_id), {"do": do, **more}, follow=True)
    assert reply.status_code == 200
    return text(reply)


def test_a_co_leader_is_made_and_unmade(as_olive: Client, group: Group, mia: User) -> None:
    assert "Mia Marsh leads as well now." in change(as_olive, group, mia, "lead")
    assert group.is_led_by(mia)
    assert "Mia Marsh is a member like the others now." in change(as_olive, group, mia, "unlead")
    assert not group.is_led_by(mia)


def test_the_last_leader_is_shown_the_way_out(as_olive: Client, group: Group, olive: User) -> None:
    """BAD_INPUTS 45."""
    assert "let somebody else lead first" in change(as_olive, group, olive, "unlead")
    assert "Nothing was changed." in change(as_olive, group, olive, "remove")
    assert group.is_led_by(olive)
    assert "let somebody else lead first" in text(as_olive.get(page(group, "group-person", olive.public_id)))


def test_a_leader_hands_the_group_over(as_olive: Client, group: Group, olive: User, mia: User) -> None:
    OrganizationAdmin.objects.update(user=make_user("Ada Admin"))
    assert "Mia Marsh leads from now on." in change(as_olive, group, mia, "hand-over")
    assert (group.is_led_by(olive), group.is_led_by(mia)) == (False, True)
    assert as_olive.get(page(group)).status_code == 403


def test_an_admin_who_does_not_lead_has_nothing_to_hand_over(
    as_stan: Client, group: Group, stan: User, mia: User
) -> None:
    OrganizationAdmin.objects.create(organization=group.organization, user=stan)
    assert "Hand the group over" not in text(as_stan.get(page(group, "group-person", mia.public_id)))
    assert "Nothing was changed." in change(as_stan, group, mia, "hand-over")


def test_a_member_is_asked_to_pause_until_a_day(as_olive: Client, group: Group, mia: User) -> None:
    day = group.organization.today() + timedelta(days=5)
    assert "was told" in change(as_olive, group, mia, "mute", until=day.isoformat())
    place = group.memberships.get(user=mia)
    assert place.paused_until == day
    assert "Asked to pause until" in text(as_olive.get(page(group, "group-person", mia.public_id)))
    assert "can post again" in change(as_olive, group, mia, "unmute")


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_pause_that_makes_no_sense_is_refused_and_kept(as_olive: Client, group: Group, mia: User, days: int) -> None:
    day = (group.organization.today() + timedelta(days=days)).isoformat()
    reply = as_olive.post(page(group, "group-person", mia.public_id), {"do": "mute", "until": day})
    assert reply.status_code == 422
    assert f'value="{day}"' in text(reply)
    assert group.memberships.get(user=mia).muted_until is None


@pytest.mark.parametrize("typed", ["", "soon", "2027-02-30", "99999-01-01", "<b>", "\x00"])
def test_a_day_that_is_none(as_olive: Client, group: Group, mia: User, typed: str) -> None:
    reply = as_olive.post(page(group, "group-person", mia.public_id), {"do": "mute", "until": typed})
    assert reply.status_code == 422
    assert group.memberships.get(user=mia).muted_until is None


def test_a_leader_is_not_asked_to_pause(as_olive: Client, group: Group, mia: User) -> None:
    group.memberships.filter(user=mia).update(role="leader")
    day = (group.organization.today() + timedelta(days=5)).isoformat()
    assert "Nothing was changed." in change(as_olive, group, mia, "mute", until=day)


def test_a_member_is_removed_and_let_back(as_olive: Client, as_mia: Client, group: Group, mia: User) -> None:
    assert "no longer in the group, and was told" in change(as_olive, group, mia, "remove")
    assert as_mia.get(group.get_absolute_url()).status_code == 404
    assert "Removed" in text(as_olive.get(page(group, "group-people")))
    assert "An invitation works again" in change(as_olive, group, mia, "back")
    assert "Removed" not in text(as_olive.get(page(group, "group-people")))


def test_who_looks_after_the_organization_is_removed_by_its_admins_alone(
    as_mia: Client, group: Group, mia: User, olive: User
) -> None:
    group.memberships.filter(user=mia).update(role="leader")
    assert "look after the organization" in text(as_mia.get(page(group, "group-person", olive.public_id)))
    assert "Nothing was changed." in change(as_mia, group, olive, "remove")
    assert group.memberships.get(user=olive).state == "active"


@pytest.mark.parametrize("do", ["", "explode", "remove\x00"])
def test_a_button_there_is_none_of_changes_nothing(as_olive: Client, group: Group, mia: User, do: str) -> None:
    assert "Nothing was changed." in change(as_olive, group, mia, do)
    assert group.memberships.get(user=mia).state == "active"


def test_nobody_is_found_by_a_foreign_or_broken_id(as_olive: Client, group: Group, stan: User, mia: User) -> None:
    group.part_with(mia)
    for whom in (stan.public_id, mia.public_id, "nobody", "x" * 500):
        assert as_olive.get(page(group, "group-person", whom)).status_code == 404
        assert as_olive.post(page(group, "group-person", whom), {"do": "lead"}).status_code == 404


def test_a_group_is_put_away_and_brought_back(as_olive: Client, as_mia: Client, group: Group) -> None:
    reply = as_olive.post(page(group, "group-archive"), {"do": "away"}, follow=True)
    assert "is put away" in text(reply)
    assert "Bring it back" in text(reply)
    assert "What the group may do" not in text(reply)
    for route in ("group-people", "group-codes", "poster", "invite"):
        assert as_olive.get(page(group, route)).status_code == 403
    assert as_olive.post(page(group), {"name": "Other"}).status_code == 403
    assert "Bring it back" in text(as_olive.get(page(group, "lead")))
    listed = text(as_mia.get(reverse("groups")))
    assert "Put away" in listed
    assert group.name in listed
    as_olive.post(page(group, "group-archive"), {"do": "back"})
    assert as_olive.get(page(group, "group-people")).status_code == 200


def test_deleting_takes_the_name_typed_by_hand(as_olive: Client, as_mia: Client, group: Group, mia: User) -> None:
    make_act(group, mia)
    html = text(as_olive.get(page(group, "group-delete")))
    assert "1 act" in html
    assert "the places of 2 people" in html
    assert "its last group" in html
    for typed in ("", "Ferry Lane", group.slug, "x" * 5000):
        reply = as_olive.post(page(group, "group-delete"), {"name": typed})
        assert reply.status_code == 422
        assert Group.objects.get(pk=group.pk).is_open
    reply = as_olive.post(page(group, "group-delete"), {"name": "  ferry lane  surgery "}, follow=True)
    assert "is on its way out" in text(reply)
    assert as_mia.get(group.get_absolute_url()).status_code == 404
    assert group.name not in text(as_mia.get(reverse("groups")))


def test_within_a_week_a_leader_keeps_it(as_olive: Client, as_mia: Client, group: Group, olive: User) -> None:
    group.delete_soon(olive)
    assert as_mia.post(page(group, "group-delete"), {"do": "keep"}).status_code == 404
    assert group.name in text(as_olive.get(reverse("groups")))
    assert as_olive.get(page(group)).status_code == 302
    as_olive.post(page(group, "group-delete"), {"do": "keep"})
    assert as_mia.get(group.get_absolute_url()).status_code == 200


def test_get_changes_nothing(as_olive: Client, group: Group, mia: User) -> None:
    for query in ("?do=away", "?do=remove", "?close=comments_open", "?name=Ferry+Lane+Surgery"):
        for route in ("group-settings", "group-delete", "group-people"):
            as_olive.get(page(group, route) + query)
        as_olive.get(page(group, "group-person", mia.public_id) + query)
    assert Group.objects.get(pk=group.pk).is_open
    assert Membership.objects.active().filter(group=group).count() == 2
    assert Group.objects.get(pk=group.pk).overrides == {}


def test_the_page_costs_the_same_however_much_was_changed(
    as_olive: Client, group: Group, olive: User, mia: User, foreign_group: Group, django_assert_num_queries: Any
) -> None:
    as_olive.get(page(group))
    group.override("money", allowed=False, by=olive)
    with django_assert_num_queries(8):
        as_olive.get(page(group))
    for name in WORDS:
        group.override(name, allowed=False, by=mia)
        group.organization.override(name, allowed=False, by=olive)
    with django_assert_num_queries(8):
        html = text(as_olive.get(page(group)))
    assert foreign_group.name not in html
