from typing import Any

from django.db import models
from django.utils import timezone


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("The audit log is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit log is append-only.")


class AuditEntry(models.Model):
    """Who did what to which thing, when. Ids only: no names, no texts, no addresses."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=40)
    thing_id = models.BigIntegerField(null=True)
    group_id = models.BigIntegerField(null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "-at"], name="audit_by_group"),
            models.Index(fields=["thing", "thing_id"], name="audit_by_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing}"


def record(actor: models.Model | None, verb: str, thing: models.Model, *, group_id: int | None = None) -> None:
    """Write one line of the audit log.

    Args:
        actor: who did it, or None for the platform itself.
        verb: what was done, in the past tense ("removed").
        thing: the row it was done to; only its type and id are kept.
        group_id: the group it happened in, if any.
    """
    AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        verb=verb,
        thing=thing._meta.label,
        thing_id=thing.pk,
        group_id=group_id,
    )
