"""A pupil's Today and what pupils tell (CHILDREN C6, C8, C13, C14; PROGRAMS §1)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge, Choice
from feed import reading
from feed.models import Act, ActFeeling, Case, Comment, Credit, Photo, Reaction
from groups.models import Group, Pupil
from notifications.models import Notice
from tests.access import routes
from tests.client import CheckedClient, pupil_client
from tests.e2e.place import picture
from tests.factories import make_act, make_challenge, make_class, make_pupil, make_user

NAMES = ("Ada", "Ben", "Caleb")


@pytest.fixture
def theo(db: None) -> User:
    return make_user("Theo Teacher")


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels", pupils=NAMES)


@pytest.fixture
def program(kestrels: Group) -> Challenge:
    return make_challenge(kestrels, program="t11", started=0)


def pupil(group: Group, name: str) -> Pupil:
    return Pupil.objects.in_class(group).get(user__name=name)


@pytest.fixture
def as_ada(kestrels: Group) -> Client:
    return pupil_client(pupil(kestrels, "Ada"))


@pytest.fixture
def as_ben(kestrels: Group) -> Client:
    return pupil_client(pupil(kestrels, "Ben"))


def page(client: Client, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def tick_on(today: str) -> dict[str, str]:
    """What the first button of Today sends."""
    form = re.search(r'<form method="post" action="/tell/">(.*?)</form>', today, re.DOTALL)
    assert form
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))


def sent(**fields: object) -> dict[str, Any]:
    return {"kind": "did", "form_key": "form-key-1", **fields}


def test_one_tap_without_typing_tells_what_was_done(as_ada: Client, as_ben: Client, program: Challenge) -> None:
    today = page(as_ada)
    assert "Say good morning to someone, and say their name." in today
    answer = as_ada.post("/tell/", tick_on(today), follow=True)
    act = Act.objects.get()
    assert (act.source, act.kind, act.state, act.audience) == ("tick", "did", "pending", "group")
    assert (act.author.name if act.author else "", act.challenge, act.step) == ("Ada", program, program.steps.first())
    assert "Thank you. Theo Teacher reads it first." in answer.content.decode()
    assert Choice.objects.get().state == "done"
    again = page(as_ada)
    assert "Theo Teacher</bdi> reads it soon" in again
    assert "Say good morning to someone" not in page(as_ben).split('id="class-h"')[1]


def test_a_double_tap_is_one_act(as_ada: Client, program: Challenge) -> None:
    tick = tick_on(page(as_ada))
    for _tap in range(2):
        assert as_ada.post("/tell/", tick).status_code == 302
    assert Act.objects.count() == 1


def test_words_are_off_until_the_teacher_turns_them_on(
    as_ada: Client, theo: User, kestrels: Group, program: Challenge
) -> None:
    closed = page(as_ada, "/tell/?kind=did")
    assert "<textarea" not in closed
    assert "Tidy up something that we all use." in closed
    as_ada.post("/tell/", sent(text="Words by hand."))
    assert (Act.objects.get().text, Act.objects.get().source) == ("", "tick")
    kestrels.change_rule("text_open", allowed=True, by=theo)
    opened = page(as_ada, "/tell/?kind=did")
    assert "reads it first. If you are sad or not safe" in opened
    assert "I helped …" in opened
    assert ">\nI helped </textarea>" in page(as_ada, "/tell/?kind=did&amp;start=0".replace("&amp;", "&"))
    as_ada.post("/tell/", sent(text="I helped Ben.", form_key="form-key-2"))
    act = Act.objects.get(text="I helped Ben.")
    assert (act.state, act.source) == ("pending", "posted")


def test_a_prompt_helps_to_begin_with_its_own_words(
    as_ada: Client, theo: User, kestrels: Group, program: Challenge
) -> None:
    kestrels.change_rule("text_open", allowed=True, by=theo)
    step = program.steps.first()
    assert step
    html = page(as_ada, f"/tell/?kind=did&step={step.public_id}")
    assert "I said good morning to …" in html
    assert step.words.prompt in html


def test_one_of_the_things_asked_can_be_ticked_instead(as_ada: Client, program: Challenge) -> None:
    html = page(as_ada, "/tell/?kind=did")
    picks = re.findall(r'name="pick" value="([^"]*)"', html)
    assert len(picks) >= 5
    second, last = picks[1], picks[-1]
    as_ada.post("/tell/", sent(pick=second))
    assert Act.objects.get().step == program.steps.get(position=1)
    as_ada.post("/tell/", sent(pick=last, form_key="form-key-2"))
    other = Act.objects.latest("pk")
    assert (last, other.step, other.challenge) == ("", None, program)


def test_a_classmate_is_thanked_by_name_after_the_teacher_has_read_it(
    as_ada: Client, as_ben: Client, theo: User, kestrels: Group
) -> None:
    ben = pupil(kestrels, "Ben").user
    html = page(as_ada, "/tell/?kind=saw")
    assert re.findall(r"<bdi>(\w+)</bdi></span></label>", html)[:2] == ["Ben", "Caleb"]
    as_ada.post("/tell/", sent(kind="saw", credited=[ben.public_id], sign="class"))
    act = Act.objects.get()
    assert (act.state, act.source, Credit.objects.get().person) == ("pending", "tick", ben)
    assert "thanked you" not in page(as_ben)
    act.change("shown", by=theo)
    assert "Ada saw a kindness of yours and thanked you." in page(as_ben)
    assert as_ben.post("/tell/noted/").status_code == 302
    assert "thanked you" not in page(as_ben)
    assert "Saw Ben" in page(as_ben)


def test_who_was_kind_to_me_is_thanked_for_that(as_ada: Client, as_ben: Client, theo: User, kestrels: Group) -> None:
    ben = pupil(kestrels, "Ben").user
    as_ada.post("/tell/", sent(kind="received", credited=[ben.public_id], sign="class"))
    Act.objects.get().change("shown", by=theo)
    html = page(as_ben)
    assert "thanks you for a kindness." in html
    assert "Received from Ben" in html


def test_only_classmates_can_be_named(as_ada: Client, theo: User, kestrels: Group) -> None:
    stranger = make_pupil(make_class(make_user("Stan"), name="Owls"), "Zoe").user
    for somebody in (theo, stranger, pupil(kestrels, "Ada").user):
        answer = as_ada.post("/tell/", sent(kind="saw", credited=[somebody.public_id]))
        assert answer.status_code == 422
    assert not Act.objects.exists()


def test_two_of_the_same_name_can_be_told_apart(as_ada: Client, kestrels: Group) -> None:
    make_pupil(kestrels, "Ben", hint="red glasses")
    html = page(as_ada, "/tell/?kind=saw")
    assert "<bdi>Ben 1</bdi>" in html
    assert "<bdi>Ben 2</bdi>" in html
    assert "red glasses" not in html


@pytest.mark.parametrize(
    ("mode", "sign", "stored"),
    [
        ("primary", "class", ("group", "me")),
        ("primary", "teacher", ("leaders", "me")),
        ("primary", "nameless", None),
        ("secondary", "nameless", ("group", "someone")),
        ("secondary", "private", None),
        ("secondary", "", ("group", "me")),
    ],
)
def test_the_class_or_the_teacher_sees_it_and_nothing_is_kept_from_the_teacher(
    theo: User, mode: str, sign: str, stored: tuple[str, str] | None
) -> None:
    group = make_class(theo, mode=mode, pupils=["Ada"])
    client = pupil_client(pupil(group, "Ada"))
    assert client.post("/tell/", sent(sign=sign)).status_code == (302 if stored else 422)
    assert list(Act.objects.values_list("audience", "signed")) == ([stored] if stored else [])


def test_what_was_received_begins_with_the_teacher(as_ada: Client) -> None:
    assert re.search(r'value="teacher"[^>]*checked', page(as_ada, "/tell/?kind=received"))
    as_ada.post("/tell/", sent(kind="received"))
    assert Act.objects.get().audience == "leaders"


def test_a_tick_about_oneself_is_counted_and_shown_to_nobody(as_ada: Client, program: Challenge) -> None:
    step = program.steps.get(step_key="w4-3")
    as_ada.post("/tell/", sent(step=step.public_id))
    act = Act.objects.get()
    assert (act.audience, act.state) == ("private", "shown")
    assert step.words.prompt not in page(as_ada).split('id="class-h"')[1]


def test_what_stands_on_no_page_is_not_taken(as_ada: Client, theo: User, kestrels: Group) -> None:
    theirs = make_act(kestrels, theo, text="Watered the plants.")
    yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
    forged = sent(feeling="5", day=yesterday, parent=theirs.public_id, audience="organization", source="posted")
    as_ada.post("/tell/", forged)
    act = Act.objects.exclude(pk=theirs.pk).get()
    assert (act.parent, act.audience, act.done_on) == (None, "group", pupil(kestrels, "Ada").user.today())
    assert not ActFeeling.objects.exists()


@pytest.mark.parametrize("off_for", ["class", "child", "nobody"])
def test_photos_can_be_off_for_a_class_and_for_one_child(theo: User, off_for: str) -> None:
    """The control is gone, and a file sent all the same is not taken (CHILDREN C14)."""
    group = make_class(theo, mode="secondary", pupils=["Ada"])
    ada = pupil(group, "Ada")
    if off_for != "class":
        group.change_rule("photos_open", allowed=True, by=theo)
    if off_for == "child":
        ada.change(theo, photos_off=True)
    client, taken = pupil_client(ada), off_for == "nobody"
    assert ('name="photo"' in page(client, "/tell/")) == taken
    photo = SimpleUploadedFile("bench.jpg", picture(40, 30), content_type="image/jpeg")
    client.post("/tell/", sent(text="A bench.", photo=photo))
    assert Act.objects.get().state == "pending"
    assert Photo.objects.exists() == taken


def test_what_waits_can_be_changed_and_taken_away_by_its_author_alone(
    as_ada: Client, as_ben: Client, theo: User, kestrels: Group
) -> None:
    kestrels.change_rule("text_open", allowed=True, by=theo)
    as_ada.post("/tell/", sent(text="I helped."))
    act = Act.objects.get()
    address = f"/tell/{act.public_id}/"
    assert as_ben.get(address).status_code == 404
    teacher = CheckedClient()
    teacher.force_login(theo)
    assert teacher.get(address).status_code == 404
    assert as_ada.post(address, {"do": "save", "text": "I helped Ben.", "sign": "teacher"}).status_code == 302
    act.refresh_from_db()
    assert (act.text, act.audience, act.state) == ("I helped Ben.", "leaders", "pending")
    assert as_ada.post(address, {"do": "save", "text": "x", "sign": "private"}).status_code == 422
    assert as_ada.post(address, {"do": "remove"}).status_code == 302
    act.refresh_from_db()
    assert act.state == "removed"


def test_what_was_read_is_not_changed_afterwards(as_ada: Client, theo: User) -> None:
    """Words that somebody has let through stay as they were read; a comment has no other words at all."""
    group = make_class(theo, name="Owls", mode="secondary", pupils=["Zoe"])
    group.change_rule("comments_open", allowed=True, by=theo)
    zoe = pupil(group, "Zoe").user
    act = make_act(group, zoe, text="I helped.")
    comment = Comment.objects.post(act, zoe, "It was easy.", form_key="one")
    reading.share(act, theo)
    comment.change("shown")
    client = pupil_client(zoe.pupil)
    form = {"do": "save", "text": "Unread words.", "sign": "class"}
    assert "<textarea" not in page(client, f"/tell/{act.public_id}/")
    for address in (f"/tell/{act.public_id}/", f"/acts/{act.public_id}/edit/", f"/comments/{comment.public_id}/"):
        client.post(address, form)
    assert (
        client.post(f"/acts/{act.public_id}/comments/", {"text": "Unread words.", "form_key": "two"}).status_code == 404
    )
    act.refresh_from_db()
    comment.refresh_from_db()
    assert (act.text, act.state) == ("I helped.", "shown")
    assert [one.text for one in Comment.objects.all()] == ["It was easy."]
    assert not any("comment" in route.name and "edit" in route.name for route in routes())


def test_an_act_is_answered_in_three_kind_ways_and_no_number_is_shown(
    as_ada: Client, as_ben: Client, theo: User, kestrels: Group
) -> None:
    ben = pupil(kestrels, "Ben").user
    act = make_act(kestrels, ben, text="Shared my pens.")
    act.change("shown", by=theo)
    for kind, status in (("thanks", 302), ("moved", 302), ("passing_on", 302), ("celebrating", 404)):
        assert as_ada.post(f"/acts/{act.public_id}/{kind}/").status_code == status
    assert Reaction.objects.count() == 3
    assert 'aria-pressed="true"' in page(as_ada)
    assert "Ada liked hearing this." in page(as_ben)
    part = as_ada.post(f"/acts/{act.public_id}/thanks/", headers={"HX-Request": "true"})
    assert part["HX-Reselect"] == ".react"
    assert "I liked hearing this" in part.content.decode()


def test_a_pupil_tells_the_teacher_in_two_actions_and_nobody_learns_who(
    as_ada: Client, as_ben: Client, theo: User, kestrels: Group
) -> None:
    act = make_act(kestrels, pupil(kestrels, "Ben").user, text="Ha ha, Caleb fell.")
    act.change("shown", by=theo)
    assert f'href="/acts/{act.public_id}/report/"' in page(as_ada)
    report = page(as_ada, f"/acts/{act.public_id}/report/")
    assert report.count('name="reason"') == 4
    answer = as_ada.post(f"/acts/{act.public_id}/report/", {"reason": "unkind"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert Notice.objects.filter(recipient=theo, kind="case_waits").exists()
    teacher = CheckedClient()
    teacher.force_login(theo)
    case = teacher.get(Case.objects.get().get_absolute_url()).content.decode()
    assert "Ada" not in case
    assert "Ada" not in page(as_ben).split("Kestrels")[1].split("Our class")[0]


def test_who_sits_out_has_another_task_and_is_asked_nothing(theo: User, kestrels: Group, program: Challenge) -> None:
    ada = pupil(kestrels, "Ada")
    ada.sit_out(out=True, by=theo)
    client = pupil_client(ada)
    html = page(client)
    assert "Draw or write about a place where you feel well." in html
    assert "/tell/?kind" not in html
    assert client.post("/tell/", sent()).status_code == 302
    assert not Act.objects.exists()


@pytest.mark.parametrize(("mode", "program", "look"), [("primary", "t11", "pupil"), ("secondary", "t12", "student")])
def test_older_ones_have_a_plainer_page(theo: User, mode: str, program: str, look: str) -> None:
    group = make_class(theo, mode=mode, pupils=["Ada"])
    make_challenge(group, program=program, started=0)
    html = page(pupil_client(pupil(group, "Ada")))
    assert f'data-mode="{look}"' in html
    assert not re.search(r"streak|level|score|points|don.t lose|last chance|hurry", html, re.IGNORECASE)


def test_another_prompt_can_be_chosen_swapped_and_left(as_ada: Client, program: Challenge) -> None:
    first, second = program.steps.all()[:2]
    html = page(as_ada)
    assert f"/?step={second.public_id}" in html
    assert second.words.prompt in page(as_ada, f"/?step={second.public_id}").split("</h1>")[0]
    beside = re.search(r'id="or-h".*?</ul>', html, re.DOTALL)
    as_ada.post(f"/steps/{first.public_id}/choice/", {"do": "swap"})
    other = re.search(r'id="or-h".*?</ul>', page(as_ada), re.DOTALL)
    assert beside
    assert other
    assert beside[0] != other[0]
    as_ada.post(f"/steps/{first.public_id}/choice/", {"do": "skip"})
    assert second.words.prompt in page(as_ada).split("</h1>")[0]


def test_today_costs_the_same_whatever_the_class_has_done(
    as_ada: Client, theo: User, kestrels: Group, program: Challenge, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        act = make_act(kestrels, pupil(kestrels, NAMES[n % 3]).user, text=f"Kind thing {n}.", challenge=program)
        if n % 2:
            act.change("shown", by=theo)
    page(as_ada)
    with django_assert_max_num_queries(18):
        page(as_ada)
