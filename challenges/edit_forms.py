"""What a leader may change of a challenge, and what only sounds like a good idea."""

import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from challenges.catalog import Category
from challenges.models import Challenge, Participation
from challenges.models.plan import LENGTH
from challenges.models.step import EDITABLE
from notifications.models.preferences import HOUR

LONGEST = timedelta(days=366)
GOAL = _("Choose a goal between 1 and 1,000,000 acts.")
MINUTES = _("Give the minutes as a whole number from 1 to 120.")


def _date(**attributes: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attributes}, format="%Y-%m-%d")


class ChallengeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Title, dates, goal and acts a week. What has been posted stays as it is, whatever changes here."""

    class Meta:
        model = Challenge
        fields = ["own_title", "starts_on", "ends_on", "goal", "per_week", "remind_at"]
        widgets = {
            "starts_on": _date(),
            "ends_on": _date(),
            "remind_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "own_title": _("Leave it empty to use the program’s own title in everybody’s language."),
            "ends_on": _("Move it later to extend. For a week after it, acts of these days can still be told."),
            "goal": _("How many acts you hope for together. It is there to look forward to, not to be reached."),
        }
        error_messages = {
            "goal": dict.fromkeys(("required", "invalid", "min_value", "max_value"), GOAL),
            "remind_at": {"invalid": _("Please give a time, such as 8:00.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        challenge = self.instance
        self.today = challenge.group.organization.today()
        self.before = (challenge.starts_on, challenge.ends_on)
        self.fields["starts_on"].help_text = _("The last day moves along, unless you choose another one.")
        if challenge.cadence != Challenge.Cadence.WEEKLY:
            del self.fields["per_week"]
        if challenge.group.is_class:  # pupils are reminded by their class
            del self.fields["remind_at"]
        else:
            said = _(
                "For those who have not chosen a time, each on their own clock. Left empty, it is %(hour)s for all."
            )
            self.fields["remind_at"].help_text = said % {"hour": time_format(HOUR)}
        self.fields["goal"].widget.attrs |= {"min": 1, "max": 1_000_000}
        self.fields["own_title"].widget.attrs["placeholder"] = challenge.program.title
        if challenge.starts_on <= self.today:
            self._keep("starts_on", _("It has begun, so its first day stays where it is."))
        if challenge.is_over:
            for name in self.fields.keys() - {"own_title"}:
                self._keep(name, _("It is over, so this stays as it was."))

    def _keep(self, name: str, why: Any) -> None:
        self.fields[name].disabled = True
        self.fields[name].help_text = why

    def clean_goal(self) -> int:
        goal: int = self.cleaned_data["goal"]
        if not 1 <= goal <= 1_000_000:
            raise ValidationError(GOAL)
        return goal

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day != self.before[0] and day < self.today:
            raise ValidationError(_("Choose today or a later day to start on."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and first != self.before[0] and last == self.before[1]:
            # The instance still holds what is stored; it is written to after this.
            last = data["ends_on"] = self.instance.moved_last_day(first)
        if first and last:
            self._check_span(first, last)
        return data

    @property
    def changed(self) -> list[str]:
        """What is to be saved: what was typed, and the last day where it has moved along."""
        has_moved = self.cleaned_data["ends_on"] != self.before[1]
        return [*self.changed_data, *(["ends_on"] if has_moved and "ends_on" not in self.changed_data else [])]

    def _check_span(self, first: date, last: date) -> None:
        if last < first:
            self.add_error("ends_on", _("The last day comes before the first. Choose a later one."))
        elif last - first > LONGEST:
            self.add_error("ends_on", _("A challenge lasts a year at most. Choose an earlier last day."))
        elif last != self.before[1] and last < self.today:
            self.add_error("ends_on", _("That day has passed. To stop now, choose “End it today” below."))


class StepForm(forms.Form):
    """The words of one step. Cleared fields go back to the program's words."""

    theme = forms.CharField(label=_("Theme"), max_length=60)
    prompt = forms.CharField(label=_("Prompt"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    detail = forms.CharField(
        label=_("A word more"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reflection = forms.CharField(label=_("A question to think about"), max_length=200, required=False)
    step_up = forms.CharField(label=_("For those who would like more"), max_length=200, required=False)

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in EDITABLE}


class NewStepForm(StepForm):
    """A step of the leader's own."""

    category = forms.ChoiceField(label=_("Kind of kindness"), choices=[(c.value, _(c.label)) for c in Category])
    minutes = forms.IntegerField(
        label=_("Minutes it takes"),
        min_value=1,
        max_value=120,
        initial=5,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), MINUTES),
    )
    week = forms.TypedChoiceField(label=_("Week"), coerce=int)

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weeks = sorted({step.week for step in challenge.steps.all()})
        if challenge.cadence == Challenge.Cadence.WEEKLY and weeks:
            field = self.fields["week"]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
            field.choices = [(week, str(week)) for week in weeks]
        else:
            del self.fields["week"]

    def fields_of_step(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**self.words(), "category": data["category"], "minutes": data["minutes"], "week": data.get("week", 0)}


class AgainForm(forms.Form):
    """When to run it again."""

    starts_on = forms.DateField(label=_("First day"), widget=_date())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise ValidationError(_("Choose today or a later day to start on."))
        if day - self.today > LONGEST:
            raise ValidationError(_("Choose a day within a year from now."))
        return day


def _clause(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": _("Please write a few words, or leave the plan for this week.")},
    )


class PlanForm(forms.Form):
    """ "When …, I will …", in one's own words."""

    cue = _clause(_("When …"), _("Such as: I wait for the kettle"))
    act = _clause(_("… I will"), _("Such as: ask who is next to me how they are"))

    def clean_cue(self) -> str:
        return one_clause(self.cleaned_data["cue"])

    def clean_act(self) -> str:
        return one_clause(self.cleaned_data["act"])


class HabitForm(PlanForm):
    """The same for longer than a week."""

    monthly = forms.BooleanField(
        label=_("Remind me of it once a month"),
        help_text=_("In the first week of the month, at the hour of your reminders."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("cue", "act"):
            self.fields[name].error_messages["required"] = _("Please write a few words.")


def one_clause(words: str) -> str:
    """Words as they stand in the middle of a sentence: on one line, without what ends one."""
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in words)
    visible = "".join(c for c in visible if unicodedata.category(c) not in {"Cf", "Cs"} or c == "\u200d")
    clause = " ".join(visible.split()).rstrip(".,;:!?…").strip()
    if not clause:
        raise ValidationError(_("Please write a few words, or leave the plan for this week."))
    return clause


class MyWayForm(forms.ModelForm):  # type: ignore[type-arg]
    """How somebody takes part: how much, in which rhythm, and whether they are having a pause."""

    class Meta:
        model = Participation
        fields = ["dose", "rhythm", "kindness_weekday", "paused_until"]
        widgets = {"dose": forms.RadioSelect, "rhythm": forms.RadioSelect, "paused_until": _date()}

    kindness_weekday = forms.TypedChoiceField(
        label=_("Your kindness day"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from django.utils.dates import WEEKDAYS

        self.today = today
        self.fields["dose"].label = _("How much")
        self.fields["rhythm"].label = _("When in the week")
        self.fields["paused_until"].required = False
        self.fields["paused_until"].label = _("Pause until")
        self.fields["paused_until"].help_text = _("No prompts up to and including this day. Leave it empty to go on.")
        weekday = self.fields["kindness_weekday"]
        assert isinstance(weekday, forms.TypedChoiceField)  # noqa: S101
        weekday.choices = [("", _("Choose a day")), *WEEKDAYS.items()]
        self._fit(self.instance.challenge)

    def _fit(self, challenge: Challenge) -> None:
        """Only what this cadence knows: a kindness day needs weeks, half a dose needs more than one a day."""
        if challenge.cadence != Challenge.Cadence.WEEKLY:
            del self.fields["rhythm"], self.fields["kindness_weekday"]
        if challenge.cadence == Challenge.Cadence.DAILY:
            self.fields["dose"].help_text = _("A daily prompt stays daily; every second one is plenty.")

    def clean_paused_until(self) -> date | None:
        day: date | None = self.cleaned_data["paused_until"]
        if day is not None and day < self.today:
            raise ValidationError(_("That day has passed. Choose a later one, or leave it empty to go on."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        one_day = data.get("rhythm") == Participation.Rhythm.ONE_DAY
        if one_day and data.get("kindness_weekday") is None and "kindness_weekday" not in self.errors:
            self.add_error("kindness_weekday", _("Choose the weekday that suits you."))
        return data
