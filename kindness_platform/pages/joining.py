"""Letting people in by a code: the place in the group, and a part in what runs there."""

import time

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge
from groups.models import Group, JoinCode

SESSION_KEY = "join"
# Long enough to find the mail with the sign-in code, too short for the next person at this computer.
LIFETIME = 60 * 60


def running_in(group: Group) -> list[Challenge]:
    """The challenges one can still take part in, first to begin first."""
    running = Challenge.objects.not_over_on(group, group.organization.today())
    return list(running.order_by("starts_on", "pk"))


@transaction.atomic
def let_in(code: JoinCode, user: User) -> bool:
    """Redeem a code, and take part from today on in what the group is doing; False when the code no longer works."""
    if not code.redeem(user):
        return False
    for challenge in running_in(code.group):
        challenge.welcome(user)
    return True


def keep(session: SessionBase, code: JoinCode) -> None:
    """Remember the code while somebody signs up or in."""
    session[SESSION_KEY] = {"code": code.pk, "at": time.time()}


def arrived(request: HttpRequest, user: User) -> str | None:
    """Somebody has signed in: if they came with a code, they are let in now and start on Today."""
    kept = request.session.pop(SESSION_KEY, None)
    if not kept or kept["at"] < time.time() - LIFETIME:
        return None
    code = JoinCode.objects.live().filter(pk=kept["code"]).select_related("group__organization").first()
    if code and let_in(code, user):
        welcome(request, code.group)
        return reverse("home")
    messages.warning(request, _("That code did not open a group. Please ask for the invitation again."))
    return reverse("enter-code")


def welcome(request: HttpRequest, group: Group) -> None:
    messages.success(request, _("You are in. Welcome to %(group)s.") % {"group": group.name})
