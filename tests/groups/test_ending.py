"""A group is put away and can only be read, or deleted and gone after a week in which it can be kept."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from challenges.models import Challenge
from feed.models import Act, Comment, Reaction
from groups.models import Group, JoinCode
from groups.models.ending import GRACE, Quiet
from tests.factories import make_act

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(group: Group, mia: User, challenge: Challenge) -> Act:
    return make_act(group, mia, text="Carried the boxes.", challenge=challenge)


def verbs_of(group: Group) -> list[str]:
    rows = AuditEntry.objects.filter(group_id=group.pk, thing="groups.Group").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_what_was_put_away_can_be_read(as_mia: Client, as_olive: Client, group: Group, act: Act, olive: User) -> None:
    assert act.challenge
    group.put_away(olive)
    for client in (as_mia, as_olive):
        for page in (group.get_absolute_url(), act.get_absolute_url(), act.challenge.get_absolute_url()):
            reply = client.get(page)
            assert reply.status_code == 200, page
        html = client.get(group.get_absolute_url()).content.decode()
        assert "Carried the boxes." in html
        assert "Tell one" not in html
        assert f"{act.get_absolute_url()}pass-on/" not in html
        assert "This group is put away" in html


def test_a_member_does_not_run_what_was_put_away(as_mia: Client, group: Group, act: Act, olive: User) -> None:
    group.put_away(olive)
    html = as_mia.get(group.get_absolute_url()).content.decode()
    assert reverse("invite", args=[group.slug]) not in html


def test_what_was_put_away_is_no_place_of_today(as_mia: Client, group: Group, act: Act, olive: User) -> None:
    assert "Carried the boxes." in as_mia.get(reverse("home")).content.decode()
    group.put_away(olive)
    assert "Carried the boxes." not in as_mia.get(reverse("home")).content.decode()


def test_nothing_is_added_to_what_was_put_away(as_olive: Client, group: Group, act: Act, olive: User) -> None:
    challenge, step = act.challenge, act.challenge.steps.first() if act.challenge else None
    assert challenge
    assert step
    comments = Comment.objects.count()
    group.put_away(olive)
    refused = {
        reverse("post-act"): {"group": group.slug, "text": "One more", "kind": "did"},
        reverse("comments", args=[act.public_id]): {"text": "One more"},
        reverse("reactions", args=[act.public_id, "thanks"]): {},
        reverse("did-too", args=[act.public_id]): {},
        reverse("moment", args=[act.public_id]): {},
        reverse("choice", args=[step.public_id]): {"do": "skip"},
        reverse("my-way", args=[challenge.public_id]): {},
        reverse("challenge-edit", args=[challenge.public_id]): {},
        reverse("challenge-steps", args=[challenge.public_id]): {"do": "add"},
        reverse("challenge-end", args=[challenge.public_id]): {},
        reverse("challenge-cancel", args=[challenge.public_id]): {},
        reverse("challenge-again", args=[challenge.public_id]): {},
        reverse("step-edit", args=[step.public_id]): {},
        reverse("rotate-code", args=[group.slug]): {},
        reverse("send-invitations", args=[group.slug]): {"addresses": "nora@example.org"},
    }
    for address, data in refused.items():
        assert as_olive.post(address, data).status_code in {403, 404}, address
    assert (Act.objects.count(), Comment.objects.count(), Reaction.objects.count()) == (1, comments, 0)
    with pytest.raises(Quiet):
        make_act(group, olive)
    with pytest.raises(Quiet):
        make_act(group, olive, audience="private")


def test_who_tries_is_told_why(as_olive: Client, group: Group, act: Act, olive: User) -> None:
    group.put_away(olive)
    html = as_olive.post(reverse("moment", args=[act.public_id])).content.decode()
    assert "This group is put away" in html


def test_an_author_may_still_take_down_what_was_put_away(as_mia: Client, group: Group, act: Act, olive: User) -> None:
    group.put_away(olive)
    as_mia.post(reverse("act-remove", args=[act.public_id]))
    act.refresh_from_db()
    assert act.state == "removed"


def test_a_member_may_still_leave_what_was_put_away(as_mia: Client, group: Group, mia: User, olive: User) -> None:
    group.put_away(olive)
    assert as_mia.post(reverse("leave", args=[group.slug])).status_code == 302
    assert group.memberships.get(user=mia).state == "left"


def test_its_code_sleeps_and_works_again(client: Client, group: Group, olive: User) -> None:
    code = JoinCode.current(group, olive)
    page = reverse("join", args=[code.code])
    group.put_away(olive)
    assert client.get(page).status_code == 404
    group.bring_back(olive)
    assert client.get(page).status_code == 200


def test_it_goes_on_where_it_stopped(as_mia: Client, group: Group, act: Act, mia: User, olive: User) -> None:
    assert group.put_away(olive)
    assert not group.put_away(olive), "a double click is one"
    assert group.bring_back(olive)
    assert not group.bring_back(olive)
    make_act(group, mia)
    assert verbs_of(group)[-2:] == ["put away", "brought back"]


def test_what_is_to_be_deleted_is_out_of_sight_at_once(
    as_mia: Client, as_olive: Client, client: Client, group: Group, act: Act, olive: User
) -> None:
    code = JoinCode.current(group, olive)
    group.delete_soon(olive)
    for person in (as_mia, as_olive):
        for page in (group.get_absolute_url(), act.get_absolute_url(), reverse("people", args=[group.slug])):
            assert person.get(page).status_code == 404
        assert group.name not in person.get(reverse("home")).content.decode()
    assert client.get(reverse("join", args=[code.code])).status_code == 404
    with pytest.raises(Quiet):
        make_act(group, olive)


def test_within_the_days_of_grace_it_can_be_kept(as_mia: Client, group: Group, act: Act, olive: User) -> None:
    before = timezone.now()
    assert group.delete_soon(olive)
    assert not group.delete_soon(olive)
    assert group.delete_after
    assert before + GRACE <= group.delete_after <= timezone.now() + GRACE
    assert timedelta(days=7) == GRACE
    assert group not in Group.objects.to_purge()
    assert group.keep(olive)
    assert not group.keep(olive)
    assert as_mia.get(act.get_absolute_url()).status_code == 200
    assert verbs_of(group)[-2:] == ["asked to delete", "kept"]


def test_after_them_it_cannot(group: Group, olive: User) -> None:
    group.delete_soon(olive)
    Group.objects.filter(pk=group.pk).update(delete_after=timezone.now() - timedelta(seconds=1))
    assert group in Group.objects.to_purge()
    assert not group.keep(olive)


def test_another_group_is_not_touched(group: Group, foreign_group: Group, olive: User, stan: User) -> None:
    group.put_away(olive)
    group.delete_soon(olive)
    foreign_group.refresh_from_db()
    assert foreign_group.is_open
    make_act(foreign_group, stan)
