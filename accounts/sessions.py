"""The session engine: Django's sessions in the database, each with its person, its browser and its beginning."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.ids import new_public_id
from accounts.models import Session, User

BEGINNING = "sign_in"
"""What a session tells of its sign-in. It stands in the session itself, so it outlives every change of the key."""

BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome")]
BROWSERS += [("Chrome", "Chrome"), ("Safari", "Safari")]
SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows")]
SYSTEMS += [("Mac OS", "Mac"), ("Linux", "Linux")]


class SessionStore(db.SessionStore):
    """Ends so many days after the sign-in, however often something is noted in it: each note would prolong it else."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        beginning = data.get(BEGINNING, {})
        row.public_id = beginning.get("id", "")
        row.browser = beginning.get("browser", "")
        row.began_at = parse_datetime(beginning.get("at", "")) or timezone.now()
        row.expire_date = min(row.expire_date, row.began_at + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return row


def browser_of(request: HttpRequest) -> str:
    """Words by which people know a browser of theirs again ("Firefox on Windows"), and nothing more exact."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    found = (next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))


def note_beginning(request: HttpRequest, **_signal: Any) -> None:
    """Called for every sign-in, whichever way it came. About a child's device nothing is noted."""
    is_pupil = getattr(_signal.get("user"), "is_pupil", False)
    request.session[BEGINNING] = {
        "id": new_public_id(),
        "browser": "" if is_pupil else browser_of(request),
        "at": timezone.now().isoformat(),
    }


def note_last_sign_in(user: User, **_signal: Any) -> None:
    """When a grown-up signed in last. When a child did is nobody's business."""
    if not user.is_pupil:
        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])


def sessions_of(user: User) -> models.QuerySet[Session]:
    """Where somebody is signed in now, the newest first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-began_at")


def end_others(request: HttpRequest, user: User) -> int:
    """Sign the person out everywhere but here; returns in how many places."""
    others = Session.objects.filter(user=user).exclude(session_key=request.session.session_key)
    return others.delete()[0]
