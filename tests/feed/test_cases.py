"""Deciding what becomes of what was reported: who may, what follows, and how its author hears of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from feed.models import Act, ActChange, Case, Comment, Counter, Decision
from feed.recount import recount
from groups.models import Group, OrganizationAdmin
from notifications import sender
from notifications.models import Delivery, Notice
from tests.client import CheckedClient
from tests.factories import join, make_act, make_group, make_user

NOTE = "It names somebody who may not want it."


@pytest.fixture
def ned(group: Group) -> User:
    """The one who reports."""
    ned = make_user("Ned Neighbor")
    join(group, ned)
    return ned


@pytest.fixture
def act(group: Group, mia: User) -> Act:
    return make_act(group, mia, text="Told a story about the boss.")


@pytest.fixture
def case(act: Act, ned: User) -> Case:
    """Mia's act, which Ned has reported."""
    case = Case.objects.about(act)
    case.report(ned, reason="unkind", words="She is unfair.")
    return case


def client_of(person: User) -> Client:
    client = CheckedClient()
    client.force_login(person)
    return client


def path_of(case: Case) -> str:
    return reverse("case", args=[case.public_id])


def inbox_of(group: Group) -> str:
    return reverse("reports", args=[group.slug])


def decide(client: Client, case: Case, what: str, note: str = NOTE) -> Any:
    return client.post(path_of(case), {"what": what, "note": note}, follow=True)


def state_of(act: Act) -> str:
    return Act.objects.get(pk=act.pk).state


def test_leaders_and_admins_decide_members_and_strangers_do_not(
    case: Case, group: Group, as_olive: Client, as_mia: Client, as_stan: Client, ned: User, foreign_group: Group
) -> None:
    ada = make_user("Ada Admin")
    OrganizationAdmin.objects.create(organization=group.organization, user=ada)
    clients = (as_olive, client_of(ada), as_mia, client_of(ned), as_stan)
    for path in (inbox_of(group), path_of(case)):
        assert [client.get(path).status_code for client in clients] == [200, 200, 403, 403, 404]
    for client in clients[2:]:
        assert client.post(path_of(case), {"what": "removed"}).status_code in {403, 404}
    assert state_of(case.act) == "shown"


def test_a_report_waits_in_the_inbox_until_it_is_decided(as_olive: Client, case: Case, group: Group) -> None:
    page = as_olive.get(inbox_of(group)).content.decode()
    assert "Told a story about the boss." in page
    assert "It is unkind" in page
    assert path_of(case) in page
    assert "She is unfair." in as_olive.get(path_of(case)).content.decode()
    reply = decide(as_olive, case, "kept")
    assert "It stays as it is." in reply.content.decode()
    assert "Nothing waits for you." in reply.content.decode()
    assert "Left as it is" in reply.content.decode()


def test_hiding_takes_it_out_of_the_feed_the_totals_and_the_ripple(
    as_olive: Client, case: Case, group: Group, olive: User, mia: User
) -> None:
    following = make_act(group, olive, parent=case.act, link_kind="passed_on")
    decide(as_olive, case, "hidden")
    assert state_of(case.act) == "hidden"
    assert Counter.objects.get(kind="did").total == 1
    assert recount() == []
    change = ActChange.objects.get()
    assert (change.before, change.after, change.by, change.why) == ("shown", "hidden", olive, "reported")
    entry = AuditEntry.objects.get(verb="hidden")
    assert (entry.actor_id, entry.thing, entry.thing_id, entry.group_id) == (
        olive.pk,
        "feed.Act",
        case.act_id,
        group.pk,
    )
    page = as_olive.get(following.get_absolute_url()).content.decode()
    assert "An act that was taken down" in page
    assert "Told a story" not in page


@pytest.mark.parametrize(
    ("what", "says"),
    [("hidden", "is hidden for now"), ("removed", "was taken down"), ("restored", "is shown again")],
)
def test_its_author_hears_what_happened_and_what_they_can_do(
    as_olive: Client, as_mia: Client, case: Case, act: Act, mia: User, what: str, says: str
) -> None:
    if what == "restored":
        act.change("hidden", by=None)
    decide(as_olive, case, "kept" if what == "restored" else what)
    [notice] = Notice.objects.filter(recipient=mia, kind="case_decided")
    line = as_mia.get(reverse("notices")).content.decode()
    assert f"Something you wrote in Ferry Lane Surgery {says}." in line
    sender.deliver(Delivery.objects.get(notice=notice).pk)
    [letter] = mail.outbox
    text = str(letter.body)
    assert says in str(letter.subject)
    assert f"http://localhost/acts/{act.public_id}/" in text or act.get_absolute_url() in text
    assert (NOTE in text) is (what != "restored")
    assert ("You can change it" in text) is (what == "hidden")
    assert ("You can tell it anew" in text) is (what == "removed")
    for secret in ("Olive", "Ned", "unfair"):
        assert secret not in text
    page = as_mia.get(act.get_absolute_url()).content.decode()
    assert (NOTE in page) is (what != "restored")


def test_what_was_left_as_it_is_is_told_to_nobody(as_olive: Client, as_mia: Client, case: Case, mia: User) -> None:
    decide(as_olive, case, "kept")
    assert not Notice.objects.filter(recipient=mia).exists()
    assert Decision.objects.get().note == ""
    assert NOTE not in as_mia.get(case.act.get_absolute_url()).content.decode()


def test_news_of_a_decision_that_no_longer_stands_is_told_to_nobody(
    as_olive: Client, as_mia: Client, case: Case
) -> None:
    decide(as_olive, case, "hidden")
    decide(as_olive, case, "kept")
    page = as_mia.get(reverse("notices")).content.decode()
    assert "is shown again" in page
    assert "is hidden for now" not in page


def test_a_hidden_act_that_was_changed_waits_to_be_read_and_shown_again(
    as_olive: Client, as_mia: Client, case: Case, act: Act, group: Group, olive: User
) -> None:
    decide(as_olive, case, "hidden")
    assert "Nothing waits for you." in as_olive.get(inbox_of(group)).content.decode()
    edit = reverse("act-edit", args=[act.public_id])
    assert "shown again when somebody who runs the group has read it" in as_mia.get(edit).content.decode()
    as_mia.post(edit, {"text": "Told a story.", "day": act.done_on.isoformat(), "sign": "me"})
    assert state_of(act) == "hidden"
    assert Notice.objects.filter(recipient=olive, kind="case_waits").count() == 1, "the first was answered"
    assert "Its author has changed it since it was hidden." in as_olive.get(inbox_of(group)).content.decode()
    assert "Told a story." in as_olive.get(path_of(case)).content.decode()
    decide(as_olive, case, "hidden", "Still the same story.")
    assert "Nothing waits for you." in as_olive.get(inbox_of(group)).content.decode()
    assert "Still the same story." in as_mia.get(act.get_absolute_url()).content.decode()
    decide(as_olive, case, "kept")
    assert state_of(act) == "shown"


def test_a_hidden_act_does_not_come_back_by_its_authors_hand(
    as_olive: Client, as_mia: Client, case: Case, act: Act
) -> None:
    decide(as_olive, case, "hidden")
    as_mia.post(reverse("act-remove", args=[act.public_id]))
    as_mia.post(reverse("act-restore", args=[act.public_id]))
    assert state_of(act) == "hidden"
    for sign in ("private", "me"):
        edit = {"text": "Told a story.", "day": act.done_on.isoformat(), "sign": sign}
        as_mia.post(reverse("act-edit", args=[act.public_id]), edit)
        assert state_of(act) == "hidden"


def test_what_was_taken_down_is_brought_back_by_who_decided(as_olive: Client, as_mia: Client, case: Case) -> None:
    reply = decide(as_olive, case, "removed")
    undo = reverse("act-restore", args=[case.act.public_id])
    assert undo in reply.content.decode()
    assert undo in as_olive.get(path_of(case)).content.decode()
    assert as_mia.post(undo).status_code == 404
    as_olive.post(undo)
    assert state_of(case.act) == "shown"


def test_a_comment_is_hidden_and_shown_again(
    as_olive: Client, as_mia: Client, act: Act, mia: User, ned: User, group: Group
) -> None:
    comment = Comment.objects.post(act, mia, "Typical.", form_key="one")
    case = Case.objects.about(act, comment)
    case.report(ned, reason="unkind")
    decide(as_olive, case, "hidden")
    assert "Typical." not in client_of(ned).get(act.get_absolute_url()).content.decode()
    assert AuditEntry.objects.get(verb="hidden").thing == "feed.Comment"
    assert "is hidden for now" in as_mia.get(reverse("notices")).content.decode()
    decide(as_olive, case, "kept")
    assert "Typical." in client_of(ned).get(act.get_absolute_url()).content.decode()
    decide(as_olive, case, "removed")
    comment.refresh_from_db()
    assert comment.state == "removed"
    assert recount() == []


def test_a_leaders_own_act_is_for_another_one(case: Case, group: Group, olive: User, ned: User) -> None:
    lea = make_user("Lea Leader")
    join(group, lea, role="leader")
    own = Case.objects.about(make_act(group, olive, text="Something of Olive's."))
    own.report(ned, reason="unkind")
    assert client_of(lea).get(path_of(own)).status_code == 200
    assert client_of(olive).get(path_of(own)).status_code == 403
    page = client_of(olive).get(inbox_of(group)).content.decode()
    assert path_of(own) not in page
    assert path_of(case) in page
    told = Notice.objects.filter(kind="case_waits", context__group=group.pk).values_list("recipient", flat=True)
    assert {olive.pk, lea.pk} == set(told)
    assert own.deciders() == [lea]


def test_a_leaders_own_act_is_for_the_admin_where_nobody_else_leads(group: Group, olive: User, ned: User) -> None:
    ada = make_user("Ada Admin")
    OrganizationAdmin.objects.create(organization=group.organization, user=ada)
    own = Case.objects.about(make_act(group, olive))
    own.report(ned, reason="unkind")
    assert [client_of(person).get(path_of(own)).status_code for person in (olive, ada)] == [403, 200]
    ada.is_active = False
    ada.save()
    assert client_of(olive).get(path_of(own)).status_code == 200


def test_where_nobody_else_runs_the_group_it_says_so(as_olive: Client, group: Group, olive: User, ned: User) -> None:
    own = Case.objects.about(make_act(group, olive))
    own.report(ned, reason="unkind")
    assert "Nobody else runs the group, so it has come to you" in as_olive.get(path_of(own)).content.decode()
    decide(as_olive, own, "hidden")
    assert not Notice.objects.filter(recipient=olive, kind="case_decided").exists()


def test_who_may_decide_and_who_is_told_are_the_same(case: Case, group: Group, olive: User, mia: User) -> None:
    for person in (olive, mia, make_user("Nobody")):
        assert case.is_decidable_by(person) is (person in case.deciders())


def test_someone_is_named_only_to_who_asks_and_each_look_is_written_down(
    as_olive: Client, group: Group, mia: User, olive: User, ned: User
) -> None:
    case = Case.objects.about(make_act(group, mia, signed="someone"))
    case.report(ned, reason="unkind")
    path = reverse("case-author", args=[case.public_id])
    for page in (inbox_of(group), path_of(case), case.act.get_absolute_url()):
        assert "Mia" not in as_olive.get(page).content.decode()
        assert mia.public_id not in as_olive.get(page).content.decode()
    assert as_olive.get(path).status_code == 405
    assert not AuditEntry.objects.filter(verb="looked up the author").exists()
    for looks in (1, 2):
        assert "Posted by <bdi>Mia Marsh</bdi>" in as_olive.post(path).content.decode()
        entries = AuditEntry.objects.filter(verb="looked up the author", actor_id=olive.pk, thing_id=case.act_id)
        assert entries.count() == looks
    assert client_of(ned).post(path).status_code == 403
    decide(as_olive, case, "kept")
    assert as_olive.post(path).status_code == 403


def test_nobodys_own_report_opens_who_someone_is(as_olive: Client, group: Group, mia: User) -> None:
    act = make_act(group, mia, signed="someone")
    reply = as_olive.post(reverse("act-report", args=[act.public_id]), {"reason": "other"}, follow=True)
    case = Case.objects.get()
    assert reply.redirect_chain == [(path_of(case), 302)]
    assert "See who posted it" not in reply.content.decode()
    assert as_olive.post(reverse("case-author", args=[case.public_id])).status_code == 403


def test_an_act_that_is_signed_has_no_author_to_look_up(as_olive: Client, case: Case) -> None:
    assert as_olive.post(reverse("case-author", args=[case.public_id])).status_code == 403


def test_what_its_author_took_back_is_read_by_nobody(as_olive: Client, case: Case, group: Group, mia: User) -> None:
    case.act.rewrite(text="Mine alone.", done_on=case.act.done_on, audience="private", signed="me", by=mia)
    for path in (inbox_of(group), path_of(case)):
        page = as_olive.get(path).content.decode()
        assert "Mine alone." not in page
        assert "Told a story" not in page
    assert "There is nothing left to decide here." in decide(as_olive, case, "removed").content.decode()
    assert state_of(case.act) == "shown"


BAD = {
    "no answer": {"note": NOTE},
    "another answer": {"what": "banished", "note": NOTE},
    "too long": {"what": "hidden", "note": f"{NOTE}{'x' * 501}"},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_kept(as_olive: Client, case: Case, name: str) -> None:
    reply = as_olive.post(path_of(case), BAD[name])
    assert reply.status_code == 422
    assert NOTE in reply.content.decode()
    assert not Decision.objects.exists()


def test_fields_of_ours_are_not_taken_from_a_form(as_olive: Client, case: Case, ned: User, olive: User) -> None:
    extra = {"by": str(ned.pk), "case": "99", "state": "removed", "at": "2020-01-01", "group": "99", "author": "1"}
    as_olive.post(path_of(case), {"what": "hidden", "note": NOTE, **extra})
    decision = Decision.objects.get()
    assert (decision.by, decision.case, decision.at.year > 2020) == (olive, case, True)
    assert state_of(case.act) == "hidden"


def test_two_who_decide_at_once_make_one_decision(as_olive: Client, case: Case, olive: User) -> None:
    twin = Case.objects.get(pk=case.pk)
    assert case.decide("hidden", by=olive)
    assert twin.decide("hidden", by=olive) is None
    assert "There is nothing left to decide here." in decide(as_olive, twin, "hidden").content.decode()
    assert Decision.objects.count() == 1


def test_a_note_begins_with_kind_words_for_the_reason(as_olive: Client, act: Act, ned: User) -> None:
    case = Case.objects.about(act)
    case.report(ned, reason="names")
    page = as_olive.get(path_of(case)).content.decode()
    assert "It names somebody who may not have agreed to be named. I have taken it out of sight for now" in page


def test_the_leader_finds_one_line_about_what_waits(as_olive: Client, as_mia: Client, case: Case, group: Group) -> None:
    lead = reverse("lead", args=[group.slug])
    page = as_olive.get(lead).content.decode()
    assert "1 report waits to be looked at." in page
    decide(as_olive, case, "kept")
    assert "to be looked at" not in as_olive.get(lead).content.decode()
    assert inbox_of(group) in as_olive.get(lead).content.decode()


def test_other_groups_reports_are_not_in_the_inbox(
    as_olive: Client, group: Group, foreign_group: Group, stan: User, case: Case
) -> None:
    sam = make_user("Sam Ferreira")
    join(foreign_group, sam)
    Case.objects.about(make_act(foreign_group, stan, text="CANARY")).report(sam, reason="unkind")
    second = make_group(make_user("Second"), organization=None)
    Case.objects.about(make_act(second, second.memberships.get().user, text="CANARY")).report(sam, reason="unkind")
    assert "CANARY" not in as_olive.get(inbox_of(group)).content.decode()


@pytest.mark.parametrize("many", [1, 30])
def test_the_inbox_costs_the_same_with_one_and_with_thirty(
    as_olive: Client,
    group: Group,
    mia: User,
    ned: User,
    olive: User,
    many: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for n in range(2 * many):
        case = Case.objects.about(make_act(group, mia, text=f"Act {n}"))
        case.report(ned, reason="unkind")
        if n % 2:
            case.decide("hidden", by=olive)
    as_olive.get(inbox_of(group))
    # Session, person, group, leader; waiting (count, rows, reports), decided (rows, decisions), and the frame's own.
    with django_assert_num_queries(10):
        as_olive.get(inbox_of(group))
