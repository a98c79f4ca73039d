"""Posting, changing, taking down and bringing back an act."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.ids import new_public_id
from accounts.models import User
from challenges.models import Challenge, Choice
from feed.models import Act, ActDraft, ActFeeling, Counter, Credit
from groups.models import Group, Membership
from notifications.models import Notice
from tests.factories import join, make_act, make_challenge, make_user

URL = "/acts/"


def sent(group: Group, **fields: object) -> dict[str, object]:
    return {"group": group.slug, "kind": "did", "text": "Held the door.", "form_key": "form-key-1", **fields}


def test_a_member_tells_what_happened(as_mia: Client, mia: User, group: Group) -> None:
    reply = as_mia.post(URL, sent(group, feeling="4"), follow=True)
    act = Act.objects.get()
    assert (act.author, act.group, act.kind, act.text) == (mia, group, "did", "Held the door.")
    assert (act.source, act.audience, act.signed, act.state) == ("posted", "group", "me", "shown")
    assert act.done_on == mia.today()
    assert ActFeeling.objects.get().value == 4
    assert reply.redirect_chain == [("/", 302)]
    assert "Shared with Ferry Lane Surgery." in reply.content.decode()


def test_one_tap_is_a_tick_and_settles_the_prompt(as_mia: Client, group: Group, challenge: Challenge) -> None:
    step = challenge.steps.get(position=3)
    as_mia.post(
        URL, {"group": group.slug, "kind": "did", "source": "tick", "step": step.public_id, "form_key": "tick-key"}
    )
    act = Act.objects.get()
    assert (act.source, act.challenge, act.step, act.text) == ("tick", challenge, step, "")
    assert Choice.objects.get().state == "done"
    assert Counter.objects.get(challenge=challenge).total == 1


def test_what_was_received_is_just_for_me_unless_i_choose(as_mia: Client, group: Group) -> None:
    as_mia.post(URL, sent(group, kind="received"))
    assert Act.objects.get().audience == "private"
    as_mia.post(URL, sent(group, kind="received", text="Was let in.", sign="me", form_key="form-key-2"))
    assert Act.objects.latest("pk").audience == "group"


def test_a_private_act_is_seen_by_its_author_alone(as_mia: Client, as_olive: Client, group: Group) -> None:
    as_mia.post(URL, sent(group, sign="private", text="Quiet canary."))
    act = Act.objects.get()
    assert as_mia.get(act.get_absolute_url()).status_code == 200
    assert as_olive.get(act.get_absolute_url()).status_code == 404
    assert "canary" not in as_olive.get("/").content.decode()


def test_the_same_form_twice_is_one_act(as_mia: Client, group: Group) -> None:
    as_mia.post(URL, sent(group))
    reply = as_mia.post(URL, sent(group))
    assert reply.status_code == 302
    assert Act.objects.count() == 1
    assert Counter.objects.get().total == 1


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_the_same_moment_are_one_act(olive: User, mia: User, group: Group) -> None:
    replies: list[int] = []
    start = threading.Barrier(2)

    def post() -> None:
        client = Client()
        client.force_login(mia)
        start.wait(10)
        try:
            replies.append(client.post(URL, sent(group)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert replies == [302, 302]
    assert Act.objects.count() == 1
    assert Counter.objects.get().total == 1


def test_a_group_i_am_not_in_does_not_exist(as_mia: Client, foreign_group: Group, group: Group) -> None:
    foreign = as_mia.post(URL, sent(foreign_group))
    nonsense = as_mia.post(URL, {"group": "nonsense", "kind": "did"})
    assert foreign.status_code == nonsense.status_code == 404
    assert not Act.objects.exists()


def test_a_field_sent_twice_counts_once_and_an_address_never_chooses(
    as_olive: Client, olive: User, group: Group, foreign_group: Group
) -> None:
    join(foreign_group, olive)
    body = f"group={foreign_group.slug}&group={group.slug}&kind=did&text=Hi&form_key=abcdefgh"
    as_olive.post(f"{URL}?group={foreign_group.slug}", body, content_type="application/x-www-form-urlencoded")
    assert Act.objects.get().group == group


@pytest.mark.parametrize("field", ["step", "challenge", "parent"])
def test_nothing_of_another_group_can_be_named(
    as_mia: Client, group: Group, foreign_group: Group, stan: User, field: str
) -> None:
    challenge = make_challenge(foreign_group)
    theirs = {
        "step": challenge.steps.first().public_id,  # type: ignore[union-attr]
        "challenge": challenge.public_id,
        "parent": make_act(foreign_group, stan).public_id,
    }
    reply = as_mia.post(URL, sent(group, **{field: theirs[field]}))
    assert reply.status_code == 422
    assert "Held the door." in reply.content.decode()
    assert not Act.objects.filter(group=group).exists()


def test_people_are_credited_on_what_was_seen_and_told(as_mia: Client, group: Group, olive: User, stan: User) -> None:
    as_mia.post(URL, sent(group, kind="saw", credited=[olive.public_id]))
    assert Credit.objects.get().person == olive
    assert Notice.objects.get(recipient=olive).kind == "credit"
    reply = as_mia.post(URL, sent(group, kind="saw", credited=[stan.public_id], form_key="form-key-3"))
    assert reply.status_code == 422
    as_mia.post(URL, sent(group, kind="did", credited=[olive.public_id], form_key="form-key-4"))
    assert Credit.objects.count() == 1


def test_an_act_may_be_logged_for_today_or_the_seven_days_before(as_mia: Client, mia: User, group: Group) -> None:
    week_ago = mia.today() - timedelta(days=7)
    as_mia.post(URL, sent(group, day=week_ago.isoformat()))
    assert Act.objects.get().done_on == week_ago
    for day in (mia.today() - timedelta(days=8), mia.today() + timedelta(days=1)):
        reply = as_mia.post(URL, sent(group, day=day.isoformat(), form_key="another-1"))
        assert reply.status_code == 422


def test_today_is_the_members_own_date(group: Group) -> None:
    kiri = make_user("Kiri", time_zone="Pacific/Kiritimati")
    join(group, kiri)
    client = Client()
    client.force_login(kiri)
    with time_machine.travel("2026-03-12T12:00:00+00:00", tick=False):
        client.post(URL, sent(group))
        assert Act.objects.get().done_on.isoformat() == "2026-03-13"
        assert Act.objects.get().zone == "Pacific/Kiritimati"


def test_a_challenge_takes_late_acts_for_a_week_and_then_none(as_olive: Client, olive: User, group: Group) -> None:
    late = make_challenge(group, started=24)
    over = make_challenge(group, started=40)
    step = late.steps.get(position=0)
    as_olive.post(URL, sent(group, step=step.public_id))
    assert Act.objects.get().done_on == late.ends_on
    reply = as_olive.post(URL, sent(group, step=over.steps.get(position=0).public_id, form_key="another-1"))
    assert reply.status_code == 422
    assert "takes no acts of that day" in reply.content.decode()


def test_what_the_policy_closes_is_not_taken(as_mia: Client, group: Group, olive: User) -> None:
    for name in ("text_open", "anonymous_open", "credits_open"):
        group.override(name, allowed=False, by=None)
    as_mia.post(URL, sent(group, kind="saw", credited=[olive.public_id]))
    act = Act.objects.get()
    assert (act.text, act.source) == ("", "tick")
    assert not Credit.objects.exists()
    assert as_mia.post(URL, sent(group, sign="someone", form_key="another-1")).status_code == 422


def test_a_group_that_reads_first_shows_later(as_mia: Client, as_olive: Client, group: Group) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    reply = as_mia.post(URL, sent(group, text="Waiting words."), follow=True)
    assert Act.objects.get().state == "pending"
    assert "when somebody has read it" in reply.content.decode()
    assert "Waiting words." not in as_olive.get("/").content.decode()


def test_changing_my_words_marks_them_and_nobody_else_may(
    as_mia: Client, as_olive: Client, mia: User, group: Group
) -> None:
    act = make_act(group, mia)
    url = reverse("act-edit", args=[act.public_id])
    assert as_olive.get(url).status_code == 403
    assert as_olive.post(url, {"text": "Mine now"}).status_code == 403
    day = mia.today().isoformat()
    assert as_mia.post(url, {"text": "Held two doors.", "day": day, "sign": "someone"}).status_code == 302
    act.refresh_from_db()
    assert (act.text, act.signed, act.edited_at is not None) == ("Held two doors.", "someone", True)
    assert as_mia.post(url, {"text": "x" * 1001, "day": day, "sign": "me"}).status_code == 422


def test_narrowing_an_act_takes_it_off_its_parents_count(as_mia: Client, olive: User, mia: User, group: Group) -> None:
    parent = make_act(group, olive)
    act = make_act(group, mia, parent=parent, link_kind="passed_on")
    parent.refresh_from_db()
    assert parent.passed_on_count == 1
    url = reverse("act-edit", args=[act.public_id])
    as_mia.post(url, {"text": act.text, "day": mia.today().isoformat(), "sign": "private"})
    parent.refresh_from_db()
    assert parent.passed_on_count == 0
    as_mia.post(url, {"text": act.text, "day": mia.today().isoformat(), "sign": "me"})
    parent.refresh_from_db()
    assert parent.passed_on_count == 1


def test_what_was_private_comes_into_the_feed_as_new(as_mia: Client, mia: User, group: Group) -> None:
    act = make_act(group, mia, audience="private")
    Act.objects.filter(pk=act.pk).update(shown_at=timezone.now() - timedelta(days=2))
    form = {"text": act.text, "day": mia.today().isoformat(), "sign": "me"}
    as_mia.post(reverse("act-edit", args=[act.public_id]), form)
    act.refresh_from_db()
    assert act.shown_at is not None
    assert timezone.now() - act.shown_at < timedelta(minutes=1)


@pytest.mark.parametrize("sign", ["me", "private"])
def test_words_typed_while_the_group_was_put_away_are_not_lost(
    as_mia: Client, mia: User, olive: User, group: Group, sign: str
) -> None:
    act = make_act(group, mia, text="Held the door.")
    group.put_away(olive)
    form = {"text": "Held two doors, and the lift.", "day": mia.today().isoformat(), "sign": sign}
    reply = as_mia.post(reverse("act-edit", args=[act.public_id]), form)
    assert reply.status_code == 422
    assert "Held two doors, and the lift." in reply.content.decode()
    assert "This group is put away" in reply.content.decode()
    act.refresh_from_db()
    assert act.text == "Held the door."


def test_words_that_are_read_first_are_read_again(as_mia: Client, mia: User, group: Group) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    act = make_act(group, mia)
    act.change("shown", by=None)
    form = {"text": "Other words.", "day": mia.today().isoformat(), "sign": "me"}
    as_mia.post(reverse("act-edit", args=[act.public_id]), form)
    act.refresh_from_db()
    assert act.state == "pending"
    assert Counter.objects.get().total == 0


def test_what_says_nothing_any_more_need_not_be_read(as_mia: Client, mia: User, group: Group) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    act = make_act(group, mia)
    act.change("shown", by=None)
    form = {"text": "", "day": mia.today().isoformat(), "sign": "me"}
    as_mia.post(reverse("act-edit", args=[act.public_id]), form)
    act.refresh_from_db()
    assert (act.state, act.source) == ("shown", "tick")


def test_taking_down_asks_first_and_can_be_undone(as_mia: Client, mia: User, group: Group) -> None:
    act = make_act(group, mia)
    url = reverse("act-remove", args=[act.public_id])
    assert as_mia.get(url).status_code == 200
    assert Act.objects.get().state == "shown"
    page = as_mia.post(url, follow=True).content.decode()
    assert Act.objects.get().state == "removed"
    assert Counter.objects.get().total == 0
    restore = reverse("act-restore", args=[act.public_id])
    assert f'action="{restore}"' in page
    as_mia.post(restore)
    assert Act.objects.get().state == "shown"
    assert Counter.objects.get().total == 1


def test_taking_down_opens_the_prompt_again(as_mia: Client, group: Group, challenge: Challenge) -> None:
    step = challenge.steps.get(position=3)
    as_mia.post(URL, sent(group, step=step.public_id))
    act = Act.objects.get()
    as_mia.post(reverse("act-remove", args=[act.public_id]))
    assert Choice.objects.get().state == "open"
    as_mia.post(reverse("act-restore", args=[act.public_id]))
    assert Choice.objects.get().state == "done"


def test_who_runs_the_group_may_take_down_and_the_author_cannot_undo_that(
    as_olive: Client, as_mia: Client, as_stan: Client, mia: User, group: Group, foreign_group: Group
) -> None:
    act = make_act(group, mia)
    url = reverse("act-remove", args=[act.public_id])
    assert as_stan.post(url).status_code == 404
    other = Client()
    other.force_login(join(group, make_user("Otto")).user)
    assert other.post(url).status_code == 403
    assert as_olive.post(url).status_code == 302
    restore = reverse("act-restore", args=[act.public_id])
    assert as_mia.post(restore).status_code == 404
    assert as_stan.post(restore).status_code == 404
    assert as_olive.post(restore).status_code == 302


def test_after_thirty_days_nothing_comes_back(as_mia: Client, mia: User, group: Group) -> None:
    act = make_act(group, mia)
    act.change("removed", by=mia)
    Act.objects.update(removed_at=timezone.now() - timedelta(days=31))
    assert as_mia.post(reverse("act-restore", args=[act.public_id])).status_code == 404


def test_too_many_posts_are_stopped_and_the_words_are_kept(
    as_mia: Client, mia: User, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.limits.allow", lambda *args, **kwargs: False)
    reply = as_mia.post(URL, sent(group, kind="saw"))
    page = reply.content.decode()
    assert (reply.status_code, reply["Retry-After"]) == (429, "60")
    assert (reply["HX-Retarget"], reply["HX-Reselect"]) == ("#post", "#post")
    assert "That is a lot at once." in page
    assert "Held the door." in page
    assert re.search(r'value="saw"[^>]*checked', page)
    assert not Act.objects.exists()
    assert ActDraft.objects.get(user=mia).fields["text"] == "Held the door."


def test_a_refused_post_takes_the_words_of_the_last_one_off_the_page(as_mia: Client, group: Group) -> None:
    """htmx puts the composer in its place and leaves the rest of Today as it was; the toasts come along, empty."""
    toasts = 'id="toasts" role="status" aria-live="polite" hx-swap-oob="innerHTML"'
    refused = sent(group, kind="flew")
    assert toasts in as_mia.post(URL, refused, headers={"HX-Request": "true"}).content.decode()
    assert "hx-swap-oob" not in as_mia.post(URL, refused).content.decode()
    assert "hx-swap-oob" not in as_mia.get("/", headers={"HX-Request": "true"}).content.decode()


QUERIES = {
    # Session, person, places, the challenge of the day, what was told before; act, counter, draft; the words to show.
    "plain": 9,
    # And the people named, their credits, their notices.
    "credit": 12,
    "three credits": 12,
    # And the act that is passed on, its number, the people on the way to it, their notices.
    "passed on": 13,
    # The step instead of the day's challenge; the part its member takes, and what they make of it.
    "prompt": 12,
}


def test_posting_costs_the_same_in_a_group_of_ten_thousand(
    as_mia: Client, olive: User, group: Group, challenge: Challenge
) -> None:
    named = [olive, *(join(group, make_user()).user for _person in range(2))]
    steps = list(challenge.steps.all()[:3])
    parents = [make_act(group, olive, text=f"Began it {n}.", challenge=challenge) for n in range(3)]

    def told(what: str, turn: int) -> list[str]:
        fields: dict[str, dict[str, Any]] = {
            "plain": {},
            "credit": {"kind": "saw", "credited": [olive.public_id]},
            "three credits": {"kind": "saw", "credited": [person.public_id for person in named]},
            "passed on": {"parent": parents[turn].public_id, "link_kind": "passed_on"},
            "prompt": {"step": steps[turn].public_id},
        }
        sentence = f"Held {what} {turn}."
        with CaptureQueriesContext(connection) as queries:
            reply = as_mia.post(URL, sent(group, form_key=new_public_id(), text=sentence, **fields[what]))
        assert reply.status_code == 302
        return [query["sql"][:160] for query in queries if "SAVEPOINT" not in query["sql"]]

    for what in QUERIES:
        told(what, 0)
    small = {what: told(what, 1) for what in QUERIES}
    User.objects.bulk_create(User(name=f"Member {n}", email=f"member.{n}@example.org") for n in range(10_000))
    crowd = User.objects.filter(email__startswith="member.")
    Membership.objects.bulk_create(Membership(group=group, user=user, role="member", state="active") for user in crowd)
    for what, most in QUERIES.items():
        large = told(what, 2)
        assert len(small[what]) == len(large) == most, "\n".join([what, *large])


def test_an_act_that_is_told_ends_the_draft_in_the_same_number_of_queries(
    as_mia: Client, mia: User, group: Group
) -> None:
    costs = []
    for n in range(3):
        if n == 2:
            ActDraft.objects.keep(mia, group, {"text": "Half a sentence."})
        with CaptureQueriesContext(connection) as queries:
            as_mia.post(URL, sent(group, form_key=f"form-number-{n}", text=f"Held {n}."))
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in queries))
    assert costs[1] == costs[2]
    assert not ActDraft.objects.exists()


def test_two_edits_at_once_leave_the_parents_number_right(mia: User, olive: User, group: Group) -> None:
    first = make_act(group, olive)
    act = make_act(group, mia, parent=first, link_kind="passed_on")
    for copy in [Act.objects.get(pk=act.pk), Act.objects.get(pk=act.pk)]:
        copy.rewrite(text="Kept.", done_on=act.done_on, audience="private", signed="me", by=mia)
    first.refresh_from_db()
    assert first.passed_on_count == 0


def test_an_act_taken_down_while_it_is_made_private_is_counted_out_once(mia: User, olive: User, group: Group) -> None:
    first = make_act(group, olive)
    act = make_act(group, mia, parent=first, link_kind="passed_on")
    read_before, editing = Act.objects.get(pk=act.pk), Act.objects.get(pk=act.pk)
    editing.rewrite(text="Kept.", done_on=act.done_on, audience="private", signed="me", by=mia)
    assert read_before.change("removed", by=olive)
    first.refresh_from_db()
    assert first.passed_on_count == 0


def test_what_waits_to_be_read_waits_for_nobody_once_it_is_private(mia: User, group: Group) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    act = make_act(group, mia)
    assert act.state == "pending"
    act.rewrite(text=act.text, done_on=act.done_on, audience="private", signed="me", by=mia)
    act.refresh_from_db()
    assert (act.state, act.audience) == ("shown", "private")


def test_words_sent_as_a_tick_are_read_first_all_the_same(as_mia: Client, group: Group) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    as_mia.post(URL, sent(group, source="tick"))
    act = Act.objects.get()
    assert (act.source, act.state) == ("posted", "pending")


def test_what_was_done_too_keeps_no_prompt_done(
    as_mia: Client, olive: User, group: Group, challenge: Challenge
) -> None:
    step = challenge.steps.get(position=3)
    as_mia.post(URL, sent(group, step=step.public_id))
    mine = Act.objects.get()
    as_mia.post(reverse("did-too", args=[make_act(group, olive, challenge=challenge, step=step).public_id]))
    as_mia.post(reverse("act-remove", args=[mine.public_id]))
    assert Choice.objects.get().state == "open"


def test_bringing_back_what_was_done_too_settles_no_prompt(
    as_mia: Client, olive: User, group: Group, challenge: Challenge
) -> None:
    theirs = make_act(group, olive, challenge=challenge, step=challenge.steps.get(position=3))
    as_mia.post(reverse("did-too", args=[theirs.public_id]))
    mine = Act.objects.get(parent=theirs)
    as_mia.post(reverse("act-remove", args=[mine.public_id]))
    as_mia.post(reverse("act-restore", args=[mine.public_id]))
    assert not Choice.objects.filter(participation__user=mine.author, state="done").exists()


def test_a_tick_waits_where_even_ticks_are_looked_at(as_mia: Client, group: Group) -> None:
    """A class begins so (CHILDREN C6); a rule of its own lets ticks stand unread."""
    group.override("ticks_unapproved", allowed=False, by=None)
    as_mia.post(URL, sent(group, text=""))
    as_mia.post(URL, sent(group, text="Words are another matter.", form_key="another-1"))
    assert list(Act.objects.order_by("pk").values_list("source", "state")) == [("tick", "pending"), ("posted", "shown")]


def test_a_tick_that_names_somebody_is_read_first(as_mia: Client, group: Group, olive: User) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    as_mia.post(URL, sent(group, kind="saw", text="", credited=[olive.public_id]))
    act = Act.objects.get()
    assert (act.source, act.state) == ("tick", "pending")
    assert not Notice.objects.filter(kind="credit").exists()


def test_who_reads_for_the_group_waits_for_nobody(as_olive: Client, group: Group) -> None:
    group.override("posts_unapproved", allowed=False, by=None)
    as_olive.post(URL, sent(group))
    assert Act.objects.get().state == "shown"
