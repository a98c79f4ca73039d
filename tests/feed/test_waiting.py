"""Reading first: what waits, who sees it, and what becomes of it (CHILDREN C6, C13; S12)."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from challenges.models import Choice
from feed import reading
from feed.models import Act, ActChange, Comment, Counter, Credit, Photo
from feed.worrying import worries_in
from groups.models import Group, Pupil
from kindness_platform.tasks import forget
from notifications import kinds
from notifications.models import Delivery, Notice
from tests.client import CheckedClient, pupil_client
from tests.factories import join, make_act, make_challenge, make_class, make_user

HTMX = {"HX-Request": "true", "HX-Target": "waiting"}


@pytest.fixture
def theo(db: None) -> User:
    return make_user("Theo Teacher")


@pytest.fixture
def kestrels(theo: User) -> Group:
    group = make_class(theo, name="Kestrels", pupils=["Ada", "Ben", "Caleb"])
    group.change_rule("text_open", allowed=True, by=theo)
    return group


@pytest.fixture
def as_theo(theo: User) -> Client:
    return client_of(theo)


def client_of(user: User) -> CheckedClient:
    client = CheckedClient()
    client.force_login(user)
    return client


def user_of(group: Group, name: str) -> User:
    return Pupil.objects.in_class(group).get(user__name=name).user


def told(group: Group, name: str = "Ada", **fields: Any) -> Act:
    return make_act(group, user_of(group, name), **{"text": "I helped Ben with his bag.", **fields})


def page_of(group: Group) -> str:
    return reverse("waiting", args=[group.slug])


def answer(client: Client, act: Act | Comment, do: str, **fields: Any) -> Any:
    return client.post(page_of(act.group), {"act": act.public_id, "do": do, **fields}, follow=True)


def state(act: Act) -> str:
    return Act.objects.get(pk=act.pk).state


def undo_of(html: str) -> str:
    """What the toast at the end of the page offers."""
    return str(re.findall(r'action="(/groups/[^"]*/undo/)"', html)[-1])


def test_who_runs_the_class_reads_and_nobody_else(as_theo: Client, theo: User, kestrels: Group, stan: User) -> None:
    act = told(kestrels)
    sue = make_user("Sue Substitute")
    place = join(kestrels, sue, role="leader")
    place.until = timezone.now() + timedelta(hours=8)
    place.save()
    for client, status in ((as_theo, 200), (client_of(sue), 200), (client_of(stan), 404)):
        assert client.get(page_of(kestrels)).status_code == status
    aide = make_user("Ann Aide")
    join(kestrels, aide)
    assert client_of(aide).get(page_of(kestrels)).status_code == 403
    assert pupil_client(user_of(kestrels, "Ben").pupil).get(page_of(kestrels)).status_code == 404
    assert "I helped Ben with his bag." in as_theo.get(page_of(kestrels)).content.decode()
    assert answer(client_of(aide), act, "share").status_code == 403
    assert state(act) == "pending"


def test_one_button_shares_and_the_author_hears_of_it(as_theo: Client, kestrels: Group) -> None:
    challenge = make_challenge(kestrels, program="t11", started=0)
    act = told(kestrels, kind="saw", credited=[user_of(kestrels, "Ben")], challenge=challenge)
    assert not Counter.objects.exists()
    html = answer(as_theo, act, "share").content.decode()
    assert "Shared." in html
    assert (state(act), Counter.objects.get().total) == ("shown", 1)
    today = pupil_client(user_of(kestrels, "Ada").pupil).get("/").content.decode()
    assert "Theo Teacher read what you told. Your class can see it now." in today
    assert "saw a kindness of yours" in pupil_client(user_of(kestrels, "Ben").pupil).get("/").content.decode()
    assert list(ActChange.objects.values_list("before", "after", "by__name")) == [("pending", "shown", "Theo Teacher")]


def test_words_and_names_can_be_changed_before_sharing_and_come_back_with_undo(
    as_theo: Client, theo: User, kestrels: Group
) -> None:
    ben, caleb = user_of(kestrels, "Ben"), user_of(kestrels, "Caleb")
    act = told(kestrels, kind="saw", credited=[ben, caleb])
    changed = answer(as_theo, act, "save", text="Somebody helped with a bag.", name=ben.public_id)
    act.refresh_from_db()
    assert (act.text, act.state, act.edited_at) == ("Somebody helped with a bag.", "shown", None)
    assert list(Credit.objects.filter(state="shown").values_list("person__name", flat=True)) == ["Ben"]
    assert as_theo.post(undo_of(changed.content.decode())).status_code == 302
    act.refresh_from_db()
    assert (act.text, act.state, act.shown_at) == ("I helped Ben with his bag.", "pending", None)
    assert Credit.objects.filter(state="shown").count() == 2
    assert not Notice.objects.filter(kind="act_read").exists()


def test_the_photo_can_be_left_out(as_theo: Client, theo: User, kestrels: Group) -> None:
    ada = user_of(kestrels, "Ada")
    photo = Photo.objects.create(group=kestrels, uploader=ada, width=4, height=3, alt="A bench")
    act = told(kestrels, photo=photo)
    assert as_theo.get(f"/photos/{photo.public_id}/small/").status_code == 404  # no file lies there in this test
    assert Photo.objects.visible_to(theo).filter(pk=photo.pk).exists()
    assert not Photo.objects.visible_to(user_of(kestrels, "Ben")).filter(pk=photo.pk).exists()
    answer(as_theo, act, "save", text=act.text, photo="no")
    assert (state(act), Photo.objects.exists()) == ("shown", False)


def test_sent_back_with_a_kind_note_it_is_said_once_more(as_theo: Client, kestrels: Group) -> None:
    act = told(kestrels)
    answer(as_theo, act, "back", note="Could you say it without a name?")
    assert state(act) == "returned"
    ada = pupil_client(user_of(kestrels, "Ada").pupil)
    today = ada.get("/").content.decode()
    assert "Theo Teacher read what you told, and asks you something." in today
    page = ada.get(f"/tell/{act.public_id}/").content.decode()
    assert "Could you say it without a name?" in page
    ada.post(f"/tell/{act.public_id}/", {"do": "save", "text": "I helped with a bag.", "sign": "class"})
    act.refresh_from_db()
    assert (act.state, act.text) == ("pending", "I helped with a bag.")
    assert "I helped with a bag." in as_theo.get(page_of(kestrels)).content.decode()


@pytest.mark.parametrize("note", ["", "   ", "x" * 201])
def test_a_note_says_something_and_not_too_much(as_theo: Client, kestrels: Group, note: str) -> None:
    act = told(kestrels)
    refused = answer(as_theo, act, "back", note=note)
    assert (refused.status_code, state(act)) == (422, "pending")
    assert 'aria-invalid="true"' in refused.content.decode()


def test_declined_it_is_seen_by_nobody_and_gone_after_thirty_days(
    as_theo: Client, kestrels: Group, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    challenge = make_challenge(kestrels, program="t11", started=0)
    step = challenge.steps.first()
    ada = pupil_client(user_of(kestrels, "Ada").pupil)
    assert step
    ada.post("/tell/", {"kind": "did", "step": step.public_id, "text": "Words.", "form_key": "form-key-1"})
    act = Act.objects.get()
    assert Choice.objects.get().state == "done"
    html = answer(as_theo, act, "decline").content.decode()
    assert (state(act), Choice.objects.get().state) == ("removed", "open")
    assert "It stays between the two of you." in ada.get("/").content.decode()
    as_theo.post(undo_of(html))
    assert (state(act), Choice.objects.get().state) == ("pending", "done")
    answer(as_theo, act, "decline")
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        forget()
    act.refresh_from_db()
    assert (act.text, act.author) == ("", None)


def test_many_are_shared_at_once_and_taken_back_at_once(as_theo: Client, kestrels: Group) -> None:
    ticks = [told(kestrels, name, text="", source="tick") for name in ("Ada", "Ben", "Caleb")]
    html = as_theo.get(page_of(kestrels)).content.decode()
    assert html.count('type="checkbox" name="act"') == 3
    shared = as_theo.post(page_of(kestrels), {"act": [a.public_id for a in ticks[:2]], "do": "share"}, follow=True)
    assert "2 shared." in shared.content.decode()
    assert [state(act) for act in ticks] == ["shown", "shown", "pending"]
    assert "2 wait again." in as_theo.post(undo_of(shared.content.decode()), follow=True).content.decode()
    assert [state(act) for act in ticks] == ["pending"] * 3


def test_what_has_been_changed_since_is_not_taken_back(as_theo: Client, kestrels: Group) -> None:
    act = told(kestrels)
    undo = undo_of(answer(as_theo, act, "share").content.decode())
    Act.objects.get(pk=act.pk).change("hidden", by=None)
    assert "There is nothing to take back here." in as_theo.post(undo, follow=True).content.decode()
    assert state(act) == "hidden"


def test_nobody_takes_back_what_somebody_else_answered(as_theo: Client, kestrels: Group) -> None:
    act = told(kestrels)
    undo = undo_of(answer(as_theo, act, "share").content.decode())
    other = make_user("Tia Teacher")
    join(kestrels, other, role="leader")
    client_of(other).post(undo)
    assert state(act) == "shown"


def test_of_two_who_answer_at_once_the_first_decides(as_theo: Client, theo: User, kestrels: Group) -> None:
    act = told(kestrels)
    seen = Act.objects.get(pk=act.pk)
    assert reading.share(act, theo)
    assert not reading.decline(seen, theo)
    assert state(act) == "shown"
    assert "did not wait any more" in answer(as_theo, act, "decline").content.decode()


def test_worrying_words_come_first_with_the_schools_way_and_are_not_held_back(as_theo: Client, kestrels: Group) -> None:
    calm, worry = told(kestrels), told(kestrels, "Ben", text="My brother hits me at night.")
    html = as_theo.get(page_of(kestrels)).content.decode()
    assert html.index(f"item-{worry.public_id}") < html.index(f"item-{calm.public_id}")
    assert "Please read these first" in html
    assert "Ms. Bell" in html
    assert "“<bdi>hits me</bdi>”" in html
    assert Notice.objects.filter(kind="worry_waits").count() == 1
    answer(as_theo, worry, "share")
    assert state(worry) == "shown"
    assert not Notice.objects.filter(kind="worry_waits").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I want to DIE.", ["want to die"]),
        ("He said: don’t tell anyone!", ["dont tell anyone"]),
        ("me hago daño", ["me hago dan~o"]),
        ("Mi hermano me pegó", []),
        ("Mi hermano me pega.", ["me pega"]),
        ("We had a knife-free picnic and I touched meadow grass.", []),
        ("I helped with the bags.", []),
        ("", []),
    ],
)
def test_which_words_are_found(text: str, found: list[str]) -> None:
    assert worries_in(text) == found


def test_what_is_for_the_teacher_alone_is_read_and_shown_to_nobody(as_theo: Client, kestrels: Group) -> None:
    act = told(kestrels, audience="leaders")
    assert "I have read it" in as_theo.get(page_of(kestrels)).content.decode()
    answer(as_theo, act, "share")
    assert state(act) == "shown"
    assert "his bag" not in pupil_client(user_of(kestrels, "Ben").pupil).get("/").content.decode()
    assert "Theo Teacher read what you told." in pupil_client(user_of(kestrels, "Ada").pupil).get("/").content.decode()


def test_htmx_gets_the_list_and_what_happened_without_the_frame(as_theo: Client, kestrels: Group) -> None:
    act = told(kestrels)
    part = as_theo.post(page_of(kestrels), {"act": act.public_id, "do": "share"}, headers=HTMX).content.decode()
    assert part.strip().startswith('<div id="waiting"')
    assert "Shared." in part
    assert "<html" not in part


def test_who_has_read_what_waits_is_on_record_once(as_theo: Client, theo: User, kestrels: Group) -> None:
    acts = [told(kestrels), told(kestrels, "Ben")]
    for _time in range(2):
        as_theo.get(page_of(kestrels))
    read = AuditEntry.objects.filter(verb="read", actor_id=theo.pk, group_id=kestrels.pk)
    assert list(read.order_by("thing_id").values_list("thing_id", flat=True)) == [act.pk for act in acts]


def test_two_of_one_name_are_told_apart_for_the_teacher(as_theo: Client, theo: User, kestrels: Group) -> None:
    told(kestrels)
    twin = Pupil.objects.add(kestrels, "Ada", by=theo, hint="red glasses")
    make_act(kestrels, twin.user, text="Me too.")
    html = as_theo.get(page_of(kestrels)).content.decode()
    assert "Ada 1" in html
    assert "Ada 2 (red glasses)" in html


def test_the_teacher_hears_once_a_day_in_school_hours(theo: User, kestrels: Group) -> None:
    school = kestrels.organization.school
    school.change(theo, weekdays="01234", opens_at=time(8, 0), closes_at=time(15, 0))
    zone = ZoneInfo(kestrels.organization.time_zone)
    saturday = datetime.combine(date(2027, 3, 6), time(10, 0), zone)
    with time_machine.travel(saturday, tick=False):
        group = Group.objects.select_related("organization").get(pk=kestrels.pk)
        told(group)
        told(group, "Ben")
    notice = Notice.objects.get(kind="acts_wait")
    assert (notice.recipient, notice.due_at) == (theo, datetime.combine(date(2027, 3, 8), time(8, 0), zone))
    assert Delivery.objects.filter(notice=notice, channel="mail").count() == 1
    for act in Act.objects.all():
        act.group = kestrels
        reading.share(act, theo)
    assert not Notice.objects.filter(kind="acts_wait").exists()


def test_the_name_of_a_class_turns_no_words_around_it(theo: User) -> None:
    told(make_class(theo, name="عيادة الحارة", pupils=["Ada"]))
    notice = Notice.objects.get(kind="acts_wait")
    assert kinds.get("acts_wait").render(notice).line == "Something waits for you to read in \u2068عيادة الحارة\u2069."


def test_a_comment_waits_too_where_a_class_has_comments(as_theo: Client, theo: User) -> None:
    group = make_class(theo, mode="secondary", pupils=["Ada", "Ben"])
    group.change_rule("comments_open", allowed=True, by=theo)
    act = told(group)
    reading.share(act, theo)
    comment = Comment.objects.post(act, user_of(group, "Ben"), "That was you?", form_key="one")
    assert "That was you?" in as_theo.get(page_of(group)).content.decode()
    shared = as_theo.post(page_of(group), {"act": comment.public_id, "do": "share"}, follow=True).content.decode()
    comment.refresh_from_db()
    act.refresh_from_db()
    assert (comment.state, act.comment_count) == ("shown", 1)
    as_theo.post(undo_of(shared))
    comment.refresh_from_db()
    assert comment.state == "pending"


def test_only_an_answer_of_ones_own_is_taken_back(as_olive: Client, olive: User, mia: User, group: Group) -> None:
    """An address can be made up: what its author took away, or what never waited, is nothing to undo."""
    act = make_act(group, mia, text="Made the tea.")
    never_waited = Comment.objects.post(act, mia, "Two cups.", form_key="one")
    as_olive.post(reverse("waiting-undo", args=[group.slug, never_waited.public_id]))
    group.change_rule("posts_unapproved", allowed=False, by=olive)
    taken_away = Comment.objects.post(act, mia, "Three cups.", form_key="two")
    answer(as_olive, taken_away, "share")
    taken_away.refresh_from_db()
    taken_away.remove()
    as_olive.post(reverse("waiting-undo", args=[group.slug, taken_away.public_id]))
    assert {one.text: one.state for one in Comment.objects.all()} == {"Two cups.": "shown", "Three cups.": "removed"}


def test_a_team_may_read_first_as_well(as_olive: Client, olive: User, mia: User, group: Group) -> None:
    group.change_rule("posts_unapproved", allowed=False, by=olive)
    act = make_act(group, mia, text="Made the tea.")
    lead = as_olive.get(reverse("lead", args=[group.slug])).content.decode()
    assert "1 waits to be read." in lead
    answer(as_olive, act, "share")
    assert state(act) == "shown"
    assert "waits to be read" not in as_olive.get(reverse("lead", args=[group.slug])).content.decode()


def test_nothing_of_another_group_can_be_answered_here(as_theo: Client, kestrels: Group) -> None:
    owls = make_class(make_user("Stan"), name="Owls", pupils=["Zoe"])
    foreign = told(owls, "Zoe")
    as_theo.post(page_of(kestrels), {"act": foreign.public_id, "do": "share"})
    assert state(foreign) == "pending"
    undo = reverse("waiting-undo", args=[kestrels.slug, foreign.public_id])
    assert as_theo.post(undo).status_code == 404


def test_the_page_costs_the_same_for_many(as_theo: Client, kestrels: Group, django_assert_max_num_queries: Any) -> None:
    caleb = user_of(kestrels, "Caleb")
    for n in range(12):
        told(kestrels, ("Ada", "Ben")[n % 2], text=f"Kind thing {n}.", kind="saw", credited=[caleb])
    as_theo.get(page_of(kestrels))
    with django_assert_max_num_queries(26):
        as_theo.get(page_of(kestrels))
