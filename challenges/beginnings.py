"""Beginning a challenge: the answers kept while somebody signs up, and the one step that makes it real."""

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.ids import new_public_id
from accounts.models import User
from challenges.models import Challenge
from groups.models import Group, JoinCode

SESSION_KEY = "start"
# Long enough to find the mail with the code, too short for the next person at this computer.
LIFETIME = 6 * 60 * 60
ANSWERS = ("name", "mode", "program", "starts_on", "time_zone")


def keep(session: SessionBase, answers: Mapping[str, Any], key: str) -> None:
    """Keep what was answered signed out until the person is back with an account."""
    kept = {name: str(answers.get(name) or "") for name in ANSWERS}
    session[SESSION_KEY] = {"answers": kept, "key": key, "at": time.time()}


def kept(session: SessionBase) -> tuple[dict[str, str], str] | None:
    """The answers that wait in this session and the key of their form."""
    draft = session.get(SESSION_KEY)
    if not draft or draft["at"] < time.time() - LIFETIME:
        return None
    return draft["answers"], draft["key"]


def arrived(request: HttpRequest, user: User) -> str | None:
    """Somebody has signed in: if a challenge waits to be made, that is where they go."""
    return reverse("start-finish") if kept(request.session) else None


def forget(session: SessionBase) -> None:
    session.pop(SESSION_KEY, None)


def new_key() -> str:
    return new_public_id()


def made_from(starter: User, key: str) -> Challenge | None:
    """The challenge that this person's form has already made."""
    return Challenge.objects.filter(started_by=starter, form_key=key).select_related("group").first()


def begin(
    starter: User, *, key: str, group: Group | None, name: str, mode: str, program: str, starts_on: date
) -> Challenge:
    """Make the challenge, and the group where there is none yet, once per form.

    A double click runs this twice at the same moment: the second finds the first one's challenge, and
    the group it has made meanwhile is rolled back with it.

    Args:
        group: one that `starter` may run, or None to found a new one.
        name, mode: of the new group.
    """
    earlier = made_from(starter, key)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            group = group or Group.objects.found(name=name, mode=mode, founder=starter)
            challenge = Challenge.objects.start(
                group=group, program_key=program, starts_on=starts_on, by=starter, form_key=key
            )
            if not group.is_class:
                JoinCode.current(group, starter)
    except IntegrityError:
        twin = made_from(starter, key)
        if twin is None:
            raise
        return twin
    return challenge
