"""What the frame around every page knows about the signed-in person, asked once and only when it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists
from django.http import HttpRequest

from accounts.models import User
from groups.models import Group, Membership
from notifications.models import Notice


@dataclass
class Frame:
    """The navigation of one request. A part that htmx asks for never draws it, so it costs nothing there."""

    request: HttpRequest

    @property
    def person(self) -> User | None:
        """The signed-in person; None for visitors, and on error pages that were reached without a session."""
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @property
    def view(self) -> str:
        match = self.request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def _memberships(self) -> Sequence[Membership]:
        """My places, with whether a notice waits for me: one query for the whole frame."""
        if self.person is None:
            return []
        waiting = Notice.objects.visible_to(self.person).unread()
        places = Membership.objects.active().filter(user=self.person, group__archived_at=None)
        return list(places.annotate(waiting=Exists(waiting)).select_related("group").order_by("group__name", "pk"))

    @property
    def groups(self) -> list[Group]:
        return [place.group for place in self._memberships]

    @property
    def leads(self) -> list[Group]:
        return [place.group for place in self._memberships if place.is_leader]

    @property
    def lead(self) -> Group | None:
        """The group that "Lead" goes to: the one on this page, else the first."""
        match = self.request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        leads = self.leads
        return next((group for group in leads if group.slug == slug), leads[0] if leads else None)

    @property
    def has_news(self) -> bool:
        return any(getattr(place, "waiting", False) for place in self._memberships)
