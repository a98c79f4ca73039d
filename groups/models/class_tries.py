from datetime import date, timedelta

from django.db import models
from django.db.models import F, Sum

from groups.models.group import Group

A_DAY = 15
A_YEAR = 3000
YEAR = timedelta(days=365)


class ClassTriesQuerySet(models.QuerySet["ClassTries"]):
    def take(self, group: Group, today: date) -> bool:
        """Use up one wrong try of a class, from a device that is new to it; False when none is left.

        Counted before anybody looks whether the try is right, so that no two slip through together, and given back
        (`give_back`) when it was. 15 a day and 3,000 a year: who knows the class code and tries for a whole year
        may hope for 3,000 / 24⁴ = 0.009 successes (CHILDREN C5).
        """
        spent = self.filter(group=group, on__gt=today - YEAR, on__lt=today).aggregate(all=Sum("wrong"))["all"] or 0
        self.get_or_create(group=group, on=today)
        left = min(A_DAY, A_YEAR - spent)
        return self.filter(group=group, on=today, wrong__lt=left).update(wrong=F("wrong") + 1) == 1

    def give_back(self, group: Group, today: date) -> None:
        self.filter(group=group, on=today, wrong__gt=0).update(wrong=F("wrong") - 1)


class ClassTries(models.Model):
    """How many wrong sign-ins a class has had on one day from devices that are new to it. A number, and no address."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="tries")
    on = models.DateField()
    wrong = models.PositiveSmallIntegerField(default=0)

    objects = ClassTriesQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "on"], name="one_row_of_tries_per_class_and_day")]

    def __str__(self) -> str:
        return f"tries of {self.group_id} on {self.on}"
