from django.conf import settings
from django.db import models
from django.utils import timezone

from feed.models.act import Act

WHY_LIMIT = 200


class ActChange(models.Model):
    """One change of an act's state: who, when and why."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="changes")
    before = models.CharField(max_length=8, choices=Act.State)
    after = models.CharField(max_length=8, choices=Act.State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=WHY_LIMIT, blank=True)
    # The author's own words, where whoever read them has put others in their place.
    said = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
