"""Reading along: for a while somebody sees everything in a group and writes nothing to it."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from groups.models import Group


def reading_along(group: Group, user: User) -> str:
    """Why this person cannot write to a group now, in words for them; empty when they can."""
    until = _muted_until(group, user)
    if until is None or until <= timezone.now():
        return ""
    # Translators: the format of a day and an hour, in Django's date format letters.
    moment = date_format(timezone.localtime(until, user.zone), _("l, F j, P"))
    return _("Until %(moment)s you read along here. After that you can write again.") % {"moment": moment}


def _muted_until(group: Group, user: User) -> datetime | None:
    """Answered by a group that was read as a place of this person, else by one query."""
    if hasattr(group, "muted_until"):
        known: datetime | None = group.muted_until
        return known
    return group.memberships.active().filter(user=user).values_list("muted_until", flat=True).first()
