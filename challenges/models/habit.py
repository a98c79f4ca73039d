from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from challenges.models.plan import LENGTH, sentence
from notifications.models import Clock

RHYTHM = "habit"


class HabitManager(models.Manager["Habit"]):
    @transaction.atomic
    def keep(self, user: User, *, cue: str, act: str, monthly: bool) -> "Habit":
        """What somebody keeps from now on, in place of what they kept before."""
        words = {"cue": cue, "act": act, "monthly": monthly, "made_at": timezone.now()}
        habit, _new = self.update_or_create(user=user, defaults=words)
        if monthly:
            Clock.objects.start(RHYTHM, [user.pk])
        else:
            Clock.objects.filter(rhythm=RHYTHM, user=user).delete()
        return habit

    @transaction.atomic
    def let_go(self, user: User) -> None:
        self.filter(user=user).delete()
        Clock.objects.filter(rhythm=RHYTHM, user=user).delete()


class Habit(models.Model):
    """ "When …, I will …": the one kindness that somebody keeps when their challenges are over. For nobody else.

    Attributes:
        monthly: whether they want to be reminded of it once a month.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="habit")
    cue = models.CharField(max_length=LENGTH)
    act = models.CharField(max_length=LENGTH)
    monthly = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    objects = HabitManager()

    def __str__(self) -> str:
        return f"habit {self.pk}"

    @property
    def sentence(self) -> str:
        return sentence(self.cue, self.act)
