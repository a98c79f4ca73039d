"""The places of the signed-in person: the groups they belong to, read once for a whole request.

Every page's frame names them and the pages of the feed stand on them, so they are the hottest rows of
all: one query, and it brings what their policies are made of.
"""

from functools import cache, cached_property
from typing import Any, cast

from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.people import person
from groups.models.group import Group
from groups.models.membership import Membership
from groups.models.organization import OrganizationAdmin
from notifications.models import Notice


@cache
def _places() -> Any:
    """Everybody's places, each with whether they look after it and since when a notice waits for them.

    Putting this statement together takes longer than answering it, so that is done once; what differs from
    one request to the next, the person and the time, stays out of it.
    """
    looks_after = OrganizationAdmin.objects.filter(organization=OuterRef("group__organization"), user=OuterRef("user"))
    waiting = Notice.objects.filter(recipient=OuterRef("user"), in_app=True).unread().order_by("due_at")
    return (
        Membership.objects.active()
        .filter(group__archived_at=None, group__delete_after=None)
        .annotate(is_admin=Exists(looks_after), news_since=Subquery(waiting.values("due_at")[:1]))
        .select_related("group__organization")
        .order_by("group__name", "pk")
    )


class Places:
    """The groups of one person, by name, each with its organization and whether they run it (`is_run`).

    They also know until when this person reads along there (`muted_until`).
    """

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def _memberships(self) -> list[Any]:
        """One row for each place, which also says since when a notice waits for this person."""
        found: list[Any] = list(_places().filter(user=self.user))
        for place in found:
            place.group.is_run = place.is_leader or place.is_admin
            place.group.my_place = place
        return found

    @cached_property
    def groups(self) -> list[Group]:
        return [place.group for place in self._memberships]

    @property
    def led(self) -> list[Group]:
        """Those this person leads, not those they only look after as an admin."""
        return [place.group for place in self._memberships if place.is_leader]

    @property
    def has_news(self) -> bool:
        now = timezone.now()
        return any(place.news_since and place.news_since <= now for place in self._memberships)


def places_of(request: HttpRequest) -> Places:
    """The places of whoever sent this request; asked again, the same."""
    known = cast("Places | None", vars(request).get("_places"))
    if known is None:
        known = vars(request)["_places"] = Places(person(request))
    return known
