"""What becomes of groups, organizations and invitations when somebody goes."""

from typing import Any

from django.core import mail
from django.test import Client

from accounts import data_rights
from accounts.data_rights import Keep
from accounts.models import User
from groups import messages
from groups.models import Group, JoinCode, OrganizationAdmin
from notifications import tasks
from notifications.models import KeptMail, Notice
from tests.factories import join, make_user


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
    assert 'name="keep"' not in page
    answer = as_olive.post("/you/data/erase/confirm/", {"keep": "nothing", "typed": "delete"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/you/data/erase/")
    assert User.objects.filter(pk=olive.pk).exists()
    join(group, make_user("Ned Neu"), role="leader")
    assert 'name="keep"' in as_olive.get("/you/data/erase/").content.decode()


def test_an_organization_passes_to_who_leads_there(as_olive: Client, olive: User, group: Group) -> None:
    join(group, ned := make_user("Ned Neu"), role="leader")
    join(group, make_user("Late Lee"), role="leader")
    assert f"Ned Neu looks after {group.organization.name}" in as_olive.get("/you/data/erase/").content.decode()
    data_rights.erase(olive, keep=Keep.NOTHING)
    assert OrganizationAdmin.objects.get(organization=group.organization).user == ned


def test_a_group_of_one_closes(as_stan: Client, stan: User, foreign_group: Group, group: Group) -> None:
    assert "has nobody else in it" in as_stan.get("/you/data/erase/").content.decode()
    data_rights.erase(stan, keep=Keep.NOTHING)
    foreign_group.refresh_from_db()
    group.refresh_from_db()
    assert foreign_group.archived_at
    assert group.archived_at is None
