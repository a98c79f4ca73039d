"""The page of an organization, for those who look after it, and the panel that everybody finds."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from groups.models import Group, Organization, SupportContact
from groups.models.support_contact import MOST
from tests.factories import join, make_group, make_user

pytestmark = pytest.mark.django_db
RTL_NAME = "نور الهدى عبد الرحمن"


@pytest.fixture
def organization(group: Group) -> Organization:
    return group.organization


def page(organization: Organization, route: str = "organization") -> str:
    return reverse(route, args=[organization.public_id])


def text(reply: Any) -> str:
    return str(reply.content.decode())


def settings(**values: object) -> dict[str, object]:
    return {"name": "Ferry Lane", "time_zone": "Europe/Copenhagen", "first_weekday": 6, "language": "en", **values}


def named(organization: Organization, **values: str) -> SupportContact:
    fields = {"name": "Company doctor", "what_for": "When work makes you ill", "phone": "+1 (555) 0100", **values}
    return SupportContact.objects.create(organization=organization, **fields)


def test_an_admin_changes_name_zone_and_first_day(as_olive: Client, organization: Organization) -> None:
    assert as_olive.post(page(organization), settings()).status_code == 302
    organization.refresh_from_db()
    assert (organization.name, organization.time_zone, organization.first_weekday) == (
        "Ferry Lane",
        "Europe/Copenhagen",
        6,
    )
    assert AuditEntry.objects.filter(verb="changed", thing_id=organization.pk).count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"time_zone": "Mars/Base"},
        {"time_zone": ""},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Europe/Berlin\n"},
        {"first_weekday": "3"},
        {"first_weekday": ""},
        {"name": ""},
        {"name": "\u200b"},
        {"name": "x" * 81},
    ],
)
def test_what_makes_no_sense_is_refused_and_the_old_kept(
    as_olive: Client, organization: Organization, values: dict[str, str]
) -> None:
    """BAD_INPUTS 6, 33."""
    reply = as_olive.post(page(organization), settings(**values))
    assert reply.status_code == 422
    kept = Organization.objects.get(pk=organization.pk)
    assert (kept.name, kept.time_zone, kept.first_weekday) == (organization.name, "UTC", 0)
    assert f"<bdi>{organization.name}</bdi></h1>" in text(reply), "the page around the form shows what is stored"


def test_nothing_else_of_it_can_be_set(as_olive: Client, organization: Organization) -> None:
    as_olive.post(page(organization), settings(public_id="mine", overrides='{"a": 1}', id=99, language="xx"))
    kept = Organization.objects.get(pk=organization.pk)
    assert (kept.public_id, kept.overrides, kept.language) == (organization.public_id, {}, "en")


def test_an_old_name_of_its_zone_is_kept(as_olive: Client, organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(time_zone="US/Pacific")
    assert as_olive.post(page(organization), settings(time_zone="US/Pacific")).status_code == 302


def test_members_may_not_and_strangers_find_nothing(
    as_mia: Client, as_stan: Client, organization: Organization
) -> None:
    contact = reverse("support-contact", args=[named(organization).public_id])
    addresses = [page(organization, f"organization{part}") for part in ("", "-admins", "-rules", "-contacts")]
    for address in (*addresses, contact):
        assert as_mia.post(address).status_code == 403
        assert as_stan.post(address).status_code == 404


def test_an_admin_is_added_and_removed(as_olive: Client, organization: Organization, mia: User) -> None:
    html = text(as_olive.get(page(organization)))
    assert "No longer an admin" not in html, "the only one"
    as_olive.post(page(organization, "organization-admins"), {"person": mia.public_id})
    assert organization.has_admin(mia)
    assert "No longer an admin" in text(as_olive.get(page(organization)))
    as_olive.post(page(organization, "organization-admins"), {"do": "remove", "person": mia.public_id})
    assert not organization.has_admin(mia)


def test_who_has_left_meanwhile_is_not_said_to_look_after_it(
    as_olive: Client, organization: Organization, group: Group, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(organization: Organization, user: User, by: User) -> bool:
        group.part_with(user)  # after the form was found to be right
        return bool(really_add(organization, user, by))

    really_add = Organization.add_admin
    monkeypatch.setattr(Organization, "add_admin", add)
    reply = as_olive.post(page(organization, "organization-admins"), {"person": mia.public_id}, follow=True)
    assert "looks after it as well now" not in text(reply)
    assert "Nothing was changed." in text(reply)


def test_the_last_admin_stays(as_olive: Client, organization: Organization, olive: User) -> None:
    data = {"do": "remove", "person": olive.public_id}
    reply = as_olive.post(page(organization, "organization-admins"), data, follow=True)
    assert "Please add another admin first" in text(reply)
    assert organization.has_admin(olive)


@pytest.mark.parametrize("whom", ["stranger", "nobody", "", "\x00", "pupil"])
def test_only_a_grown_up_of_its_groups_is_made_admin(
    as_olive: Client, organization: Organization, group: Group, stan: User, whom: str
) -> None:
    pupil = make_user("Pip", kind="pupil", email=None)
    join(group, pupil)
    person = {"stranger": stan.public_id, "pupil": pupil.public_id}.get(whom, whom)
    reply = as_olive.post(page(organization, "organization-admins"), {"person": person})
    assert reply.status_code == 422
    assert "Please choose" in text(reply)
    assert organization.admins.count() == 1


def test_who_goes_themselves_lands_among_their_groups(
    as_olive: Client, organization: Organization, olive: User
) -> None:
    organization.add_admin(organization.candidates()[0], olive)
    data = {"do": "remove", "person": olive.public_id}
    assert as_olive.post(page(organization, "organization-admins"), data)["Location"] == reverse("groups")


def test_what_an_admin_closes_holds_for_all_groups(
    as_olive: Client, organization: Organization, group: Group, olive: User
) -> None:
    other = make_group(olive, organization=organization)
    as_olive.post(page(organization, "organization-rules"), {"close": "photos_open"})
    for one in (group, other):
        assert not Group.objects.get(pk=one.pk).policy.photos_open
    html = text(as_olive.get(page(organization)))
    assert "Acts come without photos." in html
    assert "Closed by Olive Okafor" in html
    as_olive.post(page(organization, "organization-rules"), {"open": "photos_open"})
    assert Group.objects.get(pk=group.pk).policy.photos_open


def test_its_groups_are_listed_and_those_of_others_are_not(
    as_olive: Client, organization: Organization, group: Group, foreign_group: Group, olive: User
) -> None:
    group.put_away(olive)
    html = text(as_olive.get(page(organization)))
    assert group.name in html
    assert "put away" in html
    assert foreign_group.name not in html


def test_the_page_costs_the_same_with_many_groups(
    as_olive: Client, organization: Organization, olive: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        one = make_group(olive, organization=organization, name=f"Group of many {n}")
        join(one, make_user(f"Neighbor {n}"))
        named(organization, name=f"Contact {n}")
    with django_assert_max_num_queries(14):
        as_olive.get(page(organization))


def test_a_contact_is_named_changed_and_taken_away(as_olive: Client, organization: Organization) -> None:
    data = {"name": "Ada", "what_for": "Anything", "phone": "112", "email": "ada@example.org", "link": ""}
    assert as_olive.post(page(organization, "organization-contacts"), data).status_code == 302
    contact = organization.support_contacts.get()
    address = reverse("support-contact", args=[contact.public_id])
    as_olive.post(address, {**data, "link": "https://help.example.org/x"})
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.host) == ("Ada", "112", "help.example.org")
    as_olive.post(address, {"do": "remove"})
    assert not organization.support_contacts.exists()
    verbs = AuditEntry.objects.filter(thing="groups.SupportContact").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["named", "named", "took away"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"phone": ""}, "so that they can be reached"),
        ({"phone": "ring me"}, "a phone number in digits"),
        ({"phone": "1" * 31}, "at most 30"),
        ({"email": "a@x\nBcc: v@x.org"}, "does not look like an e-mail address"),
        ({"email": "nobody"}, "does not look like an e-mail address"),
        ({"link": "ftp://example.org/"}, "the address of a page"),
        ({"link": "https://user@evil.example/"}, "the address of a page"),
        ({"link": "https://x.org/" + "y" * 300}, "at most 300"),
        ({"name": ""}, "Please give a name."),
        ({"name": "\u2800"}, "at least one letter"),
        ({"what_for": "x" * 161}, "at most 160"),
    ],
)
def test_a_contact_that_cannot_be_reached_is_refused_and_kept(
    as_olive: Client, organization: Organization, values: dict[str, str], words: str
) -> None:
    """BAD_INPUTS 22, 33, 61, 64."""
    data = {"name": "Ada", "what_for": "Kept as typed", "phone": "112", "email": "", "link": "", **values}
    reply = as_olive.post(page(organization, "organization-contacts"), data)
    assert reply.status_code == 422
    assert words in text(reply)
    if "what_for" not in values:
        assert "Kept as typed" in text(reply)
    assert not organization.support_contacts.exists()


def test_there_is_room_for_a_dozen(as_olive: Client, organization: Organization) -> None:
    for n in range(MOST):
        named(organization, name=f"Contact {n}")
    reply = as_olive.post(page(organization, "organization-contacts"), {"name": "One more", "phone": "112"})
    assert reply.status_code == 422
    assert "take one away first" in text(reply)
    assert organization.support_contacts.count() == MOST


def test_everybody_finds_support_in_one_click_from_every_page(
    as_mia: Client, as_olive: Client, group: Group, organization: Organization
) -> None:
    """A-16."""
    named(organization, name=RTL_NAME, email="doctor@example.org", link="https://help.example.org/start")
    link = f'href="{reverse("support")}"'
    for address in (
        reverse("home"),
        reverse("groups"),
        group.get_absolute_url(),
        reverse("you"),
        reverse("programs"),
        reverse("settings"),
        "/nothing-here/",
    ):
        assert link in text(as_mia.get(address)), address
    html = text(as_mia.get(reverse("support")))
    assert f"<bdi>{RTL_NAME}</bdi>" in html
    assert 'href="tel:+15550100"' in html
    assert 'href="mailto:doctor@example.org"' in html
    assert 'rel="nofollow noopener noreferrer"' in html
    assert "Name somebody" not in html, "only an admin does"
    assert "Name somebody" in text(as_olive.get(reverse("support")))


def test_nobody_sees_the_contacts_of_another_organization(
    as_stan: Client, as_mia: Client, organization: Organization, foreign_group: Group
) -> None:
    named(organization)
    named(foreign_group.organization, name="Their chaplain")
    assert "Company doctor" not in text(as_stan.get(reverse("support")))
    assert "Their chaplain" not in text(as_mia.get(reverse("support")))


def test_without_contacts_or_groups_there_is_still_something(as_mia: Client, client: Client, group: Group) -> None:
    assert "Nobody has been named here yet" in text(as_mia.get(reverse("support")))
    client.force_login(make_user("Nell"))
    assert "You are in no group yet" in text(client.get(reverse("support")))
