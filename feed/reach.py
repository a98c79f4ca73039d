"""How many more people a person's kindness has reached: whoever passed it on since a moment, each counted once."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from feed.models import Act
from notifications.models import Notice


@dataclass(frozen=True)
class Reach:
    people: int
    path: str

    @property
    def line(self) -> str:
        said = ngettext(
            "Your kindness reached %(n)d more person.", "Your kindness reached %(n)d more people.", self.people
        )
        return said % {"n": self.people}

    @property
    def url(self) -> str:
        return settings.BASE_URL + self.path


def reached(user: User, *, since: datetime) -> Reach | None:
    """Whom the news of a person tell of as having passed their kindness on, as long as it may be read.

    Those whose acts were told to nobody, were taken down or were told in a group that was left are not counted.
    """
    told = Notice.objects.filter(recipient=user, kind="passed_on", created_at__gte=since)
    about = [context["act"] for context in told.values_list("context", flat=True) if "act" in context]
    acts = list(Act.objects.visible_to(user).in_feed().filter(pk__in=about).select_related("ripple"))
    if not acts:
        return None
    # Who did not sign is somebody, too: each such act counts for one.
    people = {("person", act.author_id) if act.signed_by else ("act", act.pk) for act in acts}
    ripple = acts[0].ripple
    return Reach(len(people), reverse("ripple", args=[ripple.public_id]) if ripple else reverse("notices"))
