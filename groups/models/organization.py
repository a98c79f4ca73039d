from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from accounts.zones import validate_zone, zone_named
from groups.models.policy import Overridable


class LastAdmin(Exception):
    """The last admin cannot stop looking after an organization."""


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def administered_by(self, user: User) -> "OrganizationQuerySet":
        return self.filter(admins__user=user)

    def of_person(self, user: User) -> "OrganizationQuerySet":
        """Those a person looks after, and those of the groups they are in."""
        from groups.models.membership import Membership

        theirs = Membership.objects.active().filter(user=user, group__delete_after=None).values("group__organization")
        looked_after = OrganizationAdmin.objects.filter(user=user).values("organization")
        return self.filter(models.Q(pk__in=theirs) | models.Q(pk__in=looked_after))


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

    objects = OrganizationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.time_zone)

    def has_admin(self, user: User) -> bool:
        return self.admins.filter(user=user).exists()

    def candidates(self) -> "models.QuerySet[User]":
        """Who could look after it: grown-ups who are members of a group there, and do not look after it yet."""
        return (
            User.objects.filter(
                memberships__group__organization=self, memberships__state="active", kind=User.Kind.PERSON
            )
            .exclude(administers__organization=self)
            .order_by("name", "pk")
            .distinct()
        )

    @transaction.atomic
    def change(self, by: User, **values: object) -> None:
        """Another name, zone, language or first day of the week, for all its groups."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
        record(by, "changed", self)

    @transaction.atomic
    def add_admin(self, user: User, by: User) -> bool:
        """Let somebody look after it as well. False unless they are one of the candidates."""
        if not self.candidates().filter(pk=user.pk).exists():
            return False
        admin, _new = OrganizationAdmin.objects.get_or_create(organization=self, user=user)
        record(by, "made admin", admin)
        return True

    @transaction.atomic
    def remove_admin(self, user: User, by: User) -> bool:
        """Let somebody look after it no longer.

        Raises:
            LastAdmin: nobody would be left who does.
        """
        from groups import messages

        # The organization's row is the lock: of two admins who go at once, the second is the last one.
        Organization.objects.select_for_update().get(pk=self.pk)
        admin = self.admins.filter(user=user).first()
        if admin is None:
            return False
        if self.admins.count() == 1:
            raise LastAdmin
        record(by, "unmade admin", admin)
        admin.delete()
        messages.lost_sight(user, self.groups.all())
        return True

    @transaction.atomic
    def change_rule(self, name: str, *, allowed: bool, by: User) -> None:
        """Close one permission for all its groups, or leave it to them again."""
        self.override(name, allowed=allowed, by=by)
        record(by, f"{'left open' if allowed else 'closed'} {name}", self)

    def start_of(self, day: date) -> datetime:
        """The moment at which a day begins for the whole organization."""
        return datetime.combine(day, time.min, tzinfo=self.zone)

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
