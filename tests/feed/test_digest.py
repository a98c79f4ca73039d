"""The week in one's own groups: on Monday morning, by mail, and only what was shared."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from feed import digest
from feed.models import Act
from groups.models import Group
from notifications import rhythms, tasks
from notifications.models import Clock, Delivery, Notice, SwitchedOff, Topic
from tests.factories import join, make_act, make_challenge, make_class, make_group, make_user

MONDAY = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def week() -> Iterator[time_machine.Traveller]:
    """The days before a Monday."""
    with time_machine.travel("2026-03-05T12:00Z", tick=False) as clock:
        yield clock


def on_monday(*moments: str) -> list[EmailMultiAlternatives]:
    """The letters about a week that ticks at these moments send."""
    before = len(mail.outbox)
    for moment in moments or ("2026-03-09T08:00Z",):
        with time_machine.travel(moment, tick=False):
            tasks.tick()
    return [one for one in mail.outbox[before:] if "digest" in str(one.message()["List-Id"])]  # type: ignore[misc]


def html_of(letter: EmailMultiAlternatives) -> str:
    return str(letter.alternatives[0][0])


@pytest.fixture
def told(group: Group, olive: User, mia: User) -> Group:
    running = make_challenge(group, starts_on=date(2026, 3, 2))
    make_act(group, olive, challenge=running, text="Held the lift for the <new> porter.")
    make_act(group, mia, text="My own words, which I know.")
    make_act(group, olive, text="Quietly fixed the printer.", signed="someone")
    make_act(group, olive, text="For nobody else.", audience="private")
    tasks.tick()
    return group


def test_she_reads_what_was_shared_and_nothing_else(told: Group, mia: User) -> None:
    letter = next(one for one in on_monday() if one.to == [mia.email])
    assert letter.subject == "A week at Ferry Lane Surgery"
    html = html_of(letter)
    for part in (html.replace("&lt;", "<").replace("&gt;", ">"), letter.body):
        assert "3 kind acts, one week." in part
        assert "Held the lift for the <new> porter." in part
        assert "Quietly fixed the printer." in part
        assert "Someone" in part
        assert "My own words" not in part
        assert "For nobody else." not in part
        assert "1 so far in “21 Days of Kindness”." in part
        assert "Today’s prompt:" in part
        assert "/stop/" in part
    assert "List-Unsubscribe-Post" in letter.message()


def test_it_comes_once_on_monday_at_eight_by_ones_own_clock(told: Group, mia: User) -> None:
    mia.time_zone = "Asia/Kathmandu"
    mia.save()
    rhythms.rewind(mia)
    early = on_monday("2026-03-09T02:14Z", "2026-03-09T02:15Z", "2026-03-09T02:16Z")
    assert [letter.to for letter in early] == [[mia.email]]
    assert len(on_monday("2026-03-09T08:00Z", "2026-03-09T08:01Z", "2026-03-10T08:00Z")) == 1


def test_a_week_without_anything_to_tell_is_told_to_nobody(group: Group) -> None:
    make_challenge(group, starts_on=date(2026, 3, 2))
    tasks.tick()
    assert on_monday() == []
    assert not Notice.objects.filter(kind="digest").exists()


@pytest.mark.parametrize(
    ("back_at", "acts", "missed"),
    [
        ("2026-03-09T09:00Z", "3 kind acts, one week.", set()),  # an hour
        ("2026-03-10T10:00Z", "3 kind acts, one week.", set()),  # 26 hours: a week that is over does not change
        ("2026-03-19T09:00Z", "1 kind act, one week.", {"2026-03-09"}),  # two Mondays: the newest is told, one noted
    ],
)
def test_after_standing_still_one_letter_comes(
    back_at: str, acts: str, missed: set[str], told: Group, olive: User
) -> None:
    """SAFETY A11."""
    with time_machine.travel("2026-03-12T12:00Z", tick=False):
        make_act(told, olive, text="In the second week.")
    letters = on_monday(back_at, back_at)
    assert len(letters) == 2
    assert [acts in html_of(one) for one in letters] == [True, True]
    late = Delivery.objects.filter(notice__kind="digest", state="skipped", reason="late")
    assert {one.notice.key for one in late.select_related("notice")} == missed


def test_who_switched_it_off_left_or_was_never_in_gets_none(told: Group, mia: User, olive: User, stan: User) -> None:
    SwitchedOff.objects.switch_off(olive, Topic.DIGEST, "mail", "settings")
    Clock.objects.wind("digest", [stan])
    told.part_with(mia)
    assert on_monday() == []


def test_several_groups_share_one_letter(told: Group, mia: User, stan: User) -> None:
    other = make_group(stan, name="Choir")
    join(other, mia)
    make_act(other, stan, text="Sang for a neighbor.")
    mine = [one for one in on_monday() if one.to == [mia.email]]
    assert len(mine) == 1
    assert mine[0].subject == "A week in your groups"
    assert "Choir" in mine[0].body
    assert "Ferry Lane Surgery" in mine[0].body


def test_no_words_of_pupils_leave_by_mail(db: None) -> None:
    teacher = make_user("Tess Teacher")
    group = make_class(teacher, pupils=["Ada"])
    ada = group.memberships.get(user__kind="pupil").user
    make_act(group, ada, text="Shared my pencils.").change(Act.State.SHOWN, by=teacher, why="read")
    Clock.objects.wind("digest", [teacher])
    tasks.tick()
    [letter] = on_monday()
    assert "1 kind act, one week." in letter.body
    assert "pencils" not in letter.body + html_of(letter)
    assert "Ada" not in letter.body + html_of(letter)


def test_what_was_taken_down_before_it_is_sent_is_not_in_it(told: Group, olive: User, mia: User) -> None:
    with time_machine.travel("2026-03-09T07:59Z", tick=False):
        for act in Act.objects.filter(author=olive):
            act.change(Act.State.REMOVED, by=olive, why="changed my mind")
    mine = next(one for one in on_monday() if one.to == [mia.email])
    assert "lift" not in mine.body
    assert "1 kind act, one week." in mine.body


def test_her_kindness_reached_more_people(told: Group, mia: User, olive: User, stan: User) -> None:
    join(told, stan)
    rhythms.wind([stan])
    origin = Act.objects.get(author=mia)
    for person in (olive, stan, olive):
        make_act(told, person, text="Passed it on.", parent=origin, link_kind="passed_on")
    letters = {one.to[0]: one.body for one in on_monday()}
    assert "Your kindness reached 2 more people." in letters[str(mia.email)]
    assert "/ripples/" in letters[str(mia.email)]
    assert "Your kindness reached" not in letters[str(stan.email)]


def test_the_excerpts_are_of_different_people_where_there_are(told: Group, mia: User) -> None:
    found = digest.weeks_of(mia, MONDAY)[0].excerpts
    assert {one.who for one in found} == {"Olive Okafor", "Someone"}
