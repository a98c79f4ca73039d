from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.zones import validate_zone
from groups.models.policy import Overridable


class Organization(Overridable):
    """A school, workplace or community. Its zone and first day of week rule what a whole group shares."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    language = models.CharField(_("language"), max_length=12, default="en")
    first_weekday = models.PositiveSmallIntegerField(
        _("first day of the week"), choices=Weekday, default=Weekday.MONDAY
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_now(self) -> datetime:
        return timezone.now().astimezone(self.zone)

    def today(self) -> date:
        """The date it is for the whole organization."""
        return self.local_now().date()


class OrganizationAdmin(models.Model):
    """A person who looks after an organization: its settings, its groups, its leaders."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="admins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="administers")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_admin_row_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.organization_id}"
