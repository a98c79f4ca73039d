from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models.challenge import Challenge
from challenges.models.participation import Participation

LENGTH = 120


def week_of(day: date) -> date:
    """The Monday of a day's week; weeks of plans are the same everywhere."""
    return day - timedelta(days=day.weekday())


class PlanManager(models.Manager["Plan"]):
    def make(self, challenge: Challenge, user: User, *, cue: str, act: str) -> "Plan":
        """Keep somebody's plan for this week in place of an earlier one. Without words it says: not this week."""
        part = challenge.welcome(user)
        plan, _new = self.update_or_create(
            participation=part,
            week=week_of(user.today()),
            defaults={"cue": cue, "act": act, "made_at": timezone.now()},
        )
        return plan

    def of_week(self, challenge: Challenge, user: User) -> "Plan | None":
        return self.filter(
            participation__challenge=challenge, participation__user=user, week=week_of(user.today())
        ).first()


class Plan(models.Model):
    """ "When …, I will …": a member's plan for one week of a challenge, in their own words, for nobody else.

    Attributes:
        week: its Monday in the member's calendar.
        cue: after "When"; empty if they wanted none this week.
        act: after "I will".
    """

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="plans")
    week = models.DateField()
    cue = models.CharField(max_length=LENGTH, blank=True)
    act = models.CharField(max_length=LENGTH, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = PlanManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "week"], name="one_plan_per_week"),
            models.CheckConstraint(
                condition=models.Q(cue="", act="") | ~models.Q(cue="") & ~models.Q(act=""),
                name="a_plan_says_when_and_what",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk}"

    @property
    def sentence(self) -> str:
        return sentence(self.cue, self.act)


def sentence(cue: str, act: str) -> str:
    """The plan as one sentence; empty where there is none."""
    return _("When %(cue)s, I will %(act)s.") % {"cue": cue, "act": act} if cue else ""
