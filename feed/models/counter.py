from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F

from challenges.models import Challenge
from groups.models import Group

if TYPE_CHECKING:
    from feed.models.act import Act


class CounterManager(models.Manager["Counter"]):
    def add(self, act: "Act", by: int) -> None:
        """Count an act in or out, in the caller's transaction.

        Private acts count too: the total of a challenge says what happened, not what was shown.
        """
        key = {"group_id": act.group_id, "challenge_id": act.challenge_id, "source": act.source, "kind": act.kind}
        if not self.filter(**key).update(total=F("total") + by):
            _row, new = self.get_or_create(**key, defaults={"total": max(by, 0)})
            if not new:
                self.filter(**key).update(total=F("total") + by)


class Counter(models.Model):
    """How many acts of one kind and source a challenge (or a group outside of challenges) holds; rebuildable."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="counters")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="counters")
    source = models.CharField(max_length=6)
    kind = models.CharField(max_length=8)
    total = models.IntegerField(default=0)

    objects = CounterManager()

    class Meta:
        constraints = [
            # Two conditions rather than `nulls_distinct`, which SQLite does not have.
            models.UniqueConstraint(
                fields=["challenge", "source", "kind"],
                condition=models.Q(challenge__isnull=False),
                name="one_counter_per_challenge_and_kind",
            ),
            models.UniqueConstraint(
                fields=["group", "source", "kind"],
                condition=models.Q(challenge__isnull=True),
                name="one_counter_outside_of_challenges_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}: {self.total}"
