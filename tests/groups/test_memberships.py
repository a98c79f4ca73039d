"""What becomes of a place in a group: who leads, who was removed, who was asked to pause."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from feed.models import Act, Comment
from groups.models import Group, JoinCode, Membership
from groups.models.ending import Quiet
from groups.models.group import LastLeader
from notifications.models import Notice
from tests.factories import join, make_act, make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(group: Group, mia: User) -> Membership:
    return group.memberships.get(user=mia)


@pytest.fixture
def first(group: Group, olive: User) -> Membership:
    return group.memberships.get(user=olive)


def verbs() -> list[str]:
    rows = AuditEntry.objects.filter(thing="groups.Membership").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def news_of(client: Client) -> str:
    return client.get(reverse("notices")).content.decode()


def test_a_member_is_made_a_leader_once(place: Membership, olive: User, mia: User, group: Group) -> None:
    assert place.make_leader(olive)
    assert not place.make_leader(olive)
    assert group.is_led_by(mia)
    assert verbs() == ["made leader"]


def test_pupils_and_those_who_left_do_not_lead(group: Group, olive: User, place: Membership) -> None:
    pupil = join(group, make_user("Pip", kind="pupil", email=None))
    place.end("left")
    for somebody in (pupil, place):
        assert not somebody.make_leader(olive)
    assert group.memberships.leaders().get().user == olive


def test_of_two_leaders_one_can_be_a_member_again(place: Membership, first: Membership, olive: User) -> None:
    place.make_leader(olive)
    assert place.unmake_leader(olive)
    assert not place.unmake_leader(olive)
    with pytest.raises(LastLeader):
        first.unmake_leader(olive)
    assert first.group.memberships.leaders().get() == first


def test_a_group_is_handed_over(place: Membership, first: Membership, olive: User, mia: User, group: Group) -> None:
    assert first.hand_over(place, olive)
    assert group.is_led_by(mia)
    assert not group.is_led_by(olive)
    assert verbs() == ["made leader", "handed over"]


def test_it_is_not_handed_to_somebody_who_cannot_take_it(first: Membership, place: Membership, olive: User) -> None:
    place.end("left")
    assert not first.hand_over(place, olive)
    assert not first.hand_over(first, olive)
    assert first.group.memberships.leaders().get() == first


def test_who_is_removed_keeps_their_posts_and_loses_the_group(
    as_mia: Client, group: Group, place: Membership, olive: User, mia: User
) -> None:
    act = make_act(group, mia, text="Still here.")
    assert as_mia.get(group.get_absolute_url()).status_code == 200
    assert place.remove(olive)
    assert not place.remove(olive)
    assert as_mia.get(group.get_absolute_url()).status_code == 404
    assert as_mia.get(act.get_absolute_url()).status_code == 404
    act.refresh_from_db()
    assert (act.state, act.author) == ("shown", mia)
    assert verbs() == ["removed"]


def test_they_are_told_kindly_and_once(as_mia: Client, place: Membership, olive: User, group: Group) -> None:
    place.remove(olive)
    html = news_of(as_mia)
    assert html.count("Your place in Ferry Lane Surgery was closed") == 1
    assert "What you told there stays with the group." in html
    assert Notice.objects.get(kind="removed").context == {"group": group.pk, "place": place.pk}


def test_a_code_does_not_let_them_in_until_they_are_let_back(group: Group, place: Membership, olive: User) -> None:
    code = JoinCode.current(group, olive)
    assert not place.let_back(olive)
    place.remove(olive)
    assert not code.redeem(place.user)
    assert place.let_back(olive)
    assert code.redeem(place.user)
    assert verbs() == ["removed", "let back"]


def test_the_last_leader_cannot_be_removed(first: Membership, olive: User) -> None:
    with pytest.raises(LastLeader):
        first.remove(olive)
    first.refresh_from_db()
    assert first.state == "active"


def test_who_stands_in_for_a_day_is_nobody_to_leave_a_group_to(
    as_olive: Client, group: Group, first: Membership, olive: User
) -> None:
    substitute = join(group, make_user("Sue"), role="leader")
    Membership.objects.filter(pk=substitute.pk).update(until=timezone.now() + timedelta(hours=3))
    for give_up in (first.unmake_leader, first.remove):
        with pytest.raises(LastLeader):
            give_up(olive)
    assert not first.hand_over(substitute, olive)
    assert "Sue" not in as_olive.get(reverse("leave", args=[group.slug])).content.decode()
    page = as_olive.get(reverse("group-person", args=[group.slug, olive.public_id])).content.decode()
    assert "Stop leading" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["unmake_leader", "remove"])
def test_of_two_leaders_who_unseat_each_other_one_stays(verb: str) -> None:
    one, two = make_user("One"), make_user("Two")
    group = make_group(one)
    join(group, two, role="leader")
    refused: list[str] = []

    def unseat(whom: User, by: User) -> None:
        try:
            getattr(group.memberships.get(user=whom), verb)(by)
        except LastLeader:
            refused.append(whom.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=unseat, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert group.memberships.active().leaders().count() == 1


def test_who_is_asked_to_pause_reads_along_without_a_word(
    as_mia: Client, group: Group, place: Membership, olive: User, mia: User
) -> None:
    other = make_act(group, olive)
    mine = make_act(group, mia, text="Before.", audience="private")
    place.mute(timezone.now() + timedelta(days=3), olive)
    assert as_mia.get(other.get_absolute_url()).status_code == 200
    reply = as_mia.post(reverse("post-act"), {"group": group.slug, "kind": "did", "text": "Said anyway", "sign": "me"})
    assert reply.status_code == 422
    assert "you read along here" in reply.content.decode()
    assert "Said anyway" in reply.content.decode(), "what was typed is kept"
    reply = as_mia.post(reverse("comments", args=[other.public_id]), {"text": "Said anyway"})
    assert reply.status_code == 422
    assert "Said anyway" in reply.content.decode()
    day = mine.done_on.isoformat()
    reply = as_mia.post(reverse("act-edit", args=[mine.public_id]), {"text": "Louder", "day": day, "sign": "me"})
    assert reply.status_code == 422
    assert not Comment.objects.exists()
    assert not Act.objects.filter(author=mia, audience="group").exists()
    with pytest.raises(Quiet):
        make_act(group, mia)
    with pytest.raises(Quiet):
        Comment.objects.post(other, mia, "Anyway", form_key="x")


def test_they_may_keep_acts_for_themselves_and_thank_others(
    as_mia: Client, group: Group, place: Membership, olive: User, mia: User
) -> None:
    other = make_act(group, olive)
    place.mute(timezone.now() + timedelta(days=3), olive)
    as_mia.post(reverse("post-act"), {"group": group.slug, "kind": "did", "text": "Mine", "sign": "private"})
    assert Act.objects.get(author=mia).audience == "private"
    assert as_mia.post(reverse("reactions", args=[other.public_id, "thanks"])).status_code == 302


def test_the_pause_ends_by_itself_or_earlier(group: Group, place: Membership, olive: User, mia: User) -> None:
    place.mute(timezone.now() - timedelta(seconds=1), olive)
    make_act(group, mia)
    place.mute(timezone.now() + timedelta(days=3), olive)
    place.mute(None, olive)
    make_act(group, mia)
    assert verbs() == ["muted", "muted", "unmuted"]


def test_only_whose_last_place_was_closed_by_a_leader_is_listed_as_removed(
    as_olive: Client, group: Group, place: Membership, olive: User, mia: User
) -> None:
    url = reverse("group-people", args=[group.slug])
    place.remove(olive)
    assert [one.user for one in as_olive.get(url).context["removed"]] == [mia]
    again = group.admit(mia)
    assert as_olive.get(url).context["removed"] == []
    again.end("left")
    assert as_olive.get(url).context["removed"] == []


def test_who_begins_to_lead_speaks_at_once(group: Group, place: Membership, olive: User, mia: User) -> None:
    place.mute(timezone.now() + timedelta(days=3), olive)
    assert place.make_leader(olive)
    make_act(group, mia)
    place.unmake_leader(olive)
    make_act(group, mia)
    assert verbs() == ["muted", "unmuted", "made leader", "unmade leader"]
    assert not Notice.objects.filter(kind="muted").exists()


def test_who_is_handed_a_group_by_somebody_who_leaves_speaks_at_once(
    group: Group, place: Membership, olive: User, mia: User
) -> None:
    place.mute(timezone.now() + timedelta(days=3), olive)
    group.part_with(olive, successor=place)
    assert group.is_led_by(mia)
    make_act(group, mia)


def test_who_is_asked_to_pause_is_told(as_mia: Client, place: Membership, olive: User) -> None:
    place.mute(timezone.now() + timedelta(days=3), olive)
    assert "asks you to pause until" in news_of(as_mia)
    place.mute(None, olive)
    assert "asks you to pause until" not in news_of(as_mia), "what is over is told no more"


def test_a_pause_in_one_group_is_none_in_another(group: Group, place: Membership, olive: User, mia: User) -> None:
    place.mute(timezone.now() + timedelta(days=3), olive)
    make_act(make_group(mia), mia)
