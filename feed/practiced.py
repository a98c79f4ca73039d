"""What somebody did, for themselves alone: days, kinds and feelings. Nothing is added up into one number, and no
day on which nothing happened is drawn."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count

from accounts.models import User
from feed.models import Act, ActFeeling

MONTHS_DRAWN = 6
FEELINGS_DRAWN = 30


@dataclass(frozen=True, kw_only=True)
class Feeling:
    """One dot of the line that only its owner sees."""

    on: date
    value: int
    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class Practiced:
    """Attributes:
    days: how many different days hold an act of mine.
    months: the newest months with such days, newest first, each with its days.
    did, saw, received: acts, each kind for itself.
    feelings: the newest answers to "how did it feel", oldest first.
    """

    days: int
    months: list[tuple[date, list[date]]]
    did: int
    saw: int
    received: int
    feelings: list[Feeling]

    @property
    def line(self) -> str:
        return " ".join(f"{feeling.x},{feeling.y}" for feeling in self.feelings)

    @property
    def width(self) -> int:
        return max(len(self.feelings) - 1, 0) * 24 + 24


def practiced_by(user: User) -> Practiced:
    """All of it in three queries."""
    acts = Act.objects.filter(author=user).exclude(state=Act.State.REMOVED)
    days = list(acts.order_by("-done_on").values_list("done_on", flat=True).distinct())
    months = [(first, sorted(some)) for first, some in groupby(days, key=lambda day: day.replace(day=1))]
    kinds = dict(acts.order_by().values_list("kind").annotate(n=Count("pk")))
    return Practiced(
        days=len(days),
        months=months[:MONTHS_DRAWN],
        did=kinds.get("did", 0),
        saw=kinds.get("saw", 0),
        received=kinds.get("received", 0),
        feelings=_feelings(user),
    )


def _feelings(user: User) -> list[Feeling]:
    mine = ActFeeling.objects.filter(act__author=user).exclude(act__state=Act.State.REMOVED)
    newest = mine.order_by("-act__done_on", "-act_id").values_list("act__done_on", "value")[:FEELINGS_DRAWN]
    return [
        Feeling(on=on, value=value, x=12 + place * 24, y=12 + (5 - value) * 18)
        for place, (on, value) in enumerate(reversed(newest))
    ]
