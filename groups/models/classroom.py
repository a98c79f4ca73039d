from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.models.audit import record
from groups.models.group import Group
from groups.models.school import School

A_SCHOOL_YEAR = timedelta(days=400)
HOME_HOURS = (time(7, 0), time(19, 0))
"""Where a class may be used after school: not at night, on no device (PROGRAMS §1)."""


def a_school_year_from_now() -> date:
    return timezone.now().date() + A_SCHOOL_YEAR


class Classroom(models.Model):
    """How a class signs in and what it is called by. What it may do besides stands in the group's policy.

    Text and photos are permissions like any other: `group.policy.text_open`, `group.policy.photos_open`.
    """

    class SignIn(models.TextChoices):
        PICTURES = "pictures", gettext_lazy("Four pictures in order")
        WORDS = "words", gettext_lazy("Two words")

    class Names(models.TextChoices):
        FIRST = "first", gettext_lazy("Names as in the class list")
        INITIAL = "initial", gettext_lazy("Only the first letter")
        NONE = "none", gettext_lazy("No names")

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="classroom")
    sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.PICTURES)
    names = models.CharField(max_length=7, choices=Names, default=Names.FIRST)
    # The wall for a screen without an account shows no names, unless a teacher says so.
    wall_link_names = models.BooleanField(default=False)
    shared_tablets = models.BooleanField(default=True)
    after_hours = models.BooleanField(default=False)
    equal_task = models.CharField(max_length=200, blank=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # No class is forgotten here: after this day it is on its way out, unless somebody keeps it for another year.
    kept_until = models.DateField(default=a_school_year_from_now)

    def __str__(self) -> str:
        return f"class {self.group_id}"

    @cached_property
    def school(self) -> School:
        # Where the row was read along (`open_classes`), this asks nothing.
        organization = self.group.organization
        return getattr(organization, "school", None) or School(organization=organization)

    @property
    def reader(self) -> User | None:
        """Who reads first; None when whoever was named for it is gone, and everybody who runs the class does."""
        named = self.moderator
        return named if named and named.is_active and self.group.can_be_run_by(named) else None

    @property
    def task_instead(self) -> str:
        """What who does not take part does in the same minutes; as good a task, and nobody asks why."""
        return self.equal_task or _("Draw or write about a place where you feel well.")

    def shown_name(self, name: str) -> str:
        """A pupil's name as the wall and what is printed show it."""
        if self.names == self.Names.NONE:
            return _("Someone in our class")
        return f"{name[:1]}." if self.names == self.Names.INITIAL and name else name

    def is_open_at(self, moment: datetime) -> bool:
        """Whether pupils may be in at a moment: in school hours, or by day at home where that is allowed."""
        if self.school.is_open_at(moment):
            return True
        begin, end = HOME_HOURS
        local = moment.astimezone(self.group.organization.zone).time()
        return self.after_hours and begin <= local < end

    @property
    def is_open_now(self) -> bool:
        return self.is_open_at(timezone.now())

    def off_days(self, first: date, last: date) -> frozenset[date]:
        """The days on which this class has no school."""
        return self.school.calendar.off_days(first, last)

    @transaction.atomic
    def keep_another_year(self, by: User) -> None:
        """Let the class stay for 400 days from now."""
        self.kept_until = a_school_year_from_now()
        self.save(update_fields=["kept_until"])
        record(by, "kept for another year", self, group_id=self.group_id)

    @transaction.atomic
    def change(self, by: User, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
        record(by, "changed", self, group_id=self.group_id)
