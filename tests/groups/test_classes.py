"""A class as it is stored: who may be added, what signs a child in, and when everything goes (CHILDREN C2–C5, C10)."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Session, User
from accounts.models.audit import AuditEntry
from groups.class_words import WORDS
from groups.models import (
    Authorization,
    Classroom,
    ClassTries,
    Group,
    LaunchCheck,
    NotAuthorized,
    Pupil,
    School,
    SchoolSpan,
)
from groups.models.pupil import ERRORS, Secret
from groups.picture_names import PICTURES
from groups.school_days import Calendar, Span
from kindness_platform.tasks import forget
from tests.factories import join, make_class, make_group, make_pupil, make_user

MONDAY = date(2027, 3, 1)


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels")


def test_a_class_is_founded_with_its_age_and_its_settings(theo: User) -> None:
    primary = make_group(theo, mode="primary")
    secondary = make_group(theo, mode="secondary")
    older = make_group(theo, mode="secondary", age_band="16-18")
    assert [group.age_band for group in (primary, secondary, older)] == ["7-11", "11-15", "16-18"]
    assert all(group.is_class and group.classroom.moderator == theo for group in (primary, secondary, older))
    assert not make_group(theo).is_class
    assert Classroom.objects.count() == 3


def test_nobody_is_added_before_the_school_has_said_yes(theo: User) -> None:
    group = make_group(theo, mode="primary")
    with pytest.raises(NotAuthorized):
        Pupil.objects.add(group, "Ada", by=theo)
    Authorization.objects.give(group.organization, group, basis="school", given_by="Dr. Yusuf", by=theo)
    assert Pupil.objects.add(group, "Ada", by=theo).user.is_pupil


def test_a_yes_for_the_whole_school_holds_for_each_class(theo: User) -> None:
    group = make_group(theo, mode="primary")
    Authorization.objects.give(group.organization, None, basis="school", given_by="Dr. Yusuf", by=theo)
    assert Pupil.objects.add(group, "Ada", by=theo)
    other = make_class(make_user("Stan"))
    assert Authorization.objects.covering(other).get().group == other


def test_a_group_of_adults_has_no_pupils(theo: User) -> None:
    group = make_group(theo)
    Authorization.objects.give(group.organization, group, basis="school", given_by="Dr. Yusuf", by=theo)
    with pytest.raises(NotAuthorized):
        Pupil.objects.add(group, "Ada", by=theo)


def test_a_yes_that_is_taken_back_ends_the_adding_and_stays_on_record(theo: User, kestrels: Group) -> None:
    given = Authorization.objects.get()
    assert given.withdraw(theo)
    assert not given.withdraw(theo)
    with pytest.raises(NotAuthorized):
        Pupil.objects.add(kestrels, "Ada", by=theo)
    assert list(AuditEntry.objects.filter(thing="groups.Authorization").values_list("verb", flat=True)) == [
        "authorized",
        "withdrew",
    ]
    again = Authorization.objects.give(
        kestrels.organization, kestrels, basis="parents", given_by="All parents", by=theo
    )
    assert again.pk != given.pk


def test_a_double_click_is_one_yes(theo: User, kestrels: Group) -> None:
    twice = Authorization.objects.give(kestrels.organization, kestrels, basis="school", given_by="Anybody", by=theo)
    assert Authorization.objects.get() == twice


@pytest.mark.parametrize("whole", [False, True])
def test_the_database_holds_one_live_yes_for_each_scope(theo: User, kestrels: Group, whole: bool) -> None:
    def add() -> None:
        Authorization.objects.create(
            organization=kestrels.organization,
            group=None if whole else kestrels,
            basis="school",
            given_by="x",
            recorded_by=theo,
        )

    if whole:
        add()
    with pytest.raises(IntegrityError):
        add()


def test_a_pupil_has_a_name_a_place_and_a_secret_and_nothing_else(kestrels: Group) -> None:
    pupil = make_pupil(kestrels, "Ada")
    user = User.objects.get(pk=pupil.user_id)
    assert (user.email, user.has_usable_password(), user.kind) == (None, False, "pupil")
    secret = pupil.secret
    assert len(secret.pictures) == 4
    assert set(secret.pictures) <= set(PICTURES)
    assert len(secret.words) == 2
    assert set(secret.words) <= set(WORDS)
    assert len(secret.card) == 24
    for part in (*secret.pictures, *secret.words, secret.card):
        assert part not in pupil.credential


def test_there_are_as_many_pictures_and_words_as_the_odds_are_counted_with() -> None:
    assert len(PICTURES) == len(set(PICTURES)) == 24
    assert len(WORDS) == len(set(WORDS)) == 2048
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 9 for word in WORDS)


def test_secrets_are_drawn_from_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same picture may come twice, else there would be fewer rows to guess among."""
    asked: list[int] = []

    class Dice:
        @staticmethod
        def choice(many: tuple[str, ...]) -> str:
            asked.append(len(many))
            return many[-1]

    monkeypatch.setattr("groups.models.pupil.secrets", Dice)
    assert Secret.draw().pictures == (PICTURES[-1],) * 4
    assert asked == [24] * 4 + [2048] * 2


def test_five_errors_in_a_row_lock_until_the_teacher_opens_again(theo: User, kestrels: Group) -> None:
    pupil = make_pupil(kestrels)
    assert [pupil.take_try() for _try in range(ERRORS - 1)] == [True] * (ERRORS - 1)
    assert not pupil.is_locked
    pupil.note_right()
    assert [Pupil.objects.get(pk=pupil.pk).take_try() for _try in range(ERRORS + 2)] == [True] * ERRORS + [False] * 2
    pupil.refresh_from_db()
    assert pupil.is_locked
    secret = pupil.secret
    pupil.open_again(theo)
    assert not Pupil.objects.get(pk=pupil.pk).is_locked
    assert pupil.secret == secret


def test_a_new_card_kills_the_old_one_and_every_sign_in_by_it(theo: User, kestrels: Group) -> None:
    pupil = make_pupil(kestrels)
    old = pupil.secret
    Session.objects.create(session_key="k", user=pupil.user, expire_date=timezone.now() + timedelta(hours=1))
    pupil.issue(theo)
    assert Pupil.objects.get(pk=pupil.pk).secret != old
    assert not Session.objects.exists()


def test_what_opens_nothing_is_written_in_the_log_without_names(theo: User, kestrels: Group) -> None:
    pupil = make_pupil(kestrels, "Ada")
    pupil.sit_out(out=True, by=theo)
    pupil.rename("Ada B", theo)
    verbs = AuditEntry.objects.filter(thing="groups.Pupil", thing_id=pupil.pk).values_list("verb", flat=True)
    assert list(verbs) == ["added", "sits out", "renamed"]


def test_a_class_has_fifteen_wrong_tries_a_day(kestrels: Group) -> None:
    assert [ClassTries.objects.take(kestrels, MONDAY) for _try in range(17)] == [True] * 15 + [False] * 2
    ClassTries.objects.give_back(kestrels, MONDAY)
    assert ClassTries.objects.take(kestrels, MONDAY)
    assert not ClassTries.objects.take(kestrels, MONDAY)
    assert ClassTries.objects.take(kestrels, MONDAY + timedelta(days=1))
    assert ClassTries.objects.take(make_class(), MONDAY)


def test_a_class_has_three_thousand_wrong_tries_a_year(kestrels: Group) -> None:
    for n in range(1, 201):
        ClassTries.objects.create(group=kestrels, on=MONDAY - timedelta(days=n), wrong=15)
    assert not ClassTries.objects.take(kestrels, MONDAY)
    assert ClassTries.objects.take(kestrels, MONDAY + timedelta(days=165))


def test_the_days_of_a_school() -> None:
    year = Calendar(
        terms=(Span(MONDAY, MONDAY + timedelta(days=27)),),
        holidays=(Span(MONDAY + timedelta(days=7), MONDAY + timedelta(days=11)),),
    )
    off = year.off_days(MONDAY, MONDAY + timedelta(days=30))
    days = {day.day for day in off}
    assert days == {6, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 27, 28, 29, 30, 31}
    assert year.next_school_day(MONDAY + timedelta(days=5)) == MONDAY + timedelta(days=14)
    assert year.next_school_day(MONDAY + timedelta(days=28)) is None
    assert Calendar(weekdays="01236").is_school_day(date(2027, 3, 7))  # a Sunday, in a country that has it so


def test_a_class_is_open_in_school_hours_by_the_clock_of_the_school(theo: User, kestrels: Group) -> None:
    kestrels.organization.change(theo, time_zone="America/New_York")
    School.objects.all().delete()
    classroom = Classroom.objects.select_related("group__organization").get(group=kestrels)

    def at(hour: int, minute: int = 0, day: int = 1) -> bool:
        return classroom.is_open_at(datetime(2027, 3, day, hour, minute, tzinfo=ZoneInfo("America/New_York")))

    assert [at(7, 29), at(7, 30), at(15, 59), at(16), at(10, day=6)] == [False, True, True, False, False]
    classroom.change(theo, after_hours=True)
    assert [at(6, 59), at(7), at(18, 59), at(19), at(10, day=6)] == [False, True, True, False, True]


def test_hours_and_holidays_are_the_schools_own(theo: User, kestrels: Group) -> None:
    School.objects.all().delete()
    school = School.of(kestrels.organization)
    assert school.pk is None
    SchoolSpan.objects.create(
        organization=kestrels.organization, kind="holiday", title="Half term", starts_on=MONDAY, ends_on=MONDAY
    )
    school.change(theo, weekdays="0123")
    again = School.of(kestrels.organization)
    assert again.calendar.off_days(MONDAY, MONDAY + timedelta(days=6)) == {
        MONDAY + timedelta(days=n) for n in (0, 4, 5, 6)
    }


def test_names_are_shown_as_the_class_wants(kestrels: Group) -> None:
    classroom = kestrels.classroom
    shown = []
    for names in Classroom.Names.values:
        classroom.names = names
        shown.append(classroom.shown_name("Ada"))
    assert shown == ["Ada", "A.", "Someone in our class"]


def test_a_line_of_the_list_is_settled_once_and_can_be_said_again(theo: User, kestrels: Group) -> None:
    LaunchCheck.objects.tick(kestrels, "safeguarding_lead", by=theo, words="Mr. Park")
    assert LaunchCheck.objects.get(key="safeguarding_lead").words == "Mr. Park"


def test_a_substitutes_place_ends_by_itself(kestrels: Group) -> None:
    sub = make_user("Sue Substitute")
    place = join(kestrels, sub, role="leader")
    place.until = timezone.now() + timedelta(hours=8)
    place.save()
    assert kestrels.can_be_run_by(sub)
    with time_machine.travel(timezone.now() + timedelta(hours=9), tick=False):
        assert not kestrels.can_be_run_by(sub)
        assert not Group.objects.visible_to(sub).exists()
        forget()
        place.refresh_from_db()
        assert place.state == "left"


def test_with_a_class_its_children_go(settings: Any, tmp_path: Any, theo: User, kestrels: Group) -> None:
    settings.DATA_DIR = tmp_path
    both = make_pupil(kestrels, "Ada")
    only = make_pupil(kestrels, "Ben")
    other = make_class(theo, organization=kestrels.organization)
    other.admit(both.user)
    kestrels.delete_soon(theo)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        forget()
    assert set(User.objects.filter(kind="pupil")) == {both.user}
    assert not Pupil.objects.filter(pk=only.pk).exists()


def test_a_fresh_class_is_as_private_as_it_can_be(theo: User) -> None:
    """Nobody has to close anything to protect a child (CHILDREN C9)."""
    primary, secondary = make_group(theo, mode="primary"), make_group(theo, mode="secondary")
    closed = {"comments_open", "photos_open", "posts_unapproved", "ticks_unapproved", "mail_open"}
    closed |= {"strangers", "money", "food", "touch"}
    for group in (primary, secondary):
        assert not any(getattr(group.policy, name) for name in (*closed, "practices_open", "organization_audience"))
        assert not group.classroom.after_hours
        assert group.classroom.shared_tablets
        assert not group.join_codes.exists()
    assert not primary.policy.text_open


def test_three_columns_say_who_a_child_is_and_no_other(kestrels: Group) -> None:
    """A name, a place and what signs them in (CHILDREN C2)."""
    pupil = make_pupil(kestrels, "Ada")
    user = User.objects.get(pk=pupil.user_id)
    empty = {"email": None, "last_login": None, "terms_accepted_at": None, "terms_fingerprint": ""}
    assert {name: getattr(user, name) for name in empty} == empty
    assert (pupil.hint, pupil.photos_off, pupil.sits_out_since) == ("", False, None)
    assert not user.has_usable_password()
    personal = {"name", "email", "time_zone", "language"} & {name for name in ("name", "email") if getattr(user, name)}
    assert personal == {"name"}
    assert (user.time_zone, user.language) == (kestrels.organization.time_zone, kestrels.organization.language)


def test_a_class_is_kept_for_another_year(theo: User, kestrels: Group, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    with time_machine.travel(timezone.now() + timedelta(days=399), tick=False):
        kestrels.classroom.keep_another_year(theo)
    with time_machine.travel(timezone.now() + timedelta(days=410), tick=False):
        forget()
        assert Group.objects.filter(pk=kestrels.pk, delete_after=None).exists()
