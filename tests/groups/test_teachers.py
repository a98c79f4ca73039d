"""A substitute's day, a colleague who stays, and the days of a school (BAD_INPUTS 45, 48)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from groups.launch import is_ready
from groups.models import Group, JoinCode, OrganizationAdmin, School, SchoolSpan
from groups.models.group import LastLeader
from groups.retention import purge_classes
from notifications.models import Notice
from tests.client import CheckedClient, pupil_client
from tests.factories import join, make_class, make_group, make_pupil, make_user


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels")


def browser(user: User) -> CheckedClient:
    client = CheckedClient()
    client.force_login(user)
    return client


def code_for(client: Client, group: Group, **data: Any) -> JoinCode:
    assert client.post(f"/groups/{group.slug}/teachers/", data).status_code == 302
    return JoinCode.objects.live().filter(group=group, purpose="staff").latest("pk")


def stand_in(client: Client, group: Group) -> User:
    sue = make_user("Sue Substitute")
    code = code_for(client, group, do="substitute", day=group.organization.today().isoformat())
    assert browser(sue).post(f"/join/{code.code}/").status_code == 302
    return sue


def test_a_substitute_teaches_for_the_day_and_is_out_by_night(as_theo: Client, kestrels: Group) -> None:
    sue = stand_in(as_theo, kestrels)
    client = browser(sue)
    assert client.get(f"/groups/{kestrels.slug}/pupils/").status_code == 200
    midnight = kestrels.organization.start_of(kestrels.organization.today() + timedelta(days=1))
    with time_machine.travel(midnight + timedelta(seconds=1), tick=False):
        assert browser(sue).get(f"/groups/{kestrels.slug}/pupils/").status_code == 404


def test_what_a_substitute_has_not_read_goes_with_their_place(as_theo: Client, kestrels: Group) -> None:
    sue = stand_in(as_theo, kestrels)
    own = make_group(sue, name="Sue's Own Group")
    for context in ({"group": kestrels.pk}, {"run_group": kestrels.pk}, {"group": own.pk}):
        Notice.objects.create(recipient=sue, kind="report", key=str(context), in_app=True, context=context)
    purge_classes()
    assert Notice.objects.filter(recipient=sue).count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1), tick=False):
        purge_classes()
    assert [notice.context for notice in Notice.objects.filter(recipient=sue)] == [{"group": own.pk}]
    assert kestrels.memberships.get(user=sue).state == "left"


def test_the_link_works_once_and_not_after_the_day(as_theo: Client, kestrels: Group) -> None:
    stand_in(as_theo, kestrels)
    used = JoinCode.objects.filter(purpose="staff").latest("pk")
    assert browser(make_user("Stan")).post(f"/join/{used.code}/").status_code == 404
    fresh = code_for(as_theo, kestrels, do="substitute", day=kestrels.organization.today().isoformat())
    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1)):
        assert browser(make_user("Stan")).get(f"/join/{fresh.code}/").status_code == 404


def test_who_stands_in_does_nothing_that_cannot_be_taken_back(as_theo: Client, kestrels: Group) -> None:
    pupil = make_pupil(kestrels, "Ada")
    client = browser(stand_in(as_theo, kestrels))
    own = f"/groups/{kestrels.slug}"
    data = {"do": "remove", "name": "Ada"}
    assert client.post(f"{own}/pupils/{pupil.user.public_id}/data/", data).status_code == 403
    assert client.post(f"{own}/authorization/", {"do": "withdraw"}).status_code == 403
    assert client.post(f"{own}/teachers/", {"do": "colleague"}).status_code == 403
    assert client.post(f"{own}/delete/", {"name": kestrels.name}).status_code == 403
    assert client.post(f"{own}/settings/archive/", {"do": "away"}).status_code == 403
    kestrels.refresh_from_db()
    assert kestrels.is_open


def test_a_substitute_can_come_a_second_time(as_theo: Client, theo: User, kestrels: Group) -> None:
    sue = stand_in(as_theo, kestrels)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        code = JoinCode.for_colleague(
            kestrels, theo, until=kestrels.organization.start_of(kestrels.organization.today() + timedelta(days=1))
        )
        assert browser(sue).post(f"/join/{code.code}/").status_code == 302
        assert kestrels.is_led_by(sue)
        assert kestrels.memberships.filter(user=sue).count() == 2


def test_the_last_teacher_does_not_leave_a_class_to_a_substitute(as_theo: Client, theo: User, kestrels: Group) -> None:
    stand_in(as_theo, kestrels)
    with pytest.raises(LastLeader):
        kestrels.part_with(theo)


def test_a_colleague_stays_and_the_class_passes_on(as_theo: Client, theo: User, kestrels: Group) -> None:
    tina = make_user("Tina Teacher")
    code = code_for(as_theo, kestrels, do="colleague")
    browser(tina).post(f"/join/{code.code}/")
    with time_machine.travel(timezone.now() + timedelta(days=100)):
        assert kestrels.is_led_by(tina)
        kestrels.part_with(theo)
        assert kestrels.can_be_run_by(tina)
        assert kestrels.has_admin(tina)


def test_a_link_can_be_stopped(as_theo: Client, kestrels: Group) -> None:
    code = code_for(as_theo, kestrels, do="colleague")
    assert code.code
    as_theo.post(f"/groups/{kestrels.slug}/teachers/", {"do": "stop", "code": code.code})
    assert browser(make_user("Stan")).get(f"/join/{code.code}/").status_code == 404


def test_a_teachers_account_that_is_closed_leaves_the_class_to_the_others(theo: User, kestrels: Group) -> None:
    """The next request is out, and who else teaches reads first and cannot leave the class to nobody."""
    ada = make_pupil(kestrels, "Ada")
    tina = make_user("Tina")
    join(kestrels, tina, role="leader")
    client = browser(theo)
    User.objects.filter(pk=theo.pk).update(is_active=False)
    assert client.get(f"/groups/{kestrels.slug}/pupils/").status_code == 302
    assert browser(tina).get(f"/groups/{kestrels.slug}/pupils/").status_code == 200
    pupil = pupil_client(ada)
    told = pupil.post("/tell/", {"kind": "did", "form_key": "form-key-1"}, follow=True).content.decode()
    assert "Your teacher reads it first." in told
    assert "Theo" not in told
    assert set(Notice.objects.filter(kind="acts_wait").values_list("recipient", flat=True)) == {tina.pk}
    assert not is_ready(kestrels)
    with pytest.raises(LastLeader):
        kestrels.part_with(tina)


@pytest.mark.parametrize("how", ["closed", "left"])
def test_links_of_a_teacher_who_is_gone_are_dead(as_theo: Client, theo: User, kestrels: Group, how: str) -> None:
    """What opens the wall or lets in a colleague; by the code of the class its pupils come in as before."""
    tina, make = make_user("Tina"), JoinCode.Purpose
    join(kestrels, tina, role="leader")
    OrganizationAdmin.objects.get_or_create(organization=kestrels.organization, user=tina)
    wall = JoinCode.current(kestrels, theo, make.WALL)
    colleague, hers = JoinCode.for_colleague(kestrels, theo), JoinCode.for_colleague(kestrels, tina)
    door = JoinCode.current(kestrels, theo, make.CLASS)
    if how == "closed":
        User.objects.filter(pk=theo.pk).update(is_active=False)
    else:
        OrganizationAdmin.objects.filter(user=theo).delete()
        kestrels.part_with(theo)
    stranger = browser(make_user("Stan"))
    addresses = {
        f"/wall/{wall.code}/": 404,
        f"/join/{colleague.code}/": 404,
        f"/join/{hers.code}/": 200,
        f"/class/{door.code}/": 200,
    }
    assert {address: stranger.get(address).status_code for address in addresses} == addresses
    assert stranger.post(f"/join/{colleague.code}/").status_code == 404
    assert not kestrels.is_led_by(User.objects.get(name="Stan"))


def test_a_class_whose_only_teacher_is_gone_passes_to_the_next(theo: User, kestrels: Group) -> None:
    """Who looks after the school runs it, sees that nobody teaches it, and makes the link for who will."""
    head, tina = make_user("Hana Head"), make_user("Tina")
    OrganizationAdmin.objects.create(organization=kestrels.organization, user=head)
    User.objects.filter(pk=theo.pk).update(is_active=False)
    classes = browser(head).get(f"/organizations/{kestrels.organization.public_id}/classes/").content.decode()
    assert "Kestrels" in classes
    assert "Theo" not in classes
    code = code_for(browser(head), kestrels, do="colleague")
    browser(tina).post(f"/join/{code.code}/")
    page = f"/groups/{kestrels.slug}/launch/"
    assert browser(tina).post(page, {"key": "moderator", "moderator": theo.public_id}).status_code == 422
    assert browser(tina).post(page, {"key": "moderator", "moderator": tina.public_id}).status_code == 302
    kestrels.classroom.refresh_from_db()
    assert kestrels.classroom.reader == tina


@pytest.mark.parametrize("day", ["", "2001-01-01", "2099-01-01", "tomorrow"])
def test_a_day_within_two_weeks(as_theo: Client, kestrels: Group, day: str) -> None:
    answer = as_theo.post(f"/groups/{kestrels.slug}/teachers/", {"do": "substitute", "day": day})
    assert answer.status_code == 422
    assert not JoinCode.objects.filter(purpose="staff").exists()


# --- School days ---------------------------------------------------------------------------------------


def school_page(group: Group) -> str:
    return f"/organizations/{group.organization.public_id}/school/"


def test_an_admin_sets_days_hours_terms_and_holidays(as_theo: Client, kestrels: Group) -> None:
    hours = {"do": "hours", "weekdays": ["0", "1", "6"], "opens_at": "08:15", "closes_at": "13:00"}
    assert as_theo.post(school_page(kestrels), hours).status_code == 302
    span = {"do": "add", "kind": "holiday", "title": "Half term", "starts_on": "2027-03-01", "ends_on": "2027-03-05"}
    assert as_theo.post(school_page(kestrels), span).status_code == 302
    calendar = School.of(kestrels.organization).calendar
    assert calendar.weekdays == "016"
    assert not calendar.is_school_day(date(2027, 3, 1))
    assert calendar.is_school_day(date(2027, 3, 7))
    page = as_theo.get(school_page(kestrels)).content.decode()
    assert "Half term" in page
    as_theo.post(school_page(kestrels), {"do": "remove", "span": SchoolSpan.objects.get().public_id})
    assert not SchoolSpan.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "hours", "weekdays": [], "opens_at": "08:00", "closes_at": "12:00"},
        {"do": "hours", "weekdays": ["7"], "opens_at": "08:00", "closes_at": "12:00"},
        {"do": "hours", "weekdays": ["0"], "opens_at": "12:00", "closes_at": "08:00"},
        {"do": "hours", "weekdays": ["0"], "opens_at": "25:61", "closes_at": "26:00"},
        {"do": "add", "kind": "holiday", "title": "", "starts_on": "2027-03-01", "ends_on": "2027-03-05"},
        {"do": "add", "kind": "holiday", "title": "x", "starts_on": "2027-03-05", "ends_on": "2027-03-01"},
        {"do": "add", "kind": "feast", "title": "x", "starts_on": "2027-03-01", "ends_on": "2027-03-05"},
        {"do": "add", "kind": "term", "title": "x", "starts_on": "2027-03-01", "ends_on": "2029-03-05"},
    ],
)
def test_hours_and_spans_that_are_none_are_refused(as_theo: Client, kestrels: Group, wrong: dict[str, Any]) -> None:
    before = list(School.objects.values())
    assert as_theo.post(school_page(kestrels), wrong).status_code == 422
    assert list(School.objects.values()) == before
    assert not SchoolSpan.objects.exists()


def test_only_admins_set_the_days_of_a_school(kestrels: Group) -> None:
    tina = make_user("Tina")
    join(kestrels, tina, role="leader")
    assert browser(tina).get(school_page(kestrels)).status_code == 403
    assert browser(make_user("Stan")).get(school_page(kestrels)).status_code == 404
