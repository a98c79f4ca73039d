import secrets
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.schedule import Quiet, Rule

HOUR = time(8, 30)
EVERY_DAY = 0b1111111
"""A bit for each weekday; Monday is the lowest."""


def _new_token() -> str:
    return secrets.token_urlsafe(16)


class PreferencesManager(models.Manager["Preferences"]):
    def of(self, user: User) -> "Preferences":
        """What this person chose; who never chose anything has a row that is not stored, with what holds for all."""
        # Senders read it along with the person; everybody else asks for it here.
        along: Any = self.model._meta.get_field("user").remote_field.get_cached_value(user, False)
        read = self.filter(user=user).first() if along is False else along
        return read if isinstance(read, Preferences) and read.pk else Preferences(user=user)

    def choose(self, user: User, **values: object) -> "Preferences":
        """Keep what somebody chose, and set their clocks by it. The one way to change these rows."""
        from notifications import rhythms

        wishes, _new = self.update_or_create(user=user, defaults={**values, "changed_at": timezone.now()})
        wishes.user = user
        rhythms.rewind(user)
        return wishes

    def stop_token_of(self, user: User) -> str:
        wishes = self.of(user)
        return wishes.stop_token if wishes.pk else self.get_or_create(user=user)[0].stop_token


class Preferences(models.Model):
    """When and how somebody wants to be told things. What they do not want at all is in `SwitchedOff`."""

    class Answers(models.TextChoices):
        DAILY = "daily", _("Once a day, together")
        AT_ONCE = "at_once", _("Straight away")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    # None: the hour that the leader suggests, else HOUR.
    remind_at = models.TimeField(_("at"), null=True, blank=True)
    weekdays = models.PositiveSmallIntegerField(_("on these days"), default=EVERY_DAY)
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_until = models.TimeField(_("quiet until"), default=time(7))
    paused_until = models.DateField(_("pause until"), null=True, blank=True)
    answers = models.CharField(_("answers to my acts"), max_length=7, choices=Answers, default=Answers.DAILY)
    # Random; what stands in the addresses that switch something off with one click.
    stop_token = models.CharField(max_length=22, unique=True, default=_new_token, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = PreferencesManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weekdays__lte=EVERY_DAY), name="a_week_has_seven_days"),
        ]

    def __str__(self) -> str:
        return f"what {self.user_id} wants to hear, and when"

    @property
    def chosen_weekdays(self) -> frozenset[int]:
        """0 is Monday, as in `date.weekday()`."""
        return frozenset(day for day in range(7) if self.weekdays >> day & 1)

    @chosen_weekdays.setter
    def chosen_weekdays(self, days: frozenset[int]) -> None:
        self.weekdays = sum(1 << day for day in days)

    @property
    def quiet(self) -> Quiet:
        return Quiet(self.quiet_from, self.quiet_until)

    def is_paused_on(self, day: date) -> bool:
        return self.paused_until is not None and day <= self.paused_until

    def rule(self, zone: ZoneInfo, at: time | None = None) -> Rule:
        """Their rule for the day's reminder, in a zone; `at` is the hour where they chose none themselves."""
        return Rule(
            zone=zone,
            at=self.remind_at or at or HOUR,
            weekdays=self.chosen_weekdays,
            quiet=self.quiet,
            paused_until=self.paused_until,
        )
