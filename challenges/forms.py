from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import NameField
from accounts.zones import known_zones
from challenges.preview import Preview, preview_of
from challenges.programs import programs_for
from groups.models import Group

NEW = "new"
FARTHEST = timedelta(days=366)
# Where it is still yesterday for longest: the first day that a browser of unknown zone may choose. And where it is
# tomorrow first: no earlier day is offered to it.
WESTERNMOST, EASTERNMOST = "Etc/GMT+12", "Etc/GMT-14"
# Classes get their own way in; here anybody may begin who gathers adults.
MODES = (Group.Mode.WORKPLACE, Group.Mode.COMMUNITY)


class StartForm(forms.Form):
    """The four answers that start a challenge: which group, who they are, which program, from when.

    Somebody who already leads groups chooses one of them or names a new one; who they are is known then.
    """

    group = forms.ChoiceField(label=_("Which group is it?"), required=False, widget=forms.RadioSelect)
    name = NameField(label=_("Group name"), max_length=80, required=False)
    mode = forms.ChoiceField(
        label=_("Who is it for?"), required=False, choices=[(mode.value, mode.label) for mode in MODES]
    )
    program = forms.ChoiceField(
        label=_("Which program?"),
        error_messages={
            "required": _("Please choose a program."),
            "invalid_choice": _("Please choose one of these programs."),
        },
    )
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "input short"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Please choose the first day."),
            "invalid": _("Please give a day of the calendar, such as 2027-03-01."),
        },
    )
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))

    def __init__(self, data: Any = None, *, user: User | AnonymousUser, initial: dict[str, Any] | None = None) -> None:
        self.user = user
        self.led = groups_led_by(user)
        self.programs = programs_for(Group.AgeBand.ADULT, language=get_language() or "en")
        known = {NEW, *(group.slug for group in self.led)}
        given = {k: v for k, v in (initial or {}).items() if v and (k != "group" or v in known)}
        super().__init__(data, initial=self._defaults() | given)
        self._offer("group", [*((group.slug, group.name) for group in self.led), (NEW, str(_("A new group")))])
        self._offer("program", [(plan.key, plan.title) for plan in self.programs.values()])
        self.fields["name"].widget.attrs |= {"class": "input", "autocomplete": "organization"}
        earliest = self.today()
        self.fields["starts_on"].widget.attrs |= {
            "min": earliest.isoformat(),
            "max": (earliest + FARTHEST).isoformat(),
        }

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = choices

    def _defaults(self) -> dict[str, Any]:
        return {
            "group": self.led[0].slug if self.led else NEW,
            "mode": Group.Mode.WORKPLACE.value,
            "program": next(iter(self.programs), ""),
        }

    def typed(self, name: str) -> Any:
        """What stands in a field now, be it right or wrong."""
        return self[name].value()

    @property
    def chosen(self) -> Group | None:
        """The group that was chosen, or None for a new one."""
        slug = self.data.get("group") if self.is_bound else self.initial["group"]
        return next((group for group in self.led if group.slug == slug), None)

    def today(self) -> date:
        """The date it is where the challenge will run: for the organization, the person, else the browser.

        Of a browser that has not said where it is, this is the earliest date that it is anywhere.
        """
        return self._date_in(WESTERNMOST)

    def _date_in(self, unknown: str) -> date:
        if self.chosen:
            return self.chosen.organization.today()
        if isinstance(self.user, User):
            return self.user.today()
        zone = (self.data if self.is_bound else self.initial).get("time_zone", "")
        return timezone.localdate(timezone=ZoneInfo(zone if zone in known_zones() else unknown))

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """The first day is next Monday unless another was given; a Monday is offered as it is.

        To a browser that has not said where it is, no day is offered that may have passed there.
        """
        if field_name == "starts_on" and "starts_on" not in self.initial:
            return next_monday(self._date_in(EASTERNMOST))
        return super().get_initial_for_field(field, field_name)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in known_zones() else ""

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        today = self.today()
        if day < today:
            raise forms.ValidationError(
                _("That day has passed. The first day can be today, %(today)s, or later.")
                % {"today": date_format(today, "MONTH_DAY_FORMAT")}
            )
        if day > today + FARTHEST:
            raise forms.ValidationError(_("That is more than a year away. Please choose a day within a year."))
        return day

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if self.errors.pop("group", None):
            self.add_error(None, _("You do not lead this group, or no longer do. Please choose another one."))
        if self.chosen:
            # What was typed for a new group before this one was chosen is no matter of the group's name.
            answers |= {"mode": self.chosen.mode, "name": ""}
            self.errors.pop("name", None)
            self.errors.pop("mode", None)
        else:
            self._clean_new_group(answers)
        plan = self.programs.get(answers.get("program", ""))
        if plan and answers.get("mode") and answers["mode"] not in plan.modes:
            self.add_error("program", _("This program is not written for such a group. Please choose another one."))
        return answers

    def _clean_new_group(self, answers: dict[str, Any]) -> None:
        if not answers.get("name") and "name" not in self.errors:
            self.add_error("name", _("Please give the group a name. You can change it later."))
        if not answers.get("mode") and "mode" not in self.errors:
            self.add_error("mode", _("Please say who it is for."))

    def preview(self) -> Preview | None:
        """The first week by the answers so far; what is missing or wrong is taken from the defaults."""
        plan = self.programs.get(str(self.typed("program"))) or next(iter(self.programs.values()), None)
        if plan is None:
            return None
        mode = self.chosen.mode if self.chosen else str(self.typed("mode"))
        return preview_of(plan, mode, parsed_day(self.typed("starts_on")) or next_monday(self.today()))

    @property
    def group_name(self) -> str:
        """What the group is called by the answers so far."""
        return self.chosen.name if self.chosen else " ".join(str(self.typed("name") or "").split())[:80]


def groups_led_by(user: User | AnonymousUser) -> list[Group]:
    """The groups of adults in which a person may start a challenge."""
    if not isinstance(user, User):
        return []
    led = Group.objects.run_by(user).filter(mode__in=MODES, age_band=Group.AgeBand.ADULT)
    return list(led.select_related("organization").order_by("name", "pk"))


def next_monday(today: date) -> date:
    """The next Monday, which may be today."""
    return today + timedelta(days=-today.weekday() % 7)


def parsed_day(value: Any) -> date | None:
    """The day that a date field holds; None for anything else, and for days no challenge can last from."""
    if isinstance(value, date):
        return value
    try:
        day = datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None
    return day if day.year < date.max.year - 1 else None
