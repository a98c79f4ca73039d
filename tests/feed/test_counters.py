"""Totals are kept in the transaction of every change; whatever happens, they equal a recount (G6)."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act, Comment, Counter, Photo
from feed.recount import recount
from feed.totals import together, told, totals_of
from groups.models import Group
from tests.factories import join, make_act, make_challenge, make_group, make_user

KINDS = st.sampled_from(["did", "saw", "received"])
STATES = st.sampled_from(["shown", "pending", "hidden", "returned", "removed"])
AUDIENCES = st.sampled_from(["private", "leaders", "group", "organization"])
MOVES = st.one_of(
    st.tuples(st.just("post"), KINDS, AUDIENCES, st.sampled_from(["", "passed_on", "inspired"]), st.booleans()),
    st.tuples(st.just("move"), STATES),
    st.tuples(st.just("rewrite"), AUDIENCES, st.sampled_from(["", "Changed."])),
    st.tuples(st.just("comment")),
    st.tuples(st.just("uncomment")),
)


class TestWhateverHappens(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(moves=st.lists(st.tuples(st.integers(0, 9), MOVES), max_size=25))
    def test_the_totals_equal_a_recount(self, moves: list[tuple[int, tuple[Any, ...]]]) -> None:
        leader = make_user("Olive Okafor")
        group = make_group(leader)
        member = make_user("Mia Marsh")
        join(group, member)
        challenge = make_challenge(group)
        for which, move in moves:
            _do(which, move, group, challenge, [leader, member])
        assert recount() == []
        shown = Act.objects.filter(group=group, state="shown")
        _agree(group, challenge, shown.exclude(audience="private"))
        for n in range(3):
            join(group, make_user(f"Person {n}"))
        _agree(group, challenge, shown)


def _agree(group: Group, challenge: Challenge, acts: "QuerySet[Act]") -> None:
    """Every number that is shown is the number of these acts."""
    assert together(group).acts == acts.count()
    assert totals_of([challenge])[challenge.pk].total == acts.filter(challenge=challenge).count()
    assert told(Act.objects.filter(group=group)).count() == acts.count()


def _do(which: int, move: tuple[Any, ...], group: Group, challenge: Challenge, people: list[User]) -> None:
    acts = list(Act.objects.filter(group=group).order_by("pk"))
    who = people[which % 2]
    if move[0] == "post":
        _name, kind, audience, link, counts = move
        parent = acts[which % len(acts)] if acts and link else None
        where = challenge if counts else None
        make_act(
            group, who, kind=kind, audience=audience, challenge=where, parent=parent, link_kind=link if parent else ""
        )
    elif acts:
        act = acts[which % len(acts)]
        if move[0] == "move":
            act.change(move[1], by=who)
        elif move[0] == "rewrite":
            act.rewrite(text=move[2], done_on=act.done_on, audience=move[1], signed="me", by=who)
        elif move[0] == "comment":
            Comment.objects.post(act, who, "So it was you.", form_key=f"form-{Comment.objects.count()}")
        elif comment := Comment.objects.filter(act=act).first():
            comment.remove()
            comment.remove()


def test_a_tick_that_gets_words_is_told_and_one_that_loses_them_is_ticked(
    as_mia: Client, group: Group, mia: User, challenge: Challenge
) -> None:
    act = make_act(group, mia, challenge=challenge, text="", source="tick")
    said = {"text": "Carried the boxes.", "day": act.done_on.isoformat(), "sign": "me"}

    def counts() -> tuple[int, int]:
        totals = totals_of([challenge])[challenge.pk]
        return totals.ticked, totals.posted

    assert counts() == (1, 0)
    as_mia.post(reverse("act-edit", args=[act.public_id]), said)
    assert counts() == (0, 1)
    as_mia.post(reverse("act-edit", args=[act.public_id]), said | {"text": "", "sign": "private"})
    assert Counter.objects.get(total=1).private
    as_mia.post(reverse("act-edit", args=[act.public_id]), said | {"text": ""})
    assert counts() == (1, 0)
    assert recount() == []


def test_what_was_passed_on_or_shows_a_photo_is_no_tick_without_words(group: Group, olive: User, mia: User) -> None:
    shown = make_act(group, olive)
    Photo.objects.create(group=group, act=shown, uploader=olive, width=9, height=9)
    passed_on = make_act(group, mia, parent=shown, link_kind="passed_on")
    ticked = make_act(group, mia, parent=shown, link_kind="inspired", source="tick", text="")
    for act in (shown, passed_on, ticked):
        act.rewrite(text="", done_on=act.done_on, audience="group", signed="me", by=act.author or olive)
    assert [act.source for act in (shown, passed_on, ticked)] == ["posted", "posted", "tick"]
    assert recount() == []


@pytest.fixture
def counted(group: Group, olive: User, mia: User, challenge: Challenge) -> Act:
    act = make_act(group, olive, challenge=challenge)
    make_act(group, mia, parent=act, link_kind="passed_on")
    make_act(group, mia, parent=act, link_kind="inspired")
    Comment.objects.post(act, mia, "So it was you.", form_key="mias-form")
    act.refresh_from_db()
    return act


def test_two_hands_at_one_act_move_it_once(counted: Act, olive: User, mia: User) -> None:
    twin = Act.objects.get(pk=counted.pk)
    assert counted.change("removed", by=olive)
    assert not twin.change("removed", by=mia)
    assert recount() == []


def test_who_takes_down_what_got_words_meanwhile_counts_out_what_it_is_now(
    group: Group, olive: User, mia: User
) -> None:
    tick = make_act(group, mia, text="", source="tick")
    read_before = Act.objects.get(pk=tick.pk)
    tick.rewrite(text="Carried the boxes.", done_on=tick.done_on, audience="group", signed="me", by=mia)
    assert read_before.change("removed", by=olive)
    assert recount() == []


def test_recount_tells_what_is_wrong_and_mends_it(counted: Act) -> None:
    assert recount() == []
    Act.objects.filter(pk=counted.pk).update(passed_on_count=9, inspired_count=0, comment_count=7)
    Counter.objects.filter(challenge=counted.challenge).update(total=100)
    Counter.objects.filter(challenge=None).delete()
    with pytest.raises(CommandError, match="5 totals are not what they count"):
        call_command("recount", "--check", stdout=StringIO())
    out = StringIO()
    call_command("recount", stdout=out)
    assert "9 stored, 1 counted" in out.getvalue()
    assert "5 totals put right" in out.getvalue()
    out = StringIO()
    call_command("recount", "--check", stdout=out)
    assert "Every total is what it counts." in out.getvalue()


@pytest.mark.parametrize("people", [2, 4, 5])
def test_what_was_kept_counts_only_where_nobody_can_tell_whose_it_is(
    as_olive: Client, mia: User, group: Group, challenge: Challenge, people: int
) -> None:
    for n in range(people - 2):
        join(group, make_user(f"Person {n}"))
    join(make_group(), mia)  # who is in many groups is still one of this one
    make_act(group, mia, challenge=challenge, audience="private", kind="received")
    make_act(group, mia, challenge=challenge, audience="leaders")
    number = 2 if people == 5 else 1
    lead = as_olive.get(f"/groups/{group.slug}/lead/").context
    assert (lead["totals"].total, lead["totals"].received) == (number, number - 1)
    assert (lead["acts_this_week"], sum(day.received for day in lead["table"])) == (number, number - 1)
    assert together(group).acts == number


@pytest.mark.parametrize("gone", [{"state": "left"}, {"until": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_who_left_makes_no_crowd(mia: User, group: Group, challenge: Challenge, gone: dict[str, Any]) -> None:
    for n in range(3):
        join(group, make_user(f"Person {n}"))
    make_act(group, mia, challenge=challenge, audience="private")
    assert totals_of([challenge])[challenge.pk].total == 1
    group.memberships.filter(user__name="Person 1").update(**gone)
    assert totals_of([challenge])[challenge.pk].total == 0
    assert together(group).acts == 0


def test_an_act_that_is_shared_later_changes_its_counter(mia: User, group: Group, challenge: Challenge) -> None:
    act = make_act(group, mia, challenge=challenge, audience="private")
    for audience, number in (("group", 1), ("private", 0), ("leaders", 1)):
        act.rewrite(text="Told after all.", done_on=act.done_on, audience=audience, signed="me", by=mia)
        assert totals_of([challenge])[challenge.pk].total == number
        assert recount() == []
