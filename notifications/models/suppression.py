from datetime import timedelta

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SOFT, HARD, LIMIT = 1, 2, 4
FORGIVEN_AFTER = timedelta(days=30)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def stopped(self) -> "SuppressionQuerySet":
        return self.filter(stopped_at__isnull=False)

    def is_stopped(self, address: str) -> bool:
        return self.stopped().filter(address=address.lower()).exists()

    def stop(self, address: str, why: str, code: str = "") -> "Suppression":
        """Write no more letters to an address, but those that its owner asks for."""
        row, _new = self.get_or_create(address=address.lower(), defaults={"why": why})
        row.why, row.code, row.stopped_at = why, code[:20], row.stopped_at or timezone.now()
        row.save(update_fields=["why", "code", "stopped_at"])
        return row

    def score(self, address: str, points: int, code: str = "") -> bool:
        """Count a letter that came back. True once there were so many that the address is stopped.

        What is older than a month is forgiven: a full mailbox in March says nothing about April.
        """
        now = timezone.now()
        row, _new = self.get_or_create(address=address.lower())
        self.filter(pk=row.pk, scored_at__lt=now - FORGIVEN_AFTER).update(score=0)
        self.filter(pk=row.pk).update(score=F("score") + points, scored_at=now, code=code[:20])
        over = self.filter(pk=row.pk, score__gte=LIMIT)
        over.filter(stopped_at=None).update(stopped_at=now, why=Suppression.Why.BOUNCED)
        return over.exists()

    def lift(self, address: str) -> bool:
        """Its owner says that it works again: it starts with a clean sheet."""
        return bool(self.filter(address=address.lower()).delete()[0])


class Suppression(models.Model):
    """An address from which letters came back, or whose owner called one of them spam.

    A few letters that come back are only counted; from `stopped_at` on nothing is written there, except what its owner
    has just asked for, such as a code to sign in.
    """

    class Why(models.TextChoices):
        BOUNCED = "bounced", _("letters came back")
        COMPLAINED = "complained", _("a letter was called spam")

    address = models.EmailField(unique=True)
    why = models.CharField(max_length=10, choices=Why, default=Why.BOUNCED)
    code = models.CharField(max_length=20, blank=True)
    score = models.PositiveSmallIntegerField(default=0)
    scored_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)

    objects = SuppressionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"suppression {self.pk}"
