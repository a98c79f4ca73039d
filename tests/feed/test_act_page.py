"""The lasting address of an act."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act, Comment, Credit, Moment, Reaction
from feed.models.act import UNDO_TIME
from groups.models import Group
from tests.factories import join, make_act, make_user


def test_a_member_reads_the_act_at_its_own_address(as_mia: Client, group: Group, olive: User) -> None:
    act = make_act(group, olive, text="Left my umbrella at the stop.")
    page = as_mia.get(act.get_absolute_url()).content.decode()
    assert "Left my umbrella at the stop." in page
    assert "An act by Olive Okafor" in page


def test_a_stranger_gets_the_same_answer_as_for_a_nonsense_address(
    as_stan: Client, group: Group, foreign_group: Group, olive: User
) -> None:
    act = make_act(group, olive, text="CANARY")
    there, nowhere = as_stan.get(act.get_absolute_url()), as_stan.get("/acts/2222222222222222/")
    assert there.status_code == nowhere.status_code == 404
    token = re.compile(rb'csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub(b"", there.content) == token.sub(b"", nowhere.content)


def test_somebody_who_left_opens_nothing_any_more(as_mia: Client, group: Group, mia: User, olive: User) -> None:
    own, other = make_act(group, mia), make_act(group, olive)
    group.memberships.get(user=mia).end("left")
    assert as_mia.get(own.get_absolute_url()).status_code == 404
    assert as_mia.get(other.get_absolute_url()).status_code == 404


def test_a_private_act_is_its_authors_alone(as_mia: Client, as_olive: Client, group: Group, mia: User) -> None:
    act = make_act(group, mia, audience="private")
    assert as_olive.get(act.get_absolute_url()).status_code == 404
    page = as_mia.get(act.get_absolute_url()).content.decode()
    assert "Just for me" in page
    assert "Write to the group" not in page


def test_who_took_it_down_is_said_as_it_is(as_mia: Client, group: Group, mia: User, olive: User) -> None:
    mine, theirs = make_act(group, mia), make_act(group, mia)
    mine.change("removed", by=mia)
    theirs.change("removed", by=olive)
    Act.objects.update(removed_at=timezone.now() - UNDO_TIME - timedelta(minutes=1))
    page = as_mia.get(mine.get_absolute_url()).content.decode()
    assert "You took it down so long ago that it cannot come back." in page
    assert "Somebody who runs the group took it down." not in page
    assert "Somebody who runs the group took it down." in as_mia.get(theirs.get_absolute_url()).content.decode()


def test_once_taken_down_only_its_author_finds_the_way_back(
    as_mia: Client, as_olive: Client, group: Group, mia: User
) -> None:
    act = make_act(group, mia, text="CANARY")
    act.change("removed", by=mia)
    assert as_olive.get(act.get_absolute_url()).status_code == 404
    page = as_mia.get(act.get_absolute_url())
    assert page.status_code == 200
    assert f"{act.get_absolute_url()}restore/" in page.content.decode()


def test_what_the_leader_took_down_is_not_the_authors_to_bring_back(
    as_mia: Client, group: Group, mia: User, olive: User
) -> None:
    act = make_act(group, mia)
    act.change("removed", by=olive)
    page = as_mia.get(act.get_absolute_url())
    assert page.status_code == 200
    assert "restore/" not in page.content.decode()


def test_someone_is_nowhere_to_be_found(as_mia: Client, group: Group, olive: User) -> None:
    act = make_act(group, olive, signed="someone")
    act2 = make_act(group, olive, signed="someone", parent=act, link_kind="passed_on")
    for path in (
        act.get_absolute_url(),
        group.get_absolute_url(),
        f"/ripples/{act.public_id}/",
        act2.get_absolute_url(),
    ):
        page = as_mia.get(path).content.decode()
        assert "Someone" in page
        assert "Olive" not in page
        assert olive.public_id not in page


def test_the_author_reads_who_answered_and_nobody_else_does(
    as_mia: Client, as_olive: Client, group: Group, olive: User, mia: User
) -> None:
    act = make_act(group, olive)
    rosa, joan = make_user("Rosa Iglesias"), make_user("Joan Whitlock")
    for person in (rosa, joan):
        join(group, person)
        Reaction.objects.toggle(act, person, "thanks")
    assert "Rosa Iglesias and Joan Whitlock said thank you." in as_olive.get(act.get_absolute_url()).content.decode()
    page = as_mia.get(act.get_absolute_url()).content.decode()
    assert "Rosa" not in page
    assert "Joan" not in page


def test_the_author_reads_who_was_glad_to_be_seen_and_never_who_was_not(
    as_mia: Client, as_olive: Client, group: Group, olive: User, mia: User
) -> None:
    rosa = make_user("Rosa Iglesias")
    join(group, rosa)
    act = make_act(group, mia, kind="saw", credited=[olive, rosa])
    assert "glad" not in as_mia.get(act.get_absolute_url()).content.decode()
    as_olive.post(f"/credits/{Credit.objects.get(person=olive).public_id}/", {"answer": "thank"})
    assert "They were glad that you saw it: Olive Okafor." in as_mia.get(act.get_absolute_url()).content.decode()
    assert "glad" not in as_olive.get(act.get_absolute_url()).content.decode()


def test_the_chain_is_listed_with_the_drawing(as_mia: Client, group: Group, olive: User, mia: User) -> None:
    first = make_act(group, olive, text="Lent my stapler.")
    second = make_act(group, mia, text="Rang my aunt.", parent=first, link_kind="passed_on")
    page = as_mia.get(first.get_absolute_url()).content.decode()
    assert "How far it went" in page
    assert "Rang my aunt." in page
    assert "from 1, degree 1" in page
    assert "1, Olive Okafor. 2, Mia Marsh, from 1." in page
    assert f'id="told-{second.public_id}"' in page


def test_an_act_that_nobody_followed_says_how_to_pass_it_on(as_mia: Client, group: Group, olive: User) -> None:
    page = as_mia.get(make_act(group, olive).get_absolute_url()).content.decode()
    assert "How far it went" not in page
    assert "pass-on/" in page


def test_who_runs_the_group_chooses_moments_for_the_closing_page(
    as_mia: Client, as_olive: Client, as_stan: Client, group: Group, challenge: Challenge, mia: User
) -> None:
    act = make_act(group, mia, challenge=challenge)
    path = f"{act.get_absolute_url()}moment/"
    assert as_stan.post(path).status_code == 404
    assert as_mia.post(path).status_code == 403
    assert as_mia.get(path).status_code == 405
    assert as_olive.post(path).status_code == 302
    assert Moment.objects.get().chosen_by == group.memberships.leaders().get().user
    assert "On the closing page" in as_olive.get(act.get_absolute_url()).content.decode()
    as_olive.post(path)
    assert not Moment.objects.exists()


def test_a_private_act_or_one_outside_a_challenge_is_no_moment(
    as_olive: Client, group: Group, olive: User, challenge: Any
) -> None:
    assert as_olive.post(f"{make_act(group, olive).get_absolute_url()}moment/").status_code == 403
    private = make_act(group, olive, challenge=challenge, audience="private")
    assert as_olive.post(f"{private.get_absolute_url()}moment/").status_code == 403


@pytest.mark.parametrize("many", [1, 40])
def test_the_page_costs_the_same_with_few_and_many_answers_links_and_comments(
    many: int, as_mia: Client, group: Group, olive: User, mia: User, challenge: Challenge
) -> None:
    act = make_act(group, olive, kind="saw", credited=[mia], challenge=challenge)
    for n in range(many):
        person = make_user()
        join(group, person)
        Reaction.objects.toggle(act, person, "thanks")
        make_act(group, person, parent=act, link_kind="passed_on", text="" if n % 2 else "Rang my aunt.")
        Comment.objects.create(act=act, author=person, group=group, text="So it was you.")
    as_mia.get(act.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        as_mia.get(act.get_absolute_url())
    assert len(queries) == 11, "\n".join(query["sql"][:160] for query in queries)


def test_text_is_text(as_mia: Client, group: Group, olive: User) -> None:
    nasty = """<script>alert(1)</script><b hx-get="/x" hx-trigger="load">{{ 7|add:7 }}</b>"""
    act = make_act(group, olive, text=nasty, done_on=olive.today() - timedelta(days=3))
    Comment.objects.post(act, olive, nasty, form_key="nasty-one")
    for path in (act.get_absolute_url(), group.get_absolute_url(), f"/ripples/{act.public_id}/"):
        page = as_mia.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b hx-get" not in page
        assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("followed", [False, True])
def test_nothing_is_passed_on_where_nothing_is_added(
    as_mia: Client, group: Group, olive: User, mia: User, followed: bool
) -> None:
    act = make_act(group, olive)
    if followed:
        make_act(group, mia, parent=act, link_kind="passed_on")
    way_on = reverse("pass-on", args=[act.public_id])
    assert way_on in as_mia.get(act.get_absolute_url()).content.decode()
    group.put_away(olive)
    assert way_on not in as_mia.get(act.get_absolute_url()).content.decode()
    assert as_mia.get(way_on).status_code == 403
