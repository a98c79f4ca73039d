from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feed.models.case import Case
from feed.models.decision import Decision

WORDS_LIMIT = 500


class Report(models.Model):
    """Somebody asks those who run a group to look at something. Who asked is shown to nobody, and forgotten once
    it is decided."""

    class Reason(models.TextChoices):
        EMBARRASSES = "embarrasses", _("This embarrasses someone")
        NAMES = "names", _("It names somebody who has not agreed")
        UNKIND = "unkind", _("It is unkind")
        PRIVATE = "private", _("It tells a private matter of somebody")
        OTHER = "other", _("Something else")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=11, choices=Reason)
    words = models.TextField(max_length=WORDS_LIMIT, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.CASCADE, related_name="reports")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reporter"], condition=Q(decision=None), name="one_open_report_per_person_and_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} in {self.case_id}"
