from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.audit import record
from groups.models.group import Group


class LaunchCheckQuerySet(models.QuerySet["LaunchCheck"]):
    @transaction.atomic
    def tick(self, group: Group, key: str, *, by: User, words: str = "") -> "LaunchCheck":
        """Say that one line of the list is settled; said again, the newer words hold."""
        row, _new = self.update_or_create(
            group=group, key=key, defaults={"words": words, "by": by, "at": timezone.now()}
        )
        record(by, f"settled {key}", row, group_id=group.pk)
        return row


class LaunchCheck(models.Model):
    """One line of what a class has settled before its first challenge: what, in whose words, by whom and when."""

    class Key(models.TextChoices):
        SAFEGUARDING_LEAD = "safeguarding_lead", _("Safeguarding lead")
        SUPPORT_CONTACTS = "support_contacts", _("People to turn to")
        PARENTS_INFORMED = "parents_informed", _("Parents know")
        OPT_OUT_ROUTE = "opt_out_route", _("A way to sit out")
        MODERATOR = "moderator", _("Who reads first")
        DATA_FORM = "data_form", _("Data protection form")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="launch_checks")
    key = models.CharField(max_length=20, choices=Key)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = LaunchCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "key"], name="one_launch_check_per_class_and_line"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.group_id}"
