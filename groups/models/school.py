from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from groups.models.organization import Organization
from groups.new_calendars import tell
from groups.school_days import MONDAY_TO_FRIDAY, Calendar, DaysOff, Span

MOST_SPANS = 40


class School(models.Model):
    """When an organization that has classes is open: its weekdays, its hours and, in spans, its year."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="school")
    weekdays = models.CharField(
        _("days with lessons"),
        max_length=7,
        default=MONDAY_TO_FRIDAY,
        validators=[RegexValidator(r"^[0-6]{1,7}\Z")],
    )
    opens_at = models.TimeField(_("the day begins"), default=time(7, 30))
    closes_at = models.TimeField(_("the day ends"), default=time(16, 0))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="a_school_day_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"hours of {self.organization_id}"

    @classmethod
    def of(cls, organization: Organization) -> "School":
        """The hours of an organization: the usual ones, not stored, until somebody has set others."""
        return cls.objects.filter(organization=organization).first() or cls(organization=organization)

    @cached_property
    def calendar(self) -> Calendar:
        """Its weekdays, terms and holidays, read once."""
        spans = list(SchoolSpan.objects.filter(organization_id=self.organization_id))
        terms, holidays = (
            tuple(Span(one.starts_on, one.ends_on) for one in spans if one.kind == kind)
            for kind in (SchoolSpan.Kind.TERM, SchoolSpan.Kind.HOLIDAY)
        )
        return Calendar(self.weekdays, terms, holidays)

    @property
    def days_off(self) -> DaysOff:
        return DaysOff(self.calendar)

    def is_open_at(self, moment: datetime) -> bool:
        """Whether lessons may be going on at a moment, by the organization's clock."""
        local = moment.astimezone(self.organization.zone)
        return self.opens_at <= local.time() < self.closes_at and self.calendar.is_school_day(local.date())

    def next_open(self, moment: datetime) -> datetime:
        """That moment, or when the school opens after it; the moment itself where it does not open for months."""
        if self.is_open_at(moment):
            return moment
        local = moment.astimezone(self.organization.zone)
        first = local.date() + timedelta(days=local.time() >= self.opens_at)
        day = self.calendar.next_school_day(first)
        return datetime.combine(day, self.opens_at, self.organization.zone) if day else moment

    @transaction.atomic
    def change(self, by: User, **values: object) -> None:
        """Other weekdays or hours. Makes the row where the usual ones held until now."""
        before = self.days_off
        for name, value in values.items():
            setattr(self, name, value)
        self.full_clean(exclude=["organization"])
        self.save()
        self._follow(before)
        record(by, "changed", self)

    @transaction.atomic
    def add_span(self, by: User, *, kind: str, title: str, starts_on: date, ends_on: date) -> "SchoolSpan":
        """One more term or holiday; what runs in the classes moves along."""
        before = self.days_off
        span = SchoolSpan(organization=self.organization, kind=kind, title=title, starts_on=starts_on, ends_on=ends_on)
        span.full_clean()
        span.save()
        self._follow(before)
        record(by, "added", span)
        return span

    @transaction.atomic
    def drop_span(self, span: "SchoolSpan", by: User) -> None:
        before = self.days_off
        record(by, "dropped", span)
        span.delete()
        self._follow(before)

    def _follow(self, before: DaysOff) -> None:
        """Read the calendar anew, and let everybody know who has planned by the old one."""
        vars(self).pop("calendar", None)
        vars(self.organization).pop("days_off", None)
        tell(self.organization, before, self.days_off)


class SchoolSpan(models.Model):
    """A term or a holiday: some days in a row, with a name."""

    class Kind(models.TextChoices):
        TERM = "term", _("Term")
        HOLIDAY = "holiday", _("Holiday")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="school_spans")
    kind = models.CharField(_("what it is"), max_length=7, choices=Kind)
    title = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_span_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.title
