from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models.channel import Channel


class Topic(models.TextChoices):
    """What people may be told unasked. Each can be switched off by itself; what is asked for has no topic."""

    REMINDER = "reminder", _("The day’s prompt")
    NOTE = "note", _("Notes from your leaders")
    ANSWERS = "answers", _("Answers to your acts")
    DIGEST = "digest", _("The week in your group")
    CHECK_IN = "check_in", _("Check-ins")
    LEADING = "leading", _("What waits for you as a leader")


class SwitchedOffQuerySet(models.QuerySet["SwitchedOff"]):
    def switch_off(self, user: User, topic: str, channel: str, how: str) -> bool:
        """Tell this person nothing more of a topic in this way. Asked twice, it is off once."""
        _row, is_new = self.get_or_create(user=user, topic=topic, channel=channel, defaults={"how": how})
        return is_new

    def switch_on(self, user: User, topic: str, channel: str) -> bool:
        return bool(self.filter(user=user, topic=topic, channel=channel).delete()[0])

    def is_off(self, user: User, topic: str, channel: str) -> bool:
        return self.filter(user=user, topic=topic, channel=channel).exists()

    def off_for(self, users: Iterable[int], topic: str, channel: str) -> set[int]:
        """Those of these people who do not want it."""
        return set(self.filter(user__in=users, topic=topic, channel=channel).values_list("user_id", flat=True))


class SwitchedOff(models.Model):
    """Somebody does not want to hear of a topic in one way: since when, and how they said so."""

    class How(models.TextChoices):
        SETTINGS = "settings", _("in the settings")
        ONE_CLICK = "one_click", _("with one click in a mail")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="switched_off")
    topic = models.CharField(max_length=12, choices=Topic)
    channel = models.CharField(max_length=8, choices=Channel)
    how = models.CharField(max_length=10, choices=How, default=How.SETTINGS)
    since = models.DateTimeField(default=timezone.now)

    objects = SwitchedOffQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "switched off"
        constraints = [
            models.UniqueConstraint(fields=["user", "topic", "channel"], name="switched_off_once_for_each_way"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} by {self.channel} for {self.user_id}"
