"""What the frame around every page knows about the signed-in person, asked once and only when it is drawn."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from accounts.models import User
from groups.middleware import class_seen
from groups.models import Group
from groups.places import Places, places_of


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
    def is_pupil(self) -> bool:
        """Whether a child looks: larger letters, no navigation."""
        return self.person is not None and self.person.is_pupil

    @property
    def mode(self) -> str:
        """How large and how plain a page is: for a pupil of 7 to 11, for a student of 11 to 18, or for grown-ups."""
        if not self.is_pupil:
            return ""
        group = class_seen(self.request)
        return "student" if group and group.mode == Group.Mode.SECONDARY else "pupil"

    @property
    def view(self) -> str:
        match = self.request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def _places(self) -> Places | None:
        """My places, with whether a notice waits for me: one query, which the page may have asked already."""
        return places_of(self.request) if self.person else None

    @property
    def groups(self) -> list[Group]:
        return self._places.groups if self._places else []

    @property
    def leads(self) -> list[Group]:
        return self._places.led if self._places else []

    @property
    def lead(self) -> Group | None:
        """The group that "Lead" goes to: the one on this page, else the first."""
        match = self.request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        leads = self.leads
        return next((group for group in leads if group.slug == slug), leads[0] if leads else None)

    @property
    def has_news(self) -> bool:
        return self._places.has_news if self._places else False
