"""The demo: two groups in mid-challenge, made through the verbs, with numbers that are exact."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Max
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accounts.models import User
from challenges.models import Challenge
from challenges.schedule import Phase
from feed.models import Act, Comment, Counter, Credit, Reaction
from groups.models import Group, JoinCode, Membership, Pupil
from kindness_platform import demo, demo_class
from kindness_platform.demo_ids import fixed_id
from tests.conftest import kept_for_the_file

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """What the command prints; what it makes stays for the whole file."""
    out = StringIO()
    with kept_for_the_file(django_db_blocker):
        call_command("demo", stdout=out)
        yield out.getvalue()


def test_the_demo_is_two_groups_in_mid_challenge(said: str) -> None:
    surgery = Challenge.objects.get(group__name="Ferry Lane Surgery")
    assert (surgery.program_key, surgery.phase) == ("t02", Phase.OPEN)
    assert (surgery.group.organization.today() - surgery.starts_on).days == 10
    assert surgery.group.memberships.active().count() == surgery.participations.count() == 12
    allotments = Challenge.objects.get(group__name="Canal Street Allotments")
    assert (allotments.program_key, allotments.group.mode) == ("t01", "community")
    both = Membership.objects.values("user").annotate(n=Count("pk")).filter(n=2)
    assert both.count() == 1, "one person is in both"
    assert all(JoinCode.live_of(group) for group in Group.objects.exclude(mode="primary"))


def test_there_is_enough_to_look_at(said: str) -> None:
    acts = Act.objects.filter(group__name="Ferry Lane Surgery")
    assert acts.count() >= 40
    assert {"did", "saw", "received"} == set(acts.values_list("kind", flat=True))
    assert acts.filter(signed="someone").exists()
    assert acts.filter(source="tick", text="").exists()
    assert Credit.objects.count() >= 6
    assert Comment.objects.count() >= 8
    assert Reaction.objects.count() >= 80
    longest = Act.objects.exclude(ripple=None).values("ripple").annotate(n=Count("pk"), most=Max("degree"))
    assert max(chain["n"] for chain in longest) >= 5
    chain = max(longest, key=lambda chain: chain["n"])["ripple"]
    assert Act.objects.filter(ripple=chain).values("author").distinct().count() >= 4


def test_the_numbers_are_exact(said: str) -> None:
    for counter in Counter.objects.all():
        acts = Act.objects.filter(
            group=counter.group_id,
            challenge=counter.challenge_id,
            source=counter.source,
            kind=counter.kind,
            state="shown",
        )
        assert counter.total == acts.count()
    for act in Act.objects.all():
        assert act.passed_on_count == act.next_acts.filter(link_kind="passed_on").count()
        assert act.inspired_count == act.next_acts.filter(link_kind="inspired").count()
        assert act.comment_count == act.comments.count()


def test_every_act_has_its_own_moment_in_the_right_order(said: str) -> None:
    moments = list(Act.objects.filter(state="shown").values_list("shown_at", flat=True))
    assert len(moments) == len(set(moments))
    for act in Act.objects.exclude(parent=None).select_related("parent"):
        assert act.parent
        assert act.parent.shown_at
        assert act.shown_at
        assert act.parent.shown_at < act.shown_at
    for act in Act.objects.select_related("author", "challenge"):
        assert act.challenge
        assert act.challenge.starts_on <= act.done_on <= act.group.organization.today()
    assert not Act.objects.filter(step__isnull=False).exclude(challenge=None).exclude(kind__in=["did", "saw"]).exists()


def test_people_can_sign_in_with_what_is_printed(said: str) -> None:
    mina = User.objects.get(email="mina@example.org")
    assert "mina@example.org" in said
    assert demo.PASSWORD in said
    assert mina.check_password(demo.PASSWORD)
    client = Client()
    typed = {"login": "mina@example.org", "password": demo.PASSWORD}
    assert client.post(reverse("account_login", query={"with": "password"}), typed)["Location"] == reverse("home")


def test_everybody_keeps_their_patch(said: str) -> None:
    """Patches are drawn from public ids, so those of the demo are the same in every run."""
    assert User.objects.get(email="mina@example.org").public_id == fixed_id("mina@example.org")
    pupils = Pupil.objects.filter(user__memberships__group__name=demo_class.CLASS)
    assert {one.user.public_id for one in pupils} == {fixed_id(f"{demo_class.CLASS} {n}") for n in demo_class.NAMES}
    assert len(set(User.objects.values_list("public_id", flat=True))) == User.objects.count()


def test_it_is_said_in_which_groups_somebody_is(said: str) -> None:
    assert "  Rosa Delgado, member of Ferry Lane Surgery, member of Canal Street Allotments: rosa@" in said
    assert "  Mina Osei, leads Ferry Lane Surgery: mina@" in said
    assert said.count("@example.org") == 5


def test_there_is_a_class_with_things_to_read_and_pupils_who_can_come_in(said: str) -> None:
    group = Group.objects.get(name=demo_class.CLASS)
    assert demo_class.CODE in said
    assert "thea@example.org" in said
    teacher = Client()
    teacher.force_login(User.objects.get(email="thea@example.org"))
    assert "6 wait to be read." in teacher.get(reverse("lead", args=[group.slug])).content.decode()
    queue = teacher.get(reverse("waiting", args=[group.slug])).content.decode()
    assert queue.index("nobody likes me") < queue.index("I lent Rosa my ruler.")
    assert "Nell picked up all the pencils" in teacher.get(reverse("wall", args=[group.slug])).content.decode()
    pupil, leila = Client(), Pupil.objects.in_class(group).get(user__name="Leila")
    address = f"/class/{demo_class.CODE}/{leila.user.public_id}/"
    *first, last = demo_class.PICTURES
    assert pupil.post(address, {"picked": first, "tap": last})["Location"] == "/"
    assert "Thea Okafor" in pupil.get("/").content.decode()
