from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from feed.models.act import Act


class ActFeeling(models.Model):
    """How an act felt to its author. A table of its own, so that no query of a feed can carry it along."""

    act = models.OneToOneField(Act, on_delete=models.CASCADE, related_name="feeling")
    value = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="a_feeling_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.act_id}: {self.value}"
