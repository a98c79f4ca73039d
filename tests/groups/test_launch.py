"""From "I have a class" to the first challenge: the school's yes, the list, a program (CHILDREN C10; SEEDS E-06)."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.models.audit import AuditEntry
from challenges.catalog import programs
from challenges.models import Challenge, Participation
from groups.launch import LINES, is_ready, launch_of
from groups.models import Authorization, Group, LaunchCheck, Organization, School, SchoolSpan, SupportContact
from tests.client import CheckedClient
from tests.factories import join, make_challenge, make_class, make_group, make_user


@pytest.fixture
def bare(theo: User) -> Group:
    """A class with nothing settled."""
    return make_group(theo, name="Kestrels", mode="primary")


@pytest.fixture
def any_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written for which age: here a class may begin all there is."""
    monkeypatch.setattr("challenges.views.classes.programs_for", lambda *_who, language: programs(language))


def settle(client: Client, group: Group, *, without: str = "") -> None:
    SupportContact.objects.create(organization=group.organization, name="Nurse", phone="112")
    for line in LINES:
        if line.key != without:
            teacher = group.memberships.leaders().first()
            assert teacher
            data = {"key": line.key, "words": "Ms. Bell", "moderator": teacher.user.public_id}
            assert client.post(f"/groups/{group.slug}/launch/", data).status_code == 302, line.key


def authorize(client: Client, group: Group) -> None:
    data = {"do": "give", "basis": "school", "given_by": "Dr. Yusuf, head teacher", "read": "on"}
    assert client.post(f"/groups/{group.slug}/authorization/", data).status_code == 302


def test_a_class_is_made_on_one_page_with_its_school(as_theo: Client, theo: User) -> None:
    data = {"name": "Class 4 Kestrels", "ages": "primary", "school_name": "Ferry Lane School", "form_key": "one"}
    for _click in range(2):  # a double click makes one class
        answer = as_theo.post("/start/class/", data)
        group = Group.objects.get()
        assert answer["Location"] == f"/groups/{group.slug}/launch/"
    assert (group.mode, group.age_band, group.organization.name) == ("primary", "7-11", "Ferry Lane School")
    assert group.has_admin(theo)
    assert not group.join_codes.exists()


def test_a_second_class_joins_the_same_school(as_theo: Client, theo: User) -> None:
    first = make_class(theo)
    school = first.organization
    answer = as_theo.post("/start/class/", {"name": "Class 5", "ages": "older", "school": school.public_id})
    assert answer.status_code == 302
    second = Group.objects.exclude(pk=first.pk).get()
    assert (second.organization, second.mode, second.age_band) == (school, "secondary", "16-18")
    assert Organization.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"ages": ""}, {"ages": "adult"}, {"school_name": ""}, {"name": "\u200b"}, {"name": "x" * 81}],
)
def test_what_is_missing_is_asked_for(as_theo: Client, wrong: dict[str, str]) -> None:
    data = {"name": "Class 4", "ages": "primary", "school_name": "School", **wrong}
    assert as_theo.post("/start/class/", data).status_code == 422
    assert not Group.objects.exists()


def test_the_way_to_a_class_is_on_the_start_page(visitor: Client) -> None:
    assert 'href="/start/class/"' in visitor.get("/start/").content.decode()
    assert visitor.get("/start/class/").status_code == 302  # who they are is asked first


def test_the_yes_is_recorded_with_who_when_and_which_words(as_theo: Client, theo: User, bare: Group) -> None:
    authorize(as_theo, bare)
    given = Authorization.objects.get()
    assert (given.given_by, given.recorded_by, given.group, given.text_version) == (
        "Dr. Yusuf, head teacher",
        theo,
        bare,
        1,
    )
    assert "Dr. Yusuf, head teacher" in as_theo.get(f"/groups/{bare.slug}/authorization/").content.decode()
    as_theo.post(f"/groups/{bare.slug}/authorization/", {"do": "withdraw"})
    assert not Authorization.objects.live().exists()
    words = AuditEntry.objects.filter(thing="groups.Authorization").values_list("verb", flat=True)
    assert list(words) == ["authorized", "withdrew"]


def test_a_yes_nobody_has_read_is_none(as_theo: Client, bare: Group) -> None:
    data = {"do": "give", "basis": "school", "given_by": "Dr. Yusuf"}
    assert as_theo.post(f"/groups/{bare.slug}/authorization/", data).status_code == 422
    assert not Authorization.objects.exists()


def test_a_teacher_does_not_take_back_the_yes_of_the_whole_school(theo: User, bare: Group) -> None:
    Authorization.objects.give(bare.organization, None, basis="school", given_by="Dr. Yusuf", by=theo)
    tina = make_user("Tina")
    join(bare, tina, role="leader")
    client = CheckedClient()
    client.force_login(tina)
    client.post(f"/groups/{bare.slug}/authorization/", {"do": "withdraw"})
    assert Authorization.objects.live().exists()


def test_every_line_says_why(as_theo: Client, bare: Group) -> None:
    page = as_theo.get(f"/groups/{bare.slug}/launch/").content.decode()
    assert {line.key for line in LINES} == set(LaunchCheck.Key)
    from django.utils.html import escape

    assert all(escape(str(line.why)) in page for line in LINES)
    assert "7 lines are left." in page


@pytest.mark.parametrize("missing", ["", *(line.key for line in LINES), "authorization"])
def test_a_challenge_begins_when_every_line_is_settled_and_not_before(
    as_theo: Client, bare: Group, missing: str, any_program: None
) -> None:
    if missing != "authorization":
        authorize(as_theo, bare)
    settle(as_theo, bare, without=missing)
    School.objects.create(organization=bare.organization, weekdays="0123456")
    assert is_ready(bare) is (missing == "")
    data = {"program": "t08", "starts_on": bare.organization.today().isoformat()}
    answer = as_theo.post(f"/groups/{bare.slug}/begin/", data)
    if missing:
        assert answer["Location"] == f"/groups/{bare.slug}/launch/"
        assert not Challenge.objects.exists()
    else:
        assert answer["Location"] == f"/groups/{bare.slug}/lead/"
        assert Participation.objects.filter(challenge=Challenge.objects.get()).count() == 1


def test_people_to_turn_to_have_to_be_named_and_the_reader_has_to_teach_here(
    as_theo: Client, theo: User, bare: Group
) -> None:
    page = f"/groups/{bare.slug}/launch/"
    assert as_theo.post(page, {"key": "support_contacts"}).status_code == 422
    stranger = make_user("Stan")
    assert as_theo.post(page, {"key": "moderator", "moderator": stranger.public_id}).status_code == 422
    assert as_theo.post(page, {"key": "nonsense"}).status_code == 400
    assert as_theo.post(page, {"key": "data_form", "words": " \u200b "}).status_code == 422
    assert not LaunchCheck.objects.exists()


def test_when_the_reader_leaves_the_line_is_open_again(theo: User) -> None:
    group = make_class(theo)
    tina = make_user("Tina")
    join(group, tina, role="leader")
    group.classroom.change(theo, moderator=tina)
    assert launch_of(Group.objects.get(pk=group.pk)).is_ready
    group.part_with(tina)
    assert not launch_of(Group.objects.get(pk=group.pk)).is_ready


def test_running_it_again_asks_for_the_list_too(as_theo: Client, theo: User) -> None:
    group = make_class(theo)
    challenge = make_challenge(group, program="t08")
    Authorization.objects.get().withdraw(theo)
    answer = as_theo.get(f"/challenges/{challenge.public_id}/again/")
    assert answer["Location"] == f"/groups/{group.slug}/launch/"


def test_a_challenge_does_not_begin_in_the_holidays(as_theo: Client, theo: User, any_program: None) -> None:
    group = make_class(theo)
    today = group.organization.today()
    SchoolSpan.objects.create(
        organization=group.organization,
        kind="holiday",
        title="Half term",
        starts_on=today,
        ends_on=today + timedelta(days=9),
    )
    answer = as_theo.post(f"/groups/{group.slug}/begin/", {"program": "t08", "starts_on": today.isoformat()})
    assert answer.status_code == 422
    assert "no lessons on that day. The next school day is" in answer.content.decode()
    form = as_theo.get(f"/groups/{group.slug}/begin/").content.decode()
    offered = re.search(r'name="starts_on"[^>]*value="([\d-]+)"|value="([\d-]+)"[^>]*name="starts_on"', form)
    assert offered
    assert date.fromisoformat(offered[1] or offered[2]) >= today + timedelta(days=10)


def test_the_letter_to_parents_names_the_school_and_the_way_out(as_theo: Client, theo: User) -> None:
    group = make_class(theo, name="Kestrels")
    letter = as_theo.get(f"/groups/{group.slug}/letter/").content.decode()
    assert "Kestrels" in letter
    assert "safeguarding lead is <bdi>Ms. Bell</bdi>" in letter
    assert "may sit out, now or on any day" in letter


def test_invitations_by_code_do_not_exist_for_classes(as_theo: Client, theo: User) -> None:
    group = make_class(theo)
    assert as_theo.get(f"/groups/{group.slug}/invite/")["Location"] == f"/groups/{group.slug}/pupils/"
    assert as_theo.get(f"/groups/{group.slug}/settings/codes/")["Location"] == f"/groups/{group.slug}/class/"
    assert as_theo.post(f"/groups/{group.slug}/invite/rotate/").status_code in {302, 404}
    assert not group.join_codes.filter(purpose="adult").exists()
