"""What protects children, counted (CHILDREN C2, C7 to C10, C13, C14)."""

import re
import tomllib
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Field
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Session, User
from challenges.models import Challenge
from feed import digest, reading
from feed.models import Act, Case, Photo
from groups.models import Authorization, Group, JoinCode, Pupil
from groups.models.policy import NAMES
from notifications.models import Delivery, Notice, PushDevice
from tests.access import routes, words
from tests.client import pupil_client
from tests.factories import make_act, make_challenge, make_class, make_group, make_user

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Canaryqzx"


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrelsqzx", pupils=[CANARY, "Ben"])


@pytest.fixture
def child(kestrels: Group) -> Pupil:
    return Pupil.objects.get(user__name=CANARY)


@pytest.fixture
def program(kestrels: Group) -> Challenge:
    return make_challenge(kestrels, program="t11", started=0)


# --- C2 ------------------------------------------------------------------------------------------------

# What every account has, whoever it is: it says nothing about this child.
OF_NO_PERSON = {
    "accounts.User": {"id", "public_id", "kind", "password", "time_zone", "language", "is_active", "date_joined"},
    "groups.Pupil": {"id", "user", "organization", "issued_at"},
}


def filled(row: User | Pupil) -> set[str]:
    """The columns of a row that say something: neither empty nor as they come."""
    columns: list[Field[object, object]] = list(row._meta.concrete_fields)
    said = {c.name for c in columns if getattr(row, c.name) not in {None, "", 0}}
    return said - OF_NO_PERSON[row._meta.label]


def test_after_a_day_in_class_a_child_is_a_name_a_place_and_a_secret(
    kestrels: Group, child: Pupil, program: Challenge
) -> None:
    client, ben = pupil_client(child), Pupil.objects.get(user__name="Ben").user
    other = make_act(kestrels, ben, text="Carried the chairs.", challenge=program)
    other.change("shown", by=None)
    client.post("/tell/", {"kind": "did", "step": str(program.steps.all()[0].public_id), "form_key": "form-key-1"})
    client.post("/tell/", {"kind": "saw", "credited": [ben.public_id], "form_key": "form-key-2"})
    client.post(f"/acts/{other.public_id}/thanks/")
    client.post(f"/acts/{other.public_id}/report/", {"reason": "unkind"})
    client.post("/tell/noted/")
    assert Act.objects.filter(author=child.user).count() == 2
    child.refresh_from_db()
    child.user.refresh_from_db()
    assert filled(child.user) | filled(child) == {"name", "credential"}
    assert child.user.memberships.count() == 1
    assert not child.user.has_usable_password()
    assert not Session.objects.filter(user=child.user).exclude(browser="").exists()
    assert not Photo.objects.exists()
    assert not PushDevice.objects.exists()
    assert not AuditEntry.objects.filter(actor_id=child.user.pk).exists()


# --- C7 ------------------------------------------------------------------------------------------------


def test_nobody_outside_finds_a_child(kestrels: Group, child: Pupil, program: Challenge, theo: User) -> None:
    """Every address as somebody without an account, and as a stranger with one; only a card's own page says a name."""
    act = make_act(kestrels, child.user, text=f"Words of {CANARY}.", challenge=program)
    assert reading.share(act, theo)
    wall = JoinCode.current(kestrels, theo, JoinCode.Purpose.WALL)
    stranger = Client(raise_request_exception=False)
    stranger.force_login(make_user("Stan"))
    values = {"public_id": act.public_id, "slug": kestrels.slug, "code": wall.code or "", "kind": "thanks"}
    values |= {"size": "large", "language": "en", "service": "postmark", "week": "1", "pk": "1", "provider_id": "sso"}
    addresses = [route.address({**dict.fromkeys(route.arguments, "x"), **values}) for route in routes()]
    addresses += [one.replace(act.public_id, program.public_id) for one in addresses if act.public_id in one]
    addresses += [one.replace(act.public_id, child.user.public_id) for one in addresses if act.public_id in one]
    found = []
    for who in (Client(raise_request_exception=False), stranger):
        for address in [*addresses, "/robots.txt", "/sitemap.xml"]:
            answer = who.get(address)
            said = words(answer) + str(answer.headers)
            if not address.startswith("/wall/"):
                found += [address] if CANARY in said or kestrels.name in said else []
                continue
            assert "og:" not in said
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert f"{CANARY} did" not in said
    assert found == []
    assert f"Words of {CANARY}." in words(stranger.get(f"/wall/{wall.code}/")), "else nothing above could be found"


# --- C8 ------------------------------------------------------------------------------------------------

MOVES_BY_ITSELF = r"<(audio|video|marquee|progress|meter|dialog open)|autoplay|http-equiv=.refresh|revealed|intersect"
MOVES_BY_ITSELF += r"|hx-trigger=.[^\"]*(every|load)|countdown|data-(timer|until|left)=|class=.[^\"]*(badge|dot--new)"


@pytest.mark.parametrize("mode", ["primary", "secondary"])
def test_nothing_on_their_pages_plays_loads_or_counts_by_itself(theo: User, mode: str) -> None:
    group = make_class(theo, mode=mode, pupils=["Ada", "Ben"])
    make_challenge(group, program="t11" if mode == "primary" else "t12", started=0)
    ada, ben = (one.user for one in Pupil.objects.in_class(group))
    for n in range(8):
        make_act(group, (ada, ben)[n % 2], text=f"Kind thing {n}.").change("shown", by=None)
    client = pupil_client(ada.pupil)
    act = Act.objects.filter(author=ben).first()
    assert act
    for address in ("/", "/?class=more", "/tell/?kind=did", "/tell/?kind=saw", f"/acts/{act.public_id}/report/"):
        html = re.sub(r"<svg.*?</svg>", "", client.get(address).content.decode(), flags=re.DOTALL)
        assert not re.findall(MOVES_BY_ITSELF, html), address
        assert not re.search(r"<(span|b|strong|sup)[^>]*>\s*\d+\s*</", html.split('id="all-h"')[0]), (
            "a number in a badge"
        )
    script = (ROOT / "static/js/pupil.js").read_text()
    assert not re.search(r"setInterval|IntersectionObserver|geolocation|Notification|\.play\(", script)


# --- C9 ------------------------------------------------------------------------------------------------

OPEN = {"reactions_open", "credits_open", "leaders_see_names"}
"""Three kind answers without a number, thanks by name, and a teacher who knows whose words they read."""


@pytest.mark.parametrize(("mode", "more"), [("primary", set[str]()), ("secondary", {"text_open", "anonymous_open"})])
def test_a_fresh_class_is_the_table_of_high_privacy(theo: User, mode: str, more: set[str]) -> None:
    group = make_class(theo, mode=mode, pupils=["Ada"])
    assert {name for name, allowed in asdict(group.policy).items() if allowed} == OPEN | more
    assert set(asdict(group.policy)) == set(NAMES)
    settled = ("sign_in", "names", "shared_tablets", "wall_link_names", "after_hours")
    assert [getattr(group.classroom, name) for name in settled] == ["pictures", "first", True, False, False]
    assert not JoinCode.objects.exclude(purpose="class").exists()
    assert not Notice.objects.exists()
    client = pupil_client(Pupil.objects.get())
    asked = dict(one.strip().split("=") for one in client.get("/")["Permissions-Policy"].split(","))
    assert asked.keys() >= {"geolocation", "camera", "microphone", "autoplay", "payment", "usb", "screen-wake-lock"}
    assert set(asked.values()) == {"()"}
    for name in ("challenge-table", "devices", "reminders", "my-data", "class-booklet", "class-booklet-file"):
        arguments = {route.name: route.arguments for route in routes()}.get(name)
        if arguments is not None:
            address = reverse(name, args=[group.slug for _one in arguments])
            assert client.get(address).status_code == 404, name


def test_no_script_of_ours_asks_where_somebody_is() -> None:
    scripts = [path.read_text() for path in (ROOT / "static/js").glob("*.js")]
    assert scripts
    assert not any(re.search(r"geolocation|getUserMedia|FaceDetector|mediaDevices", script) for script in scripts)


# --- C10 -----------------------------------------------------------------------------------------------


def test_with_the_yes_taken_back_nothing_leaves_and_nothing_is_told(
    as_theo: Client, theo: User, kestrels: Group, child: Pupil, program: Challenge
) -> None:
    """Sign-in and the next tap are tested at the door; this is the feed, the outbox, and what a teacher could do."""
    client = pupil_client(child)
    shown = make_act(kestrels, child.user, text="Held the door.")
    shown.change("shown", by=None)
    client.post("/tell/", {"kind": "did", "form_key": "form-key-1"})
    client.post("/tell/", {"kind": "saw", "form_key": "form-key-2"})
    wall = JoinCode.current(kestrels, theo, JoinCode.Purpose.WALL)
    own = make_group(theo, name="Theo's Own Group")
    Notice.objects.create(recipient=theo, kind="report", key="other", in_app=True, context={"group": own.pk})
    monday = theo.today() + timedelta(days=7)
    assert Delivery.objects.filter(notice__kind="acts_wait").exists()
    assert digest.wanted(monday, [theo.pk]) == {theo.pk: kestrels.pk}
    before = Act.objects.count()

    assert Authorization.objects.get().withdraw(theo)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor_id, entry.group_id) == ("withdrew", theo.pk, kestrels.pk)
    assert [notice.key for notice in Notice.objects.all()] == ["other"]
    assert not Delivery.objects.filter(notice__kind="acts_wait").exists()
    assert digest.wanted(monday, [theo.pk]) == {}
    assert digest.weeks_of(theo, monday) == []
    assert client.get("/").status_code == 302
    client.post("/tell/", {"kind": "did", "form_key": "form-key-3"})
    assert Client().get(f"/wall/{wall.code}/").status_code == 404
    data = {"kind": "did", "text": "Told for them.", "day": theo.today().isoformat(), "form_key": "form-key-4"}
    refused = as_theo.post(f"/groups/{kestrels.slug}/pupils/{child.user.public_id}/tell/", data)
    assert refused.status_code == 422
    assert "Nobody has said yes for this class at the moment" in refused.content.decode()
    sheet = reverse("challenge-paper-week", args=[program.public_id, 1])
    as_theo.post(sheet, {"do": "class"} | {one.public_id: "3" for one in program.steps.filter(week=1)})
    as_theo.post("/acts/", {"group": kestrels.slug, "kind": "did", "text": "By the teacher."})
    assert Act.objects.count() == before
    assert Notice.objects.count() == 1


def test_the_yes_for_a_whole_school_taken_back_leaves_classes_with_their_own(theo: User, kestrels: Group) -> None:
    whole = Authorization.objects.give(kestrels.organization, None, basis="school", given_by="Dr. Yusuf", by=theo)
    other = Group.objects.found(founder=theo, name="Owls", mode="primary", organization=kestrels.organization)
    for group in (kestrels, other):
        Notice.objects.create(recipient=theo, kind="report", key=group.slug, in_app=True, context={"group": group.pk})
    whole.withdraw(theo)
    assert [notice.key for notice in Notice.objects.all()] == [kestrels.slug]
    assert (kestrels.is_allowed, other.is_allowed) == (True, False)


# --- C13 -----------------------------------------------------------------------------------------------


def test_what_a_child_reports_reaches_the_teacher_at_once(kestrels: Group, child: Pupil, theo: User) -> None:
    """The letter is due within the minute, whatever the hour and the school's days."""
    act = make_act(kestrels, Pupil.objects.get(user__name="Ben").user, text="Ha ha, Caleb fell.")
    act.change("shown", by=None)
    pupil_client(child).post(f"/acts/{act.public_id}/report/", {"reason": "unkind"})
    notice = Notice.objects.get(kind="case_waits")
    assert (notice.recipient, notice.in_app) == (theo, True)
    assert notice.due_at <= timezone.now() + timedelta(seconds=60)
    letter = Delivery.objects.get(notice=notice, channel="mail")
    assert letter.not_before <= timezone.now() + timedelta(seconds=60)
    assert CANARY not in str([*notice.context.values(), Case.objects.get()])


# --- C14 -----------------------------------------------------------------------------------------------

LOOKS_AT_FACES = re.compile(
    r"face|dlib|opencv|mediapipe|insight|deepface|retina|mtcnn|torch|tensorflow|onnx|keras|jax|clip|yolo|scikit|"
    r"embedding|transformers|paddle|rekognition|boto3|vision|timm"
)


def test_nothing_that_is_installed_can_tell_faces() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    assert len(locked) > 50
    assert [package["name"] for package in locked if LOOKS_AT_FACES.search(package["name"])] == []
    rooms = ("accounts", "challenges", "feed", "groups", "kindness_platform", "notifications")
    sources = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    looked = [path for path in sources if re.search(r"\bImage(Stat|Chops)\b|haar|face_", path.read_text())]
    assert looked == []
