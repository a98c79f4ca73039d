from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.models.participation import Participation
from challenges.models.step import Step


class Choice(models.Model):
    """What a member made of a step: which option they saw and took, and what became of it.

    An intention ("I will") is a choice in state `intended`; it can be done, changed or dropped. None of
    this is shown to anybody else, and nothing is counted against anybody.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        INTENDED = "intended", _("I will")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")
        RESTED = "rested", _("Resting")

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="choices")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="choices")
    on = models.DateField()
    offered = models.JSONField(default=list)
    swaps = models.PositiveSmallIntegerField(default=0)
    option = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "step"], name="one_choice_per_member_and_step"),
        ]
        indexes = [models.Index(fields=["participation", "-on"], name="choices_of_a_member")]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.state}"

    def become(self, state: str, *, option: str | None = None, on: date | None = None) -> None:
        """Record what the member decided; every decision may be changed again."""
        self.state = state
        self.option = self.option if option is None else option
        self.on = on or self.on
        self.changed_at = timezone.now()
        self.save(update_fields=["state", "option", "on", "changed_at"])
