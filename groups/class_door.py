"""How a pupil gets in and out: what is counted, what the session holds, which devices a class knows."""

import hmac
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from groups.models import Classroom, ClassTries, Group, JoinCode, Pupil

SESSION_KEY = "class"
BACKEND = "accounts.pupils.PupilBackend"
SHARED_FOR = 10 * 60
"""So many seconds without a tap, and a shared tablet has forgotten who was there."""
OWN_FOR = 8 * 60 * 60
STEP = 60
DEVICE_COOKIE = "__Host-class" if settings.SESSION_COOKIE_SECURE else "class"
DEVICE_FOR = 400 * 24 * 60 * 60
MOST_CLASSES = 20


class Answer(StrEnum):
    IN = "in"
    WRONG = "wrong"
    LOCKED = "locked"
    TOO_MANY = "too many"


def attempt(pupil: Pupil, group: Group, typed: Sequence[str], *, known: bool) -> Answer:
    """Try to sign a pupil in, within the limits of CHILDREN C5.

    Args:
        typed: four pictures or two words, in order.
        known: whether somebody of this class has got in on this device before. From other devices a class has
            fifteen wrong tries a day, which a right one in between does not give back.
    """
    if pupil.is_locked:
        return Answer.LOCKED
    today = group.organization.today()
    if not known and not ClassTries.objects.take(group, today):
        return Answer.TOO_MANY
    if not pupil.take_try():
        if not known:
            ClassTries.objects.give_back(group, today)
        return Answer.LOCKED
    if not is_right(pupil, group.classroom, typed):
        return Answer.LOCKED if pupil.is_locked else Answer.WRONG
    if not known:
        ClassTries.objects.give_back(group, today)
    pupil.note_right()
    return Answer.IN


def is_right(pupil: Pupil, classroom: Classroom, typed: Sequence[str]) -> bool:
    secret = pupil.secret
    wanted = secret.words if classroom.sign_in == Classroom.SignIn.WORDS else secret.pictures
    said = [word.casefold().strip() for word in typed]
    return hmac.compare_digest(" ".join(said).encode(), " ".join(wanted).encode())


def let_in(request: HttpRequest, pupil: Pupil, group: Group, code: JoinCode | None) -> None:
    """Begin a pupil's session, in place of whoever was signed in here before."""
    request.session.flush()
    login(request, pupil.user, backend=BACKEND)
    shared = group.classroom.shared_tablets
    request.session[SESSION_KEY] = {
        "group": group.pk,
        "code": code.pk if code else None,
        "shared": shared,
        "at": time.time(),
    }
    request.session.set_expiry(SHARED_FOR if shared else OWN_FOR)


def keep_awake(request: HttpRequest) -> None:
    """On a shared tablet the session lasts from tap to tap; written at most once a minute."""
    mine = request.session.get(SESSION_KEY, {})
    if mine.get("shared") and time.time() - mine["at"] > STEP:
        request.session[SESSION_KEY] = {**mine, "at": time.time()}
        request.session.set_expiry(SHARED_FOR)


def class_of(request: HttpRequest, user: User) -> Group | None:
    """The class through whose door this pupil came, if they may be in it at this moment."""
    mine = request.session.get(SESSION_KEY, {})
    group = open_classes().filter(pk__in=Group.objects.of_member(user), pk=mine.get("group")).first()
    return group if group and group.classroom.is_open_now else None


def open_classes() -> QuerySet[Group]:
    """Classes that somebody has allowed to be here, with all that says when they are open."""
    found = Group.objects.allowed().filter(archived_at=None, delete_after=None, classroom__isnull=False)
    return found.select_related("classroom", "organization__school")


def code_of(request: HttpRequest) -> JoinCode | None:
    """The class code by which a pupil came, while it works; for the way back to the names."""
    pk = request.session.get(SESSION_KEY, {}).get("code")
    return JoinCode.objects.live().filter(pk=pk).first() if pk else None


@dataclass(frozen=True)
class Named:
    """A pupil as the class reads them: those with the same name are counted through."""

    pupil: Pupil
    number: int

    @property
    def shown(self) -> str:
        return f"{self.pupil.name} {self.number}" if self.number else self.pupil.name


def told_apart(pupils: Iterable[Pupil]) -> list[Named]:
    """The pupils of a class with a number after each name that stands twice; in the order they came."""
    found = list(pupils)
    same: dict[str, list[int]] = {}
    for pupil in sorted(found, key=lambda one: one.pk):
        same.setdefault(pupil.name.casefold(), []).append(pupil.pk)
    return [
        Named(pupil, twins.index(pupil.pk) + 1 if len(twins := same[pupil.name.casefold()]) > 1 else 0)
        for pupil in found
    ]


# --- Devices a class knows ----------------------------------------------------------------------------


def is_known(request: HttpRequest, code: JoinCode) -> bool:
    """Whether somebody got in on this device by this very code. A new code makes every device new."""
    return code.pk in _known(request)


def remember(request: HttpRequest, response: HttpResponse, code: JoinCode) -> None:
    """Note on the device that it belongs to a class: the number of a code, signed, and nothing about anybody."""
    codes = [*(pk for pk in _known(request) if pk != code.pk), code.pk][-MOST_CLASSES:]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(codes, salt=DEVICE_COOKIE),
        max_age=DEVICE_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[int]:
    try:
        found = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_COOKIE, max_age=DEVICE_FOR)
    except signing.BadSignature:
        return []
    return [pk for pk in found if isinstance(pk, int)] if isinstance(found, list) else []
