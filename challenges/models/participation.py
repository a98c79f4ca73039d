from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.models.challenge import Challenge


class Participation(models.Model):
    """A member in a challenge: how much, in which rhythm, and whether they are having a rest."""

    class Dose(models.TextChoices):
        FULL = "full", _("As planned")
        HALF = "half", _("About half")

    class Rhythm(models.TextChoices):
        SPREAD = "spread", _("Spread over the week")
        ONE_DAY = "one_day", _("All on one kindness day")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="participations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations")
    joined_on = models.DateField()
    joined_at = models.DateTimeField(default=timezone.now)
    dose = models.CharField(max_length=4, choices=Dose, default=Dose.FULL)
    rhythm = models.CharField(max_length=7, choices=Rhythm, default=Rhythm.SPREAD)
    kindness_weekday = models.PositiveSmallIntegerField(null=True)
    paused_until = models.DateField(null=True)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "user"], name="one_participation_per_person"),
            models.CheckConstraint(
                condition=models.Q(kindness_weekday=None) | models.Q(kindness_weekday__lte=6),
                name="a_kindness_day_is_a_weekday",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in challenge {self.challenge_id}"

    def is_paused_on(self, day: date) -> bool:
        return self.paused_until is not None and day <= self.paused_until
