"""What becomes of groups, organizations and invitations when somebody goes."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import data_rights
from accounts.data_rights import Keep
from accounts.models import User
from feed.models import Act
from groups import messages
from groups.models import Group, JoinCode, Organization, OrganizationAdmin
from kindness_platform.purge import purge_groups as forget_groups
from notifications import tasks
from notifications.models import KeptMail, Notice
from tests.client import confirmed_client
from tests.factories import make_act


def test_invitations_by_somebody_who_is_gone_are_called_back(
    settings: Any, olive: User, mia: User, group: Group, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "notifications.mail.KeptMailBackend"}}
    group.memberships.filter(user=mia).update(role="leader")
    code = JoinCode.current(group, mia)
    with django_capture_on_commit_callbacks(execute=True):
        messages.invite("ned@example.org", group, code, mia)
        messages.invite("nell@example.org", group, code, olive)
    assert sorted(kept.subject.split()[0] for kept in KeptMail.objects.all()) == ["Mia", "Olive"]
    data_rights.erase(mia, keep=Keep.NOTHING)
    assert KeptMail.objects.get().subject.startswith("Olive")
    assert Notice.objects.get(kind="invitation").context["inviter"] == olive.pk


def test_an_invitation_that_has_not_left_yet_stays_here(olive: User, mia: User, group: Group) -> None:
    group.memberships.filter(user=mia).update(role="leader")
    messages.invite("ned@example.org", group, JoinCode.current(group, mia), mia)
    data_rights.erase(mia, keep=Keep.NOTHING)
    tasks.tick()
    assert mail.outbox == []


def test_who_leads_alone_hands_over_first(as_olive: Client, olive: User, group: Group) -> None:
    page = as_olive.get("/you/data/erase/").content.decode()
    assert f'href="/groups/{group.slug}/leave/"' in page
    assert "looks after" not in page  # the organization goes with its only group
    assert 'name="keep"' not in page
    client = confirmed_client(olive)
    answer = client.post("/you/data/erase/confirm/", {"keep": "nothing", "typed": "delete"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/you/data/erase/")
    assert User.objects.filter(pk=olive.pk).exists()
    group.part_with(olive, successor=group.memberships.exclude(user=olive).get())
    assert 'name="keep"' in as_olive.get("/you/data/erase/").content.decode()


def test_who_looks_after_an_organization_alone_hands_over_first(
    as_olive: Client, olive: User, mia: User, group: Group
) -> None:
    group.memberships.filter(user=mia).update(role="leader")
    organization = group.organization
    page = as_olive.get("/you/data/erase/").content.decode()
    assert f"You are the only one who looks after {organization.name}" in page
    assert f'href="/organizations/{organization.public_id}/"' in page
    with pytest.raises(data_rights.NotYet):
        data_rights.erase(olive, keep=Keep.NOTHING)
    organization.add_admin(mia, by=olive)
    assert data_rights.erase(olive, keep=Keep.NOTHING)
    assert OrganizationAdmin.objects.get(organization=organization).user == mia


def test_a_backup_of_an_older_state_leaves_no_organization_to_nobody(olive: User, mia: User, group: Group) -> None:
    group.memberships.filter(user=mia).update(role="leader")
    data_rights.erase_again(olive.public_id, Keep.NOTHING)
    assert OrganizationAdmin.objects.get(organization=group.organization).user == mia


@pytest.mark.parametrize("keep", Keep)
def test_a_group_of_one_goes_with_its_person(
    as_stan: Client, stan: User, foreign_group: Group, group: Group, keep: Keep
) -> None:
    make_act(foreign_group, stan, text="Watered the tree.")
    assert "has nobody else in it" in as_stan.get("/you/data/erase/").content.decode()
    data_rights.erase(stan, keep=keep)
    forget_groups()
    assert list(Group.objects.all()) == [group]
    assert list(Organization.objects.all()) == [group.organization]
    assert not Act.objects.exists()
