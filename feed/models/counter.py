from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import F

from challenges.models import Challenge
from groups.models import Group

if TYPE_CHECKING:
    from feed.models.act import Act


class Place(NamedTuple):
    """The counter that an act belongs to."""

    group_id: int
    challenge_id: int | None
    source: str
    kind: str
    private: bool


def place_of(act: "Act") -> Place:
    """What was kept to its author is counted apart: only a group in which it hides nobody is told of it."""
    return Place(act.group_id, act.challenge_id, act.source, act.kind, act.audience == "private")


class CounterManager(models.Manager["Counter"]):
    def add(self, act: "Act", by: int) -> None:
        """Count an act in or out, in the caller's transaction."""
        self.add_to(place_of(act), by)

    def move(self, act: "Act", before: Place) -> None:
        """Count an act where it belongs now, no longer where it belonged before."""
        if before != place_of(act):
            self.add_to(before, -1)
            self.add_to(place_of(act), +1)

    def add_to(self, place: Place, by: int) -> None:
        """Change one counter; it is made if there is none."""
        key = place._asdict()
        if not self.filter(**key).update(total=F("total") + by):
            _row, new = self.get_or_create(**key, defaults={"total": max(by, 0)})
            if not new:
                self.filter(**key).update(total=F("total") + by)


class Counter(models.Model):
    """How many acts of one kind and source a challenge (or a group outside of challenges) holds; rebuildable.

    Acts that were kept to their authors have counters of their own (`private`).
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="counters")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="counters")
    source = models.CharField(max_length=6)
    kind = models.CharField(max_length=8)
    private = models.BooleanField(default=False)
    total = models.IntegerField(default=0)

    objects = CounterManager()

    class Meta:
        constraints = [
            # Two conditions rather than `nulls_distinct`, which SQLite does not have.
            models.UniqueConstraint(
                fields=["challenge", "source", "kind", "private"],
                condition=models.Q(challenge__isnull=False),
                name="one_counter_per_challenge_and_kind",
            ),
            models.UniqueConstraint(
                fields=["group", "source", "kind", "private"],
                condition=models.Q(challenge__isnull=True),
                name="one_counter_outside_of_challenges_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}: {self.total}"
