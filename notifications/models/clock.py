from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User


class ClockQuerySet(models.QuerySet["Clock"]):
    def due(self, now: datetime) -> "ClockQuerySet":
        return self.filter(next_at__lte=now).order_by("next_at", "pk")

    def wind(self, rhythm: str, users: Iterable[User]) -> None:
        """Let these people's clock run for a rhythm, from now on. One that runs is left alone.

        The next tick finds the new ones (they are due at once) and sets them by their people's own rules.
        """
        now = timezone.now()
        self.bulk_create(
            [Clock(user=user, rhythm=rhythm, next_at=now) for user in users if not user.is_pupil],
            ignore_conflicts=True,
        )

    def start(self, rhythm: str, users: Iterable[int]) -> None:
        """Something has happened that these people (ids) are to be told at the next time of this rhythm. Two queries,
        however many they are; the next tick sets the clocks by their people's own rules."""
        now, users = timezone.now(), list(users)
        if not users:
            return
        self.bulk_create([Clock(user_id=user, rhythm=rhythm, next_at=now) for user in users], ignore_conflicts=True)
        # One that has come round and is being dealt with comes round once more: what happened now may have been missed.
        over = models.Q(next_at=None) | models.Q(next_at__lt=now)
        self.filter(over, rhythm=rhythm, user__in=users).update(next_at=now, last_on=None)


class Clock(models.Model):
    """When the next reminder or digest of one person is due.

    The rule is the person's own: their hour, their days, their zone (`schedule.Rule`). `next_at` only caches the
    moment that follows from it, so that a tick finds who is due by an index and looks at nobody else.

    Attributes:
        rhythm: what it is a clock for (`notifications.rhythms`).
        next_at: the moment of the next one, or when to look again; None if none follows from the rule.
        last_on: the day, in the person's calendar, up to which everything has been dealt with.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clocks")
    rhythm = models.CharField(max_length=12)
    next_at = models.DateTimeField(null=True)
    last_on = models.DateField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "rhythm"], name="one_clock_per_person_and_rhythm"),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=models.Q(next_at__isnull=False), name="clocks_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.rhythm} of {self.user_id}"
