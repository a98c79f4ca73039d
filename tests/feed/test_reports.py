"""Reporting an act or a comment: what it takes, what it says, and who never learns of it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from feed.models import Act, ActChange, Case, Comment, Report
from groups.models import Group
from notifications.models import Notice
from tests.client import CheckedClient
from tests.factories import join, make_act, make_user

WORDS = "canarywords qzx"


@pytest.fixture
def act(group: Group, mia: User) -> Act:
    """An act of Mia's."""
    return make_act(group, mia, text="Told a story about the boss.")


@pytest.fixture
def ned(group: Group) -> User:
    """The one who reports."""
    ned = make_user("Canary Ned")
    join(group, ned)
    return ned


@pytest.fixture
def as_ned(ned: User) -> Client:
    client = CheckedClient()
    client.force_login(ned)
    return client


def path_of(thing: Act | Comment) -> str:
    return reverse("act-report" if isinstance(thing, Act) else "comment-report", args=[thing.public_id])


def told(person: User, kind: str) -> int:
    return Notice.objects.filter(recipient=person, kind=kind).count()


@pytest.mark.parametrize("reason", Report.Reason.values)
def test_from_the_card_it_is_a_link_and_a_form(as_ned: Client, ned: User, act: Act, group: Group, reason: str) -> None:
    path = path_of(act)
    assert f'<a href="{path}">Report</a>' in as_ned.get(group.get_absolute_url()).content.decode()
    page = as_ned.get(path).content.decode()
    assert "Told a story about the boss." in page
    assert f'value="{reason}"' in page
    reply = as_ned.post(path, {"reason": reason, "words": WORDS}, follow=True)
    assert reply.redirect_chain == [(group.get_absolute_url(), 302)]
    assert "Somebody who runs the group will look at it." in reply.content.decode()
    report = Report.objects.get()
    assert (report.reporter, report.reason, report.words) == (ned, reason, WORDS)
    assert (report.case.act, report.case.group) == (act, group)
    act.refresh_from_db()
    assert act.state == "shown"
    assert "Told a story about the boss." in as_ned.get(group.get_absolute_url()).content.decode()


def test_comments_are_reported_too(as_ned: Client, act: Act, olive: User) -> None:
    comment = Comment.objects.post(act, olive, "Typical of her.", form_key="one")
    assert path_of(comment) in as_ned.get(act.get_absolute_url()).content.decode()
    as_ned.post(path_of(comment), {"reason": "unkind"})
    case = Case.objects.get()
    assert (case.act, case.comment, case.thing) == (act, comment, comment)


def test_nobody_reports_what_they_wrote(as_mia: Client, act: Act, mia: User) -> None:
    comment = Comment.objects.post(act, mia, "Mine.", form_key="one")
    assert path_of(act) not in as_mia.get(act.get_absolute_url()).content.decode()
    for thing in (act, comment):
        assert path_of(thing) not in as_mia.get(act.get_absolute_url()).content.decode()
        assert as_mia.post(path_of(thing), {"reason": "other"}).status_code == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize("state", ["pending", "hidden", "returned", "removed"])
@pytest.mark.parametrize("kind", ["act", "comment"])
def test_what_is_not_shown_is_reported_by_nobody(as_ned: Client, act: Act, mia: User, state: str, kind: str) -> None:
    comment = Comment.objects.post(act, mia, "Too much.", form_key="one")
    thing = act if kind == "act" else comment
    thing.change(state, by=None) if isinstance(thing, Act) else thing.change(state)
    for method in (as_ned.get, as_ned.post):
        assert method(path_of(thing), {"reason": "other"}).status_code == 404
    assert not Case.objects.exists()


def test_strangers_report_nothing(as_stan: Client, act: Act, foreign_group: Group) -> None:
    assert as_stan.post(path_of(act), {"reason": "other"}).status_code == 404
    assert not Case.objects.exists()


BAD = {
    "no reason": ({}, "Please choose what comes closest."),
    "another reason": ({"reason": "revenge"}, "Please choose one of these."),
    "too long": ({"reason": "other", "words": "x" * 501}, "501 characters long; 500 fit here."),
    "a megabyte": ({"reason": "other", "words": "x" * 900_000}, "500 fit here."),
    "a reason and a field of ours": ({"reason": "", "decision": "1", "case": "1"}, "Please choose what comes closest."),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_at_its_field_and_kept(as_ned: Client, act: Act, name: str) -> None:
    fields, words = BAD[name]
    reply = as_ned.post(path_of(act), fields)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert words in page
    assert fields.get("words", "")[:400] in page
    assert not Report.objects.exists()


ODD = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "NUL\0 in it": "NUL in it",
    "half \ud83d of a letter": "half  of a letter",
    "\ufeffwith a mark": "with a mark",
    "Z" + "\u0301" * 80: "\u0179" + "\u0301" * 3,
    "\u202eturned": "\u202eturned",
    "{{ 7|add:7 }}{% debug %}": "{{ 7|add:7 }}{% debug %}",
}


@pytest.mark.parametrize(("sent", "kept"), ODD.items(), ids=range(len(ODD)))
def test_odd_words_are_kept_as_words(as_ned: Client, as_olive: Client, act: Act, sent: str, kept: str) -> None:
    body = "reason=other&words=" + "".join(f"%{byte:02X}" for byte in sent.encode(errors="surrogatepass"))
    as_ned.generic("POST", path_of(act), body, content_type="application/x-www-form-urlencoded")
    report = Report.objects.get()
    assert report.words.replace("\ufffd", "") == kept
    page = as_olive.get(reverse("case", args=[report.case.public_id])).content.decode()
    assert "<script>alert" not in page
    assert "14" not in page.split("What was said about it")[1].split("</section>")[0]


def test_of_a_field_sent_twice_the_last_counts(as_ned: Client, act: Act) -> None:
    as_ned.post(path_of(act), {"reason": ["other", "unkind"], "words": ["first", "second"]})
    report = Report.objects.get()
    assert (report.reason, report.words) == ("unkind", "second")


def test_a_person_has_one_open_report_of_a_thing(as_ned: Client, as_olive: Client, act: Act, olive: User) -> None:
    for words in ("First.", "First.", "Second thoughts."):
        as_ned.post(path_of(act), {"reason": "unkind", "words": words})
    assert Report.objects.get().words == "Second thoughts."
    page = as_ned.get(path_of(act)).content.decode()
    assert "You have reported this, and nobody has decided yet." in page
    assert "Second thoughts." in page
    as_olive.post(path_of(act), {"reason": "other"})
    assert Report.objects.count() == 2
    assert Case.objects.count() == 1
    assert told(olive, "case_waits") == 1


@pytest.mark.django_db(transaction=True)
def test_eight_sent_at_once_are_one(act: Act, ned: User) -> None:
    def send() -> None:
        try:
            Case.objects.about(act).report(ned, reason="other")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Case.objects.count(), Report.objects.count()) == (1, 1)


def test_ten_an_hour_are_enough_and_words_are_kept(as_ned: Client, group: Group, mia: User) -> None:
    for n in range(10):
        assert as_ned.post(path_of(make_act(group, mia, text=f"Act {n}")), {"reason": "other"}).status_code == 302
    reply = as_ned.post(path_of(make_act(group, mia)), {"reason": "other", "words": WORDS})
    assert reply.status_code == 429
    assert int(reply["Retry-After"]) > 0
    assert "Those were many reports in a short time." in reply.content.decode()
    assert WORDS in reply.content.decode()
    assert Report.objects.count() == 10


def test_who_is_muted_may_report_three_times_a_day(as_ned: Client, group: Group, ned: User, mia: User) -> None:
    group.memberships.filter(user=ned).update(muted_until=timezone.now() + timedelta(days=1))
    sent = [as_ned.post(path_of(make_act(group, mia, text=f"Act {n}")), {"reason": "other"}) for n in range(4)]
    assert [reply.status_code for reply in sent] == [302, 302, 302, 429]


def test_those_who_run_the_group_are_told_once_while_something_waits(
    as_ned: Client, act: Act, group: Group, mia: User, olive: User
) -> None:
    as_ned.post(path_of(act), {"reason": "other"})
    as_ned.post(path_of(make_act(group, mia, text="Another.")), {"reason": "other"})
    assert told(olive, "case_waits") == 1
    assert told(mia, "case_waits") == 0
    for case in Case.objects.all():
        case.decide("kept", by=olive)
    assert told(olive, "case_waits") == 0
    as_ned.post(path_of(act), {"reason": "other"})
    assert told(olive, "case_waits") == 1


def test_whom_it_names_hides_at_once_what_embarrasses_them(
    as_ned: Client, as_mia: Client, group: Group, mia: User, ned: User
) -> None:
    act = make_act(group, mia, kind="saw", text="Ned cried and was still kind.", credited=[ned])
    assert "it is hidden at once" in as_ned.get(path_of(act)).content.decode()
    reply = as_ned.post(path_of(act), {"reason": "embarrasses"}, follow=True)
    assert reply.status_code == 200
    act.refresh_from_db()
    assert act.state == "hidden"
    change = ActChange.objects.get()
    assert (change.before, change.after, change.by) == ("shown", "hidden", None)
    entry = AuditEntry.objects.get(verb="hidden")
    assert (entry.actor_id, entry.thing, entry.thing_id) == (None, "feed.Act", act.pk)
    page = as_mia.get(act.get_absolute_url()).content.decode()
    assert "This is hidden until somebody who runs the group has looked at it." in page


@pytest.mark.parametrize(("reason", "credited"), [("unkind", True), ("private", True), ("embarrasses", False)])
def test_everything_else_stays_until_somebody_decides(
    as_ned: Client, group: Group, mia: User, ned: User, reason: str, credited: bool
) -> None:
    act = make_act(group, mia, kind="saw", credited=[ned] if credited else [])
    as_ned.post(path_of(act), {"reason": reason})
    assert Act.objects.get().state == "shown"


def test_a_comment_under_an_act_that_names_somebody_is_theirs_to_hide_too(
    as_ned: Client, group: Group, mia: User, ned: User, olive: User
) -> None:
    act = make_act(group, mia, kind="saw", credited=[ned])
    comment = Comment.objects.post(act, olive, "He always cries.", form_key="one")
    as_ned.post(path_of(comment), {"reason": "embarrasses"})
    comment.refresh_from_db()
    act.refresh_from_db()
    assert (comment.state, act.state, act.comment_count) == ("hidden", "shown", 0)


def test_what_was_looked_at_is_not_hidden_again_unless_it_was_changed(
    as_ned: Client, group: Group, mia: User, ned: User, olive: User
) -> None:
    act = make_act(group, mia, kind="saw", text="Ned was kind.", credited=[ned])
    as_ned.post(path_of(act), {"reason": "embarrasses"})
    Case.objects.get().decide("kept", by=olive)
    as_ned.post(path_of(act), {"reason": "embarrasses"})
    act.refresh_from_db()
    assert act.state == "shown"
    act.rewrite(text="Ned was kind and cried.", done_on=act.done_on, audience="group", signed="me", by=mia)
    as_ned.post(path_of(act), {"reason": "embarrasses"})
    act.refresh_from_db()
    assert act.state == "hidden"


def test_the_reported_person_never_learns_who_reported(
    as_ned: Client, as_mia: Client, group: Group, act: Act, mia: User, ned: User, olive: User
) -> None:
    comment = Comment.objects.post(act, mia, "Too much.", form_key="one")
    for thing in (act, comment):
        as_ned.post(path_of(thing), {"reason": "unkind", "words": WORDS})
    for case in Case.objects.all():
        case.decide("hidden", by=olive, note="Please think again.")
    pages = [act.get_absolute_url(), "/acts/mine/", "/notices/", f"/acts/{act.public_id}/edit/", "/", "/you/"]
    found = "".join(as_mia.get(page).content.decode() for page in pages)
    assert "Please think again." in found
    for secret in ("Canary Ned", WORDS, ned.public_id):
        assert secret not in found


def test_who_reported_is_shown_to_nobody_and_forgotten_once_it_is_decided(
    as_ned: Client, as_olive: Client, act: Act, group: Group, olive: User, ned: User
) -> None:
    as_ned.post(path_of(act), {"reason": "unkind", "words": "She is unfair."})
    case = Case.objects.get()
    for path in (reverse("reports", args=[group.slug]), reverse("case", args=[case.public_id])):
        page = as_olive.get(path).content.decode()
        assert "It is unkind" in page
        assert "Canary Ned" not in page
        assert ned.public_id not in page
    case.decide("kept", by=olive)
    assert Report.objects.get().reporter is None


def test_the_form_costs_six_queries(as_ned: Client, act: Act, django_assert_num_queries: Callable[[int], Any]) -> None:
    # Session, person, act, whether I reported it, whether it names me, and the frame's own query.
    with django_assert_num_queries(6):
        as_ned.get(path_of(act))
