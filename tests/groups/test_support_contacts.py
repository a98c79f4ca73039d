"""Whom the people of an organization can turn to: names with a phone, an address or a page, each checked."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from groups.models import Group, SupportContact
from groups.models.support_contact import validate_link, validate_phone

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "phone", ["112", "988", "+1 555 0100", "(0)20 7946 0018", "0800-111 222", "+49.30.901820", "555 0100, #12"]
)
def test_a_phone_number_as_people_write_it(phone: str) -> None:
    validate_phone(phone)


@pytest.mark.parametrize("phone", ["", "call me", "1", "+", "555\n0100", "javascript:alert(1)", "5" * 40, "٥٥٥"])
def test_what_no_phone_can_dial(phone: str) -> None:
    with pytest.raises(ValidationError):
        validate_phone(phone)


@pytest.mark.parametrize(
    "link", ["https://example.org", "http://example.org/help?x=1", "https://hilfe.example.org:8443/"]
)
def test_a_page_on_the_web(link: str) -> None:
    validate_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "example.org",
        "ftp://example.org/",
        "https://good.example@evil.example/",
        "https://localhost/",
        "https://[broken/",
        "http://",
    ],
)
def test_what_is_no_page(link: str) -> None:
    with pytest.raises(ValidationError):
        validate_link(link)


def test_a_contact_without_any_way_to_reach_it_is_none(group: Group) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportContact.objects.create(organization=group.organization, name="Nobody")


def make_contact(group: Group, **values: Any) -> SupportContact:
    fields = {"name": "Company doctor", "phone": "+1 555 0100", **values}
    return SupportContact.objects.create(organization=group.organization, **fields)


def test_everybody_of_the_organization_finds_it_and_nobody_else(
    group: Group, foreign_group: Group, olive: User, mia: User, stan: User
) -> None:
    contact, foreign = make_contact(group), make_contact(foreign_group, name="Elsewhere")
    for person in (olive, mia):
        assert list(SupportContact.objects.for_person(person)) == [contact]
    assert list(SupportContact.objects.for_person(stan)) == [foreign]
    group.part_with(mia)
    assert not SupportContact.objects.for_person(mia).exists()


def test_it_is_dialed_without_what_people_put_between(group: Group) -> None:
    assert make_contact(group, phone="+1 (555) 01-00").dialed == "+15550100"


def test_a_link_says_where_it_leads(group: Group) -> None:
    assert make_contact(group, link="https://help.example.org/a/b").host == "help.example.org"
