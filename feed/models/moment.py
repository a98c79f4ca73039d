from django.conf import settings
from django.db import models
from django.utils import timezone

from challenges.models import Challenge
from feed.models.act import Act


class Moment(models.Model):
    """An act that those who run a group chose for a challenge's closing page."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="moments")
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="moments")
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "act"], name="one_moment_per_challenge_and_act"),
        ]

    def __str__(self) -> str:
        return f"moment {self.act_id} of {self.challenge_id}"
