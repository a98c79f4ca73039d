"""What becomes of a class at the end of its term: a booklet to keep, and then the next year or nothing."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from groups.models import Authorization, Classroom, Group, Membership, Pupil
from groups.next_year import AlreadyOver, roll_over
from kindness_platform.booklet_pdf import Booklet, Entry, pdf_of
from kindness_platform.purge import purge_groups
from tests.client import pupil_client
from tests.factories import make_act, make_challenge, make_class, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kestrels(olive: User) -> Group:
    return make_class(olive, name="Kestrels 4", pupils=["Ana", "Ben", "Cleo"])


def pupil(group: Group, name: str) -> Pupil:
    return Pupil.objects.in_class(group).get(user__name=name)


def approved(group: Group, olive: User, name: str, text: str, **overrides: Any) -> None:
    act = make_act(group, pupil(group, name).user, text=text, **overrides)
    if act.state != "shown":
        act.change("shown", by=olive, why="read")


def booklet(client: Client, group: Group) -> str:
    reply = client.get(reverse("class-booklet", args=[group.slug]))
    assert reply.status_code == 200
    return str(reply.content.decode())


def test_the_booklet_holds_what_was_approved_with_first_names(as_olive: Client, olive: User, kestrels: Group) -> None:
    make_challenge(kestrels, program="t11")
    approved(kestrels, olive, "Ana", "I shared my pens.")
    approved(kestrels, olive, "Ben", "I said good morning.", signed="someone")
    make_act(kestrels, pupil(kestrels, "Cleo").user, text="Nobody has read this.")
    approved(kestrels, olive, "Cleo", "Just for me.", audience="private")
    html = booklet(as_olive, kestrels)
    assert "I shared my pens." in html
    assert "Ana" in html
    assert "I said good morning." in html
    assert "Someone" in html
    assert "Nobody has read this." not in html
    assert "Just for me." not in html
    assert "Cleo" not in html
    assert "Classroom Kindness Counts" in html


@pytest.mark.parametrize(
    ("names", "shown", "missing"), [("initial", "A.", "Ana"), ("none", "Someone in our class", "Ana")]
)
def test_names_stand_in_the_booklet_as_the_class_shows_them(
    as_olive: Client, olive: User, kestrels: Group, names: str, shown: str, missing: str
) -> None:
    approved(kestrels, olive, "Ana", "I shared my pens.")
    Classroom.objects.filter(group=kestrels).update(names=names)
    html = booklet(as_olive, kestrels)
    assert shown in html
    assert missing not in html


def test_a_booklet_counts_nobody_alone(as_olive: Client, olive: User, kestrels: Group) -> None:
    make_challenge(kestrels, program="t11")
    for n in range(3):
        approved(kestrels, olive, "Ana", f"I helped {n}.", challenge=kestrels.challenges.get())
    html = booklet(as_olive, kestrels)
    assert "3 acts of kindness, together" in html


def pdf(client: Client, group: Group) -> tuple[str, int]:
    """What can be read in the file, and how many pages it has."""
    reply = client.get(reverse("class-booklet-file", args=[group.slug]))
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/pdf")
    assert reply["Content-Disposition"] == f'attachment; filename="{group.slug}.pdf"'
    pages = PdfReader(io.BytesIO(reply.content)).pages
    return "\n".join(page.extract_text() for page in pages), len(pages)


def test_the_file_holds_what_was_approved_with_first_names(as_olive: Client, olive: User, kestrels: Group) -> None:
    make_challenge(kestrels, program="t11")
    approved(kestrels, olive, "Ana", "I shared my pens.")
    approved(kestrels, olive, "Ben", "I said good morning.", signed="someone")
    make_act(kestrels, pupil(kestrels, "Cleo").user, text="Nobody has read this.")
    approved(kestrels, olive, "Cleo", "Just for me.", audience="private")
    text, pages = pdf(as_olive, kestrels)
    assert pages == 2
    for words in ("Kestrels 4", "Classroom Kindness Counts", "I shared my pens.", "Ana ·", "I said good", "Someone ·"):
        assert words in text
    for words in ("Nobody has read this", "Just for me", "Cleo", "Ben"):
        assert words not in text
    Classroom.objects.filter(group=kestrels).update(names="none")
    assert "Ana" not in pdf(as_olive, kestrels)[0]


# What is told, and what is read in the file. Brackets stand as they are seen; Arabic letters have their joined shapes.
SCRIPTS = {
    "Łukasz ő ş ž": "Łukasz ő ş ž",
    "Олена помогла": "Олена помогла",
    "Νίκος, გიორგი, Անի": "Νίκος, გიორგი, Անի",
    "עזרתי (3 ספרים).": ".(ספרים 3) עזרתי",
    "سلام": "\ufeb3\ufefc\ufee1",
    "李雷 helped 王芳": "________ helped ________",
    "🪡 Sewed a button 🧵": "Sewed a button",
    "x" * 900: "x" * 40,
}


@pytest.mark.every_row
@pytest.mark.parametrize(("told", "read"), SCRIPTS.items(), ids=range(len(SCRIPTS)))
def test_each_script_is_drawn_or_has_a_line_to_write_on(told: str, read: str) -> None:
    told_by_lee = Entry(told, "李雷" if "李" in told else "Ana", "Monday")
    file = pdf_of(Booklet(title="K", together="", chapters=[], entries=[told_by_lee], seed="k", language="en"))
    raw = " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages).split())
    assert read in raw
    assert ("Where a line is empty" in raw) == ("李" in told)
    assert "\ufffd" not in raw


def test_no_act_is_torn_and_nothing_is_lost_over_many_pages(as_olive: Client, olive: User, kestrels: Group) -> None:
    for n in range(30):
        approved(kestrels, olive, ("Ana", "Ben", "Cleo")[n % 3], f"Number {n}. " + "We tidied the whole room. " * 8)
    text, pages = pdf(as_olive, kestrels)
    assert pages > 3
    assert [int(n) for n in re.findall(r"Number (\d+)\.", text)] == list(range(30))


def test_an_empty_class_has_a_cover_and_a_sentence(as_olive: Client, kestrels: Group) -> None:
    text, pages = pdf(as_olive, kestrels)
    assert pages == 1
    assert "Nothing was told in words." in text


def test_the_page_leads_to_the_booklet_the_tables_and_both_ways_on(as_olive: Client, kestrels: Group) -> None:
    html = as_olive.get(reverse("class-end", args=[kestrels.slug])).content.decode()
    for name in ("class-booklet-file", "class-booklet", "lead-acts", "lead-numbers", "class-next-year", "group-delete"):
        assert reverse(name, args=[kestrels.slug]) in html


def answers(group: Group, *names: str, **more: str) -> dict[str, Any]:
    along = [pupil(group, name).user.public_id for name in names]
    return {"name": "Kestrels 5", "pupils": along, "agreed": "on", **more}


def test_it_takes_two_steps(as_olive: Client, kestrels: Group) -> None:
    page = reverse("class-next-year", args=[kestrels.slug])
    sure = as_olive.post(page, answers(kestrels, "Ana", "Ben"))
    html = sure.content.decode()
    assert "2 children come along." in html
    assert "One child does not" in html
    assert Group.objects.filter(name="Kestrels 5").count() == 0
    reply = as_olive.post(page, answers(kestrels, "Ana", "Ben", do="yes"))
    new = Group.objects.get(name="Kestrels 5")
    assert reply["Location"] == reverse("class-launch", args=[new.slug])


def test_who_comes_along_keeps_the_card_and_who_does_not_goes_with_the_old_class(
    olive: User, kestrels: Group, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    make_challenge(kestrels, program="t11")
    approved(kestrels, olive, "Ana", "I shared my pens.")
    ana, secret = pupil(kestrels, "Ana"), pupil(kestrels, "Ana").credential
    new = roll_over(kestrels, name="Kestrels 5", pupils=[ana, pupil(kestrels, "Ben")], by=olive)
    assert [one.name for one in Pupil.objects.in_class(new)] == ["Ana", "Ben"]
    assert pupil(new, "Ana").credential == secret
    assert "Kestrels 5" in pupil_client(pupil(new, "Ana")).get("/").content.decode()
    assert new.can_be_run_by(olive)
    assert not new.challenges.exists()
    assert not new.acts.exists()
    assert Authorization.objects.covering(new).get().recorded_by == olive
    old = Group.objects.get(pk=kestrels.pk)
    assert old.delete_after is not None
    with time_machine.travel(old.delete_after + timedelta(minutes=1), tick=False):
        purge_groups()
    assert not Group.objects.filter(pk=kestrels.pk).exists()
    assert set(User.objects.filter(kind="pupil").values_list("name", flat=True)) == {"Ana", "Ben"}


def test_for_seven_days_the_old_class_can_be_brought_back(olive: User, kestrels: Group) -> None:
    roll_over(kestrels, name="Kestrels 5", pupils=[], by=olive)
    old = Group.objects.get(pk=kestrels.pk)
    assert old.keep(olive)
    assert [one.name for one in Pupil.objects.in_class(old)] == ["Ana", "Ben", "Cleo"]


def test_a_double_click_begins_one_class(olive: User, kestrels: Group) -> None:
    roll_over(kestrels, name="Kestrels 5", pupils=[], by=olive)
    with pytest.raises(AlreadyOver):
        roll_over(Group.objects.select_related("organization").get(pk=kestrels.pk), name="Again", pupils=[], by=olive)
    assert not Group.objects.filter(name="Again").exists()


def test_what_holds_for_the_class_stays_and_a_substitute_does_not(olive: User, kestrels: Group) -> None:
    co_teacher, substitute = make_user("Cora"), make_user("Sue")
    kestrels.admit(co_teacher, role="leader")
    kestrels.admit(substitute, role="leader")
    Membership.objects.filter(user=substitute).update(until=timezone.now() + timedelta(days=1))
    Classroom.objects.filter(group=kestrels).update(sign_in="words", names="initial")
    kestrels.override("reactions_open", allowed=False, by=olive)
    new = roll_over(Group.objects.get(pk=kestrels.pk), name="Kestrels 5", pupils=[], by=olive)
    new = Group.objects.select_related("organization", "classroom").get(pk=new.pk)
    assert (new.classroom.sign_in, new.classroom.names) == ("words", "initial")
    assert not new.policy.reactions_open
    leaders = set(new.memberships.active().leaders().values_list("user__name", flat=True))
    assert leaders == {"Olive Okafor", "Cora"}


def test_without_the_schools_yes_no_class_goes_on(as_olive: Client, kestrels: Group) -> None:
    page = reverse("class-next-year", args=[kestrels.slug])
    assert as_olive.post(page, {**answers(kestrels, "Ana", do="yes"), "agreed": ""}).status_code == 422
    assert not Group.objects.filter(name="Kestrels 5").exists()


def test_a_child_of_another_class_does_not_come_along(as_olive: Client, kestrels: Group, stan: User) -> None:
    foreign = pupil(make_class(stan, pupils=["Zoe"]), "Zoe")
    page = reverse("class-next-year", args=[kestrels.slug])
    sent = {**answers(kestrels, do="yes"), "pupils": [foreign.user.public_id]}
    assert as_olive.post(page, sent).status_code == 422


def test_a_group_of_adults_has_no_term(as_olive: Client, group: Group) -> None:
    for name in ("class-end", "class-booklet", "class-next-year"):
        assert as_olive.get(reverse(name, args=[group.slug])).status_code == 404
