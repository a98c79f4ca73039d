from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feed.models.act import Act
from feed.models.case import Case

NOTE_LIMIT = 500


class Decision(models.Model):
    """What became of something that was reported: who decided, when, and what its author was told."""

    class What(models.TextChoices):
        HIDDEN = "hidden", _("Hidden")
        REMOVED = "removed", _("Taken down")
        RESTORED = "restored", _("Shown again")
        KEPT = "kept", _("Left as it is")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    what = models.CharField(max_length=8, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(max_length=NOTE_LIMIT, blank=True)

    def __str__(self) -> str:
        return f"{self.what}: {self.case_id}"


STATES: dict[str, str] = {
    Decision.What.HIDDEN: Act.State.HIDDEN,
    Decision.What.REMOVED: Act.State.REMOVED,
    Decision.What.RESTORED: Act.State.SHOWN,
    Decision.What.KEPT: Act.State.SHOWN,
}
"""The state that each decision leaves a thing in."""
