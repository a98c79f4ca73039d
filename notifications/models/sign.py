from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone


class SignQuerySet(models.QuerySet["Sign"]):
    def leave(self, name: str, note: dict[str, Any] | None = None) -> None:
        """Say that a part was at work just now."""
        values: dict[str, Any] = {"at": timezone.now()} | ({"note": note} if note is not None else {})
        self.update_or_create(name=name, defaults=values)

    def seen(self) -> dict[str, datetime]:
        """When each part was at work last."""
        return dict(self.values_list("name", "at"))


class Sign(models.Model):
    """A sign of life of one part of the installation (the clock, the tick, a worker), for `/healthz`."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField(default=timezone.now)
    note = models.JSONField(default=dict)

    objects = SignQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
