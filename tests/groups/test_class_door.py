"""The way in for pupils, and out again (CHILDREN C5, C10; BAD_INPUTS 34, 47)."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from groups import class_door
from groups.class_door import Answer, attempt
from groups.models import Authorization, ClassTries, Group, JoinCode, Pupil, School
from groups.picture_names import PICTURES
from tests.client import CheckedClient
from tests.factories import make_class, make_pupil, make_user

NAMES = ("Ada", "Ben", "Caleb")


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels", pupils=NAMES)


@pytest.fixture
def ada(kestrels: Group) -> Pupil:
    return Pupil.objects.in_class(kestrels).get(user__name="Ada")


@pytest.fixture
def code(kestrels: Group) -> JoinCode:
    found = JoinCode.live_of(kestrels, JoinCode.Purpose.CLASS)
    assert found
    return found


def page_of(code: JoinCode, pupil: Pupil) -> str:
    return f"/class/{code.code}/{pupil.user.public_id}/"


def tap(client: Client, address: str, pictures: tuple[str, ...], **more: Any) -> Any:
    """Tap pictures one after the other, sending along what the page holds, as a browser does."""
    held: list[str] = []
    answer: Any = None
    for name in pictures:
        answer = client.post(address, {"picked": held, "tap": name}, **more)
        held = re.findall(r'name="picked" value="(\w+)"', answer.content.decode())
    return answer


def wrong(pupil: Pupil) -> tuple[str, ...]:
    first, *rest = pupil.secret.pictures
    other = next(name for name in PICTURES if name != first)
    return (other, *rest)


def signed_in(code: JoinCode, pupil: Pupil) -> CheckedClient:
    client = CheckedClient()
    assert tap(client, page_of(code, pupil), pupil.secret.pictures).status_code == 302
    return client


def test_code_name_and_four_taps_lead_to_today(visitor: Client, code: JoinCode, ada: Pupil) -> None:
    typed = visitor.post("/class/", {"code": f" {(code.code or '').lower()} "})
    assert typed["Location"] == f"/class/{code.code}/"
    names = visitor.get(typed["Location"]).content.decode()
    assert re.findall(r"<span><bdi>(\w+)</bdi>", names) == sorted(NAMES)
    answer = tap(visitor, page_of(code, ada), ada.secret.pictures)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Kestrels" in visitor.get("/").content.decode()


def test_a_tap_only_shows_what_was_tapped(visitor: Client, code: JoinCode, ada: Pupil) -> None:
    """Nothing says whether the first ones were right, and nothing is counted before the fourth."""
    page = tap(visitor, page_of(code, ada), wrong(ada)[:3]).content.decode()
    assert "You have chosen 3 of 4." in page
    assert "did not fit" not in page
    assert not ClassTries.objects.exists()
    fewer = visitor.post(page_of(code, ada), {"picked": ["cat", "owl"], "do": "back"}).content.decode()
    assert re.findall(r'name="picked" value="(\w+)"', fewer) == ["cat"]


def test_the_right_pictures_in_another_order_are_wrong(visitor: Client, code: JoinCode, kestrels: Group) -> None:
    pupil = make_pupil(kestrels, "Dina")
    while len(set(pupil.secret.pictures)) < 4:
        pupil.issue(kestrels.memberships.leaders().get().user)
    answer = tap(visitor, page_of(code, pupil), pupil.secret.pictures[::-1])
    assert answer.status_code == 422
    assert "That did not fit. Try again." in answer.content.decode()
    assert not Session.objects.filter(user=pupil.user).exists()


def test_a_page_without_the_frame_for_htmx_and_a_whole_page_at_the_end(
    visitor: Client, code: JoinCode, ada: Pupil
) -> None:
    htmx = {"HX-Request": "true", "HX-Target": "secret"}
    part = visitor.post(page_of(code, ada), {"tap": "cat"}, headers=htmx).content.decode()
    assert part.strip().startswith("<section")
    assert tap(visitor, page_of(code, ada), ada.secret.pictures, headers=htmx)["HX-Redirect"] == "/"


def test_two_words_where_the_teacher_wants_it_so(
    visitor: Client, theo: User, kestrels: Group, code: JoinCode, ada: Pupil
) -> None:
    kestrels.classroom.change(theo, sign_in="words")
    first, second = ada.secret.words
    assert visitor.post(page_of(code, ada), {"first": second, "second": first + "x"}).status_code == 422
    assert tap(visitor, page_of(code, ada), ada.secret.pictures).status_code == 200
    assert not visitor.session.get("_auth_user_id")
    answer = visitor.post(page_of(code, ada), {"first": f" {first.upper()}", "second": second})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("typed", ["", "  -- ", "AAAABBBBCCCC", "x" * 61, "ａａａａ"])
def test_a_wrong_code_says_so_kindly(visitor: Client, code: JoinCode, typed: str) -> None:
    answer = visitor.post("/class/", {"code": typed}, follow=True)
    assert answer.status_code in {404, 422}
    assert "Kestrels" not in answer.content.decode()


def test_whatever_is_wrong_with_a_code_the_answer_is_the_same(
    visitor: Client, theo: User, kestrels: Group, code: JoinCode
) -> None:
    adult = JoinCode.objects.create(group=kestrels, expires_at=timezone.now() + timedelta(days=1))
    old = code.code
    code.rotate(theo)
    pages = {
        re.sub(r'value="[^"]*"', "", visitor.get(f"/class/{c}/").content.decode()) for c in (adult.code, old, "Z" * 12)
    }
    assert len(pages) == 1
    assert visitor.get(f"/join/{adult.code}/").status_code == 404  # no code lets a grown-up into a class


def test_a_pupil_of_another_class_is_not_found_by_this_code(visitor: Client, code: JoinCode) -> None:
    other = make_pupil(make_class(make_user("Stan")), "Zoe")
    nobody = visitor.get(f"/class/{code.code}/zzzzzzzzzzzzzzzz/")
    found = visitor.get(page_of(code, other))
    assert (nobody.status_code, found.status_code) == (404, 404)
    assert "Zoe" not in found.content.decode()


def test_two_of_the_same_name_are_counted_through(visitor: Client, kestrels: Group, code: JoinCode, ada: Pupil) -> None:
    twin = make_pupil(kestrels, "ada", hint="red glasses")
    page = visitor.get(f"/class/{code.code}/").content.decode()
    assert "<bdi>Ada 1</bdi>" in page
    assert "<bdi>ada 2</bdi>" in page
    assert "red glasses" not in page
    assert "red glasses" not in visitor.get(page_of(code, twin)).content.decode()


def test_five_errors_lock_and_the_teacher_lets_them_try_again(
    visitor: Client, theo: User, kestrels: Group, code: JoinCode, ada: Pupil
) -> None:
    answers = [tap(visitor, page_of(code, ada), wrong(ada)).status_code for _try in range(5)]
    assert answers == [422] * 4 + [403]
    *three, fourth = ada.secret.pictures
    right = visitor.post(page_of(code, ada), {"picked": three, "tap": fourth})
    assert right.status_code == 403
    assert "Ask your teacher to let you in." in right.content.decode()
    teacher = CheckedClient()
    teacher.force_login(theo)
    page = teacher.get(f"/groups/{kestrels.slug}/pupils/").content.decode()
    assert "cannot get in: it did not fit five times." in page
    teacher.post(f"/groups/{kestrels.slug}/pupils/{ada.user.public_id}/", {"do": "open"})
    assert tap(visitor, page_of(code, ada), ada.secret.pictures).status_code == 302


def test_a_new_device_has_fifteen_wrong_tries_a_day_for_the_whole_class(
    kestrels: Group, theo: User, code: JoinCode, ada: Pupil
) -> None:
    others = [make_pupil(kestrels) for _n in range(4)]
    for pupil in others[:3]:
        for _try in range(5):
            tap(Client(), page_of(code, pupil), wrong(pupil))
    refused = tap(CheckedClient(), page_of(code, others[3]), others[3].secret.pictures)
    assert refused.status_code == 429
    assert "Not on this device today." in refused.content.decode()
    assert Pupil.objects.get(pk=others[3].pk).wrong_tries == 0
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert tap(Client(), page_of(code, others[3]), others[3].secret.pictures).status_code == 302


def test_a_right_try_gives_nothing_back_but_itself(kestrels: Group, ada: Pupil) -> None:
    group = Group.objects.select_related("classroom", "organization").get(pk=kestrels.pk)
    attempt(ada, group, wrong(ada), known=False)
    attempt(ada, group, ada.secret.pictures, known=False)
    assert ClassTries.objects.get().wrong == 1


def test_a_tablet_of_the_class_is_not_shut_out_by_somebody_elses_tries(
    kestrels: Group, theo: User, code: JoinCode, ada: Pupil
) -> None:
    tablet = signed_in(code, ada)
    tablet.post("/class/leave/")
    ClassTries.objects.update_or_create(group=kestrels, on=kestrels.organization.today(), defaults={"wrong": 15})
    assert tap(tablet, page_of(code, ada), ada.secret.pictures).status_code == 302
    fresh = code.rotate(theo)
    tablet.post("/class/leave/")
    assert tap(tablet, page_of(fresh, ada), ada.secret.pictures).status_code == 429


def test_what_a_device_remembers_says_nothing_about_anybody(code: JoinCode, ada: Pupil) -> None:
    tablet = signed_in(code, ada)
    cookie = tablet.cookies[class_door.DEVICE_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert signing.loads(cookie.value, salt=class_door.DEVICE_COOKIE) == [code.pk]
    forged = CheckedClient()
    forged.cookies[class_door.DEVICE_COOKIE] = signing.dumps([code.pk], salt="another")
    ClassTries.objects.update_or_create(group=code.group, on=code.group.organization.today(), defaults={"wrong": 15})
    assert tap(forged, page_of(code, ada), ada.secret.pictures).status_code == 429


def test_a_year_of_guessing_by_somebody_with_the_code_and_thirty_names(theo: User) -> None:
    """The real limiter, every day of a year, a teacher who opens every locked child each morning (CHILDREN C5)."""
    group = make_class(theo, pupils=[f"Child {n}" for n in range(30)])
    group = Group.objects.select_related("classroom", "organization").get(pk=group.pk)
    pupils = list(Pupil.objects.in_class(group))
    begin, looked_at = timezone.now(), 0
    for day in range(365):
        Pupil.objects.update(wrong_tries=0, locked_at=None)
        with time_machine.travel(begin + timedelta(days=day), tick=False):
            if looked_at < 3000:  # the first thirteen of the day, stored as the limiter stores them
                ClassTries.objects.create(group=group, on=group.organization.today(), wrong=13)
                looked_at += 13
            for pupil in pupils:
                pupil.locked_at = None
                if attempt(pupil, group, wrong(pupil), known=False) is Answer.TOO_MANY:
                    break
                looked_at += 1
    assert looked_at == 3000
    assert looked_at / 24**4 < 0.01
    assert looked_at / 2048**2 < 0.001


def test_a_card_is_scanned_and_one_button_lets_in(visitor: Client, kestrels: Group, ada: Pupil) -> None:
    address = f"/class/card/{ada.user.public_id}/{ada.secret.card}/"
    scanned = visitor.get(address)
    assert scanned["Location"] == "/class/card/"  # the key is out of the address before anything is shown
    assert not Session.objects.filter(user=ada.user).exists()
    page = visitor.get("/class/card/").content.decode()
    assert "Ada" in page
    assert ada.secret.card not in page
    assert visitor.post("/class/card/")["Location"] == "/"
    assert "Kestrels" in visitor.get("/").content.decode()
    assert visitor.get("/class/card/", follow=True).redirect_chain[-1][0] == "/class/"  # used up


def test_a_card_that_was_replaced_or_made_up_opens_nothing(visitor: Client, theo: User, ada: Pupil) -> None:
    old = f"/class/card/{ada.user.public_id}/{ada.secret.card}/"
    visitor.get(old)
    ada.issue(theo)
    assert visitor.post("/class/card/").status_code == 404
    made_up = (old, f"/class/card/{ada.user.public_id}/x/", "/class/card/zz/x/")
    bodies = {re.sub(r'value="[^"]*"', "", visitor.get(path).content.decode()) for path in made_up}
    assert len(bodies) == 1
    new = visitor.get(f"/class/card/{ada.user.public_id}/{ada.secret.card}/")
    assert new.status_code == 302


def test_a_locked_pupils_card_waits_for_the_teacher(visitor: Client, ada: Pupil) -> None:
    for _try in range(5):
        ada.take_try()
    visitor.get(f"/class/card/{ada.user.public_id}/{ada.secret.card}/")
    assert visitor.post("/class/card/").status_code == 403
    assert not Session.objects.filter(user=ada.user).exists()


def test_a_shared_tablet_forgets_who_was_there_after_ten_minutes(code: JoinCode, ada: Pupil) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        tablet = signed_in(code, ada)
        for _tap in range(3):
            clock.shift(timedelta(minutes=9))
            assert tablet.get("/").status_code == 200
        clock.shift(timedelta(minutes=11))
        assert "Ada" not in tablet.get("/").content.decode()


def test_a_tablet_of_ones_own_lasts_for_the_school_day(theo: User, kestrels: Group, code: JoinCode, ada: Pupil) -> None:
    kestrels.classroom.change(theo, shared_tablets=False)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tablet = signed_in(code, ada)
        clock.shift(timedelta(hours=7))
        assert "Kestrels" in tablet.get("/").content.decode()
        clock.shift(timedelta(hours=2))
        assert "Kestrels" not in tablet.get("/").content.decode()


def test_not_me_leaves_nothing_behind_the_back_button(code: JoinCode, ada: Pupil) -> None:
    tablet = signed_in(code, ada)
    for address in ("/", f"/class/{code.code}/", page_of(code, ada), "/class/", "/nothing/"):
        assert "no-store" in tablet.get(address)["Cache-Control"], address
    cookie = tablet.cookies["session"].value
    gone = tablet.post("/class/leave/")
    assert gone["Location"] == f"/class/{code.code}/"
    assert gone["Clear-Site-Data"] == '"cache"'
    tablet.cookies["session"] = cookie
    assert "Kestrels" not in tablet.get("/").content.decode()


def test_the_next_child_takes_the_place_of_the_one_before(kestrels: Group, code: JoinCode, ada: Pupil) -> None:
    tablet = signed_in(code, ada)
    before = tablet.cookies["session"].value
    ben = Pupil.objects.in_class(kestrels).get(user__name="Ben")
    tap(tablet, page_of(code, ben), ben.secret.pictures)
    page = tablet.get("/").content.decode()
    assert "Ben" in page
    assert "Ada" not in page
    assert tablet.cookies["session"].value != before
    assert not Session.objects.filter(user=ada.user).exists()


def test_nothing_after_the_school_day(theo: User, kestrels: Group, code: JoinCode, ada: Pupil) -> None:
    School.objects.update(opens_at=time(8), closes_at=time(15), weekdays="01234")
    monday = datetime(2027, 3, 1, 14, 55, tzinfo=kestrels.organization.zone)
    with time_machine.travel(monday, tick=False) as clock:
        tablet = signed_in(code, ada)
        assert "Kestrels" in tablet.get("/").content.decode()
        clock.shift(timedelta(minutes=5))
        out = tablet.get("/", follow=True)
        assert out.status_code == 403
        assert "School is over for now." in out.content.decode()
        assert not Session.objects.filter(user=ada.user).exists()
        assert tap(tablet, page_of(code, ada), ada.secret.pictures).status_code == 403
        tablet.get(f"/class/card/{ada.user.public_id}/{ada.secret.card}/")
        assert tablet.post("/class/card/").status_code == 403
        clock.shift(timedelta(hours=17))
        assert tap(tablet, page_of(code, ada), ada.secret.pictures).status_code == 302


def test_with_the_yes_of_the_school_taken_back_the_next_tap_is_out(theo: User, code: JoinCode, ada: Pupil) -> None:
    tablet = signed_in(code, ada)
    Authorization.objects.get().withdraw(theo)
    out = tablet.get("/", follow=True)
    assert out.status_code == 403
    assert "Kestrels" not in out.content.decode()
    assert tap(tablet, page_of(code, ada), ada.secret.pictures).status_code == 403
    assert not Session.objects.filter(user=ada.user).exists()


@pytest.mark.parametrize("verb", ["put_away", "delete_soon"])
def test_a_class_that_has_ended_lets_nobody_in(
    theo: User, kestrels: Group, code: JoinCode, ada: Pupil, verb: str
) -> None:
    tablet = signed_in(code, ada)
    getattr(kestrels, verb)(theo)
    assert "Kestrels" not in tablet.get("/", follow=True).content.decode()
    assert CheckedClient().get(f"/class/{code.code}/").status_code == 404


def test_a_pupil_who_was_taken_out_is_out_with_the_next_tap(kestrels: Group, code: JoinCode, ada: Pupil) -> None:
    tablet = signed_in(code, ada)
    kestrels.memberships.get(user=ada.user).end("left")
    assert "Kestrels" not in tablet.get("/").content.decode()


def test_guessing_class_codes_is_limited_and_the_right_one_is_not(code: JoinCode) -> None:
    client = Client()
    answers = [client.get("/class/AAAABBBBCCCC/").status_code for _try in range(61)]
    assert answers == [404] * 60 + [429]
    assert client.get(f"/class/{code.code}/").status_code == 429
    assert [Client(REMOTE_ADDR="10.0.0.9").get(f"/class/{code.code}/").status_code for _n in range(70)] == [200] * 70


def test_a_code_never_stands_in_a_referer(visitor: Client, code: JoinCode, ada: Pupil) -> None:
    for address in (f"/class/{code.code}/", page_of(code, ada), "/class/"):
        assert visitor.get(address)["Referrer-Policy"] == "strict-origin"
