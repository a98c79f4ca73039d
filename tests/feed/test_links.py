"""Passing on and doing the same: who may follow what, what is counted, who is told."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act
from groups.models import Group
from notifications.kinds import get
from notifications.models import Notice
from tests.factories import join, make_act, make_challenge, make_user

ON = {"link_kind": "passed_on"}


@pytest.fixture
def act(group: Group, olive: User) -> Act:
    return make_act(group, olive, text="Lent my stapler.")


def post(client: Client, group: Group, **fields: str) -> None:
    form = {
        "group": group.slug,
        "kind": "did",
        "text": "Rang my aunt.",
        "sign": "me",
        "form_key": "a-form-key",
        **fields,
    }
    assert client.post("/acts/", form).status_code == 302


def test_passing_on_opens_the_composer_with_the_link_set(as_mia: Client, act: Act) -> None:
    page = as_mia.get(f"{act.get_absolute_url()}pass-on/").content.decode()
    assert "Lent my stapler." in page
    assert f'name="parent" value="{act.public_id}"' in page
    assert not Act.objects.exclude(pk=act.pk).exists()


def test_what_is_passed_on_joins_the_line_one_degree_further(as_mia: Client, act: Act, group: Group) -> None:
    post(as_mia, group, parent=act.public_id, link_kind="passed_on")
    follower = Act.objects.get(parent=act)
    act.refresh_from_db()
    assert (follower.ripple_id, follower.degree, follower.link_kind) == (act.pk, 1, "passed_on")
    assert act.passed_on_count == 1


def test_doing_the_same_is_one_tap_counted_once_and_no_part_of_the_chain(
    as_mia: Client, act: Act, mia: User, group: Group
) -> None:
    path = f"{act.get_absolute_url()}did-too/"
    for _ in range(3):
        assert as_mia.post(path).status_code == 302
    mine = Act.objects.get(author=mia)
    act.refresh_from_db()
    assert (mine.source, mine.link_kind, mine.text, mine.degree, mine.ripple_id) == ("tick", "inspired", "", 0, None)
    assert (act.inspired_count, act.passed_on_count) == (1, 0)
    assert "2, " not in as_mia.get(f"/ripples/{act.public_id}/").content.decode().split("The same, drawn")[1]


def test_doing_the_same_again_after_taking_it_down_brings_it_back(as_mia: Client, act: Act, mia: User) -> None:
    path = f"{act.get_absolute_url()}did-too/"
    as_mia.post(path)
    Act.objects.get(author=mia).change("removed", by=mia)
    act.refresh_from_db()
    assert act.inspired_count == 0
    as_mia.post(path)
    act.refresh_from_db()
    assert (act.inspired_count, Act.objects.get(author=mia).state) == (1, "shown")


def test_what_was_done_too_counts_for_the_challenge_of_that_day(
    as_mia: Client, group: Group, olive: User, mia: User, challenge: Challenge
) -> None:
    over = make_challenge(group, started=60)
    for where in (challenge, over, None):
        act = make_act(group, olive, challenge=where)
        as_mia.post(f"{act.get_absolute_url()}did-too/")
        assert Act.objects.get(author=mia, parent=act).challenge == challenge
    challenge.cancel(olive)
    act = make_act(group, olive)
    as_mia.post(f"{act.get_absolute_url()}did-too/")
    assert Act.objects.get(author=mia, parent=act).challenge is None


def test_an_act_inspired_by_another_begins_a_line_of_its_own(
    as_mia: Client, act: Act, group: Group, olive: User, mia: User
) -> None:
    as_mia.post(f"{act.get_absolute_url()}did-too/")
    mine = Act.objects.get(author=mia)
    after = make_act(group, olive, parent=mine, text="Carried the deliveries.", **ON)
    page = as_mia.get(f"/ripples/{mine.public_id}/")
    assert [place.pk for place in page.context["ripple"].places] == [mine.pk, after.pk]


def test_one_does_not_do_ones_own_act_too(as_olive: Client, act: Act) -> None:
    assert as_olive.post(f"{act.get_absolute_url()}did-too/").status_code == 403


@pytest.mark.parametrize("verb", ["pass-on/", "did-too/"])
def test_only_who_reads_an_act_may_follow_it(
    verb: str, as_stan: Client, as_mia: Client, act: Act, group: Group, olive: User, foreign_group: Group
) -> None:
    ask = as_stan.get if verb == "pass-on/" else as_stan.post
    assert ask(f"{act.get_absolute_url()}{verb}").status_code == 404
    private = make_act(group, olive, audience="private")
    ask = as_mia.get if verb == "pass-on/" else as_mia.post
    assert ask(f"{private.get_absolute_url()}{verb}").status_code == 404
    act.change("removed", by=olive)
    assert ask(f"{act.get_absolute_url()}{verb}").status_code == 404


def test_a_foreign_or_private_parent_sent_by_hand_is_refused(
    as_mia: Client, group: Group, olive: User, foreign_group: Group, stan: User
) -> None:
    foreign = make_act(foreign_group, stan)
    private = make_act(group, olive, audience="private")
    for parent in (foreign, private):
        form = {
            "group": group.slug,
            "kind": "did",
            "text": "Rang.",
            "parent": parent.public_id,
            "form_key": "a-form-key",
        }
        assert as_mia.post("/acts/", form).status_code == 422
    assert not Act.objects.filter(author__name="Mia Marsh").exists()


@pytest.mark.parametrize("audience", ["group", "private"])
def test_ones_own_act_is_not_passed_on_by_its_address(as_mia: Client, group: Group, mia: User, audience: str) -> None:
    mine = make_act(group, mia, audience=audience)
    assert as_mia.get(f"{mine.get_absolute_url()}pass-on/").status_code == 403
    assert as_mia.post(f"{mine.get_absolute_url()}did-too/").status_code == 403
    form = {"group": group.slug, "kind": "did", "text": "Rang.", "parent": mine.public_id, "form_key": "a-form-key"}
    assert as_mia.post("/acts/", form).status_code == 422
    assert Act.objects.get() == mine


def test_what_only_leaders_read_is_not_passed_on(as_olive: Client, group: Group, mia: User) -> None:
    told = make_act(group, mia, audience="leaders")
    assert as_olive.get(told.get_absolute_url()).status_code == 200
    assert as_olive.get(f"{told.get_absolute_url()}pass-on/").status_code == 403


def test_looking_links_nothing(as_mia: Client, act: Act) -> None:
    assert as_mia.get(f"{act.get_absolute_url()}did-too/").status_code == 405
    assert as_mia.post(f"{act.get_absolute_url()}pass-on/").status_code == 405


def test_everybody_on_the_way_is_told_once_that_it_moved(group: Group, olive: User, mia: User, act: Act) -> None:
    rosa = make_user("Rosa Iglesias")
    join(group, rosa)
    second = make_act(group, mia, parent=act, **ON)
    back = make_act(group, olive, parent=second, **ON)
    Notice.objects.all().delete()
    last = make_act(group, rosa, parent=back, **ON)
    told = {notice.recipient: get("passed_on").render(notice) for notice in Notice.objects.filter(kind="passed_on")}
    assert set(told) == {olive, mia}
    assert told[olive].line == "Rosa Iglesias passed your kindness on."
    assert told[mia].line == "Your kindness went further: Rosa Iglesias passed it on."
    assert told[olive].path == f"/ripples/{act.public_id}/"
    assert not Notice.objects.filter(recipient=rosa).exists()
    last.announce()
    assert Notice.objects.count() == 2


def test_nobody_is_told_of_a_private_step_or_of_one_that_was_taken_down(group: Group, mia: User, act: Act) -> None:
    make_act(group, mia, parent=act, audience="private", **ON)
    assert not Notice.objects.exists()
    second = make_act(group, mia, parent=act, **ON)
    notice = Notice.objects.get()
    assert get("passed_on").still_wanted(notice)
    second.change("removed", by=mia)
    assert not get("passed_on").still_wanted(notice)


def test_somebody_who_left_is_not_told(group: Group, olive: User, mia: User) -> None:
    first = make_act(group, mia)
    make_act(group, olive, parent=first, **ON)
    group.memberships.get(user=mia).end("left")
    assert not get("passed_on").still_wanted(Notice.objects.get(recipient=mia))


def test_a_stored_act_is_never_linked_again_so_no_loop_of_acts_can_close(group: Group, olive: User, act: Act) -> None:
    second = make_act(group, olive, parent=act, **ON)
    with pytest.raises(ValueError, match="Only a new act"):
        act.follow(second, "passed_on")
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.filter(pk=act.pk).update(parent=second)


def test_one_more_tap_does_not_bring_back_what_a_leader_took_down(
    as_mia: Client, as_olive: Client, act: Act, mia: User
) -> None:
    as_mia.post(f"/acts/{act.public_id}/did-too/")
    mine = Act.objects.get(author=mia)
    as_olive.post(f"/acts/{mine.public_id}/remove/")
    reply = as_mia.post(f"/acts/{act.public_id}/did-too/", follow=True)
    assert "It does not come back by a tap." in reply.content.decode()
    mine.refresh_from_db()
    assert mine.state == "removed"


def test_doing_the_same_counts_as_posting_where_there_is_too_much(
    as_mia: Client, act: Act, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.limits.allow", lambda request, action: action != "post")
    reply = as_mia.post(f"{act.get_absolute_url()}did-too/")
    assert (reply.status_code, reply["Retry-After"]) == (429, "60")
    assert not Act.objects.filter(author=mia).exists()
