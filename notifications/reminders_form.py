"""What somebody wants to be told, when and how, as they choose it on their own page."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from notifications import kinds, rhythms
from notifications.models import Channel, Preferences, SwitchedOff, Topic
from notifications.models.preferences import HOUR
from notifications.schedule import Quiet

concerns: dict[str, Callable[[User], bool]] = {}
"""Rooms that know whom a topic concerns say it here; what concerns everybody is not in it."""
LONGEST_PAUSE = timedelta(days=366)
FEW_MINUTES = 60
HINTS = {
    Topic.REMINDER: gettext_lazy("On the days of your challenges, once a day at most."),
    Topic.NOTE: gettext_lazy("Once a week at most."),
    Topic.ANSWERS: gettext_lazy("Who was thanked, who passed it on, who wrote to you."),
    Topic.DIGEST: gettext_lazy("On Mondays: a few acts of your group, if there is something to tell."),
    Topic.LEADING: gettext_lazy("What was reported, or waits to be read first."),
}


def channels_of(user: User) -> dict[Topic, list[Channel]]:
    """What this person may be told unasked, and the ways by which it could come."""
    found: dict[Topic, set[Channel]] = {}
    for kind in kinds.every():
        if kind.topic and (kind.topic not in concerns or concerns[kind.topic](user)):
            found.setdefault(Topic(kind.topic), set()).update(Channel(channel) for channel in kind.channels)
    possible = [channel for channel in Channel if channel != Channel.PUSH or settings.PUSH_KEY]
    return {topic: [way for way in possible if way in found[topic]] for topic in Topic if topic in found}


def _time_field(**kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
        error_messages={
            "required": gettext_lazy("Please give a time."),
            "invalid": gettext_lazy("Please give a time, such as 8:00."),
        },
        **kwargs,
    )


class RemindersForm(forms.Form):
    """When and by which ways; each topic that concerns this person is a field of its own."""

    remind_at = _time_field(label=gettext_lazy("The day’s prompt comes at"))
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=[(str(number), name) for number, name in WEEKDAYS_ABBR.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Please choose at least one day, or switch the day’s prompt off below.")
        },
    )
    quiet_from = _time_field(label=gettext_lazy("Quiet from"))
    quiet_until = _time_field(
        label=gettext_lazy("Quiet until"),
        help_text=gettext_lazy("What can wait, waits until then. The same time twice means no quiet hours."),
    )
    answers = forms.ChoiceField(
        label=gettext_lazy("Mails about answers to your acts"),
        choices=Preferences.Answers,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User) -> None:
        wishes, self.user = Preferences.objects.of(user), user
        self.suggested = rhythms.at("reminder", user) if wishes.remind_at is None else None
        self.ways = channels_of(user)
        off = set(SwitchedOff.objects.filter(user=user).values_list("topic", "channel"))
        initial: dict[str, Any] = {
            "remind_at": wishes.remind_at or self.suggested or HOUR,
            "weekdays": [str(day) for day in wishes.chosen_weekdays],
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
            "answers": wishes.answers,
        }
        initial |= {
            f"by_{topic}": [way for way in ways if (topic, way) not in off] for topic, ways in self.ways.items()
        }
        super().__init__(data, initial=initial)
        for topic, ways in self.ways.items():
            self.fields[f"by_{topic}"] = forms.MultipleChoiceField(
                label=topic.label,
                help_text=HINTS.get(topic, ""),
                choices=[(way.value, way.label) for way in ways],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if self.suggested not in {None, HOUR}:
            self.fields["remind_at"].help_text = _("Your leader suggests this time. You can choose another.")
        if Topic.ANSWERS not in self.ways:
            del self.fields["answers"]

    @property
    def topics(self) -> list[forms.BoundField]:
        return [self[f"by_{topic}"] for topic in self.ways]

    @transaction.atomic
    def save(self) -> None:
        chosen = dict(self.cleaned_data)
        wishes = Preferences(user=self.user)
        wishes.chosen_weekdays = frozenset(int(day) for day in chosen["weekdays"])
        before = Preferences.objects.of(self.user)
        # Whoever leaves the hour as it is has not chosen it: another that their leader suggests may still hold.
        unchosen = before.remind_at is None and chosen["remind_at"] == (self.suggested or HOUR)
        Preferences.objects.choose(
            self.user,
            remind_at=None if unchosen else chosen["remind_at"],
            weekdays=wishes.weekdays,
            quiet_from=chosen["quiet_from"],
            quiet_until=chosen["quiet_until"],
            answers=chosen.get("answers", before.answers),
        )
        for topic, ways in self.ways.items():
            for way in ways:
                if way in chosen[f"by_{topic}"]:
                    SwitchedOff.objects.switch_on(self.user, topic, way)
                else:
                    SwitchedOff.objects.switch_off(self.user, topic, way, SwitchedOff.How.SETTINGS)

    def remarks(self) -> list[str]:
        """What follows from the choice and may not be what was meant."""
        quiet = Quiet(self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"])
        said = []
        if (left := quiet.allowed_minutes) < FEW_MINUTES:
            said.append(
                ngettext(
                    "That leaves %(n)d minute a day in which anything may come.",
                    "That leaves %(n)d minutes a day in which anything may come.",
                    left,
                )
                % {"n": left}
            )
        if quiet.holds(self.cleaned_data["remind_at"]):
            said.append(_("The prompt’s time lies in your quiet hours, so it comes when they end."))
        return said


class PauseForm(forms.Form):
    paused_until = forms.DateField(
        label=gettext_lazy("Pause until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Please give a day."),
            "invalid": gettext_lazy("Please give a day, such as 2027-03-01."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_paused_until(self) -> date:
        day: date = self.cleaned_data["paused_until"]
        if not self.today <= day <= self.today + LONGEST_PAUSE:
            raise forms.ValidationError(_("Please give a day from today on, within a year."))
        return day
