"""The form of a change: what an author may still say otherwise."""

from datetime import date
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.typed import storable
from challenges import schedule
from feed.act_form import NOT_THIS_DAY, NOT_THIS_SIGN, SIGNS, day_choices
from feed.models import Act
from feed.models.act import TEXT_LIMIT
from feed.models.photo import ALT_LIMIT, photo_of
from feed.words import WordsField


class EditForm(forms.Form):
    """What an author may still change: the words, the day and who sees it."""

    text = WordsField(
        max_length=TEXT_LIMIT,
        required=False,
        label=gettext_lazy("Your words"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LIMIT}),
    )
    alt = WordsField(max_length=ALT_LIMIT, required=False, label=gettext_lazy("What does the photo show?"))
    day = forms.TypedChoiceField(
        coerce=date.fromisoformat,
        label=gettext_lazy("When"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), NOT_THIS_DAY),
    )
    sign = forms.ChoiceField(
        choices=SIGNS,
        widget=forms.RadioSelect,
        label=gettext_lazy("Who sees it"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), NOT_THIS_SIGN),
    )

    def __init__(self, data: QueryDict | None = None, *, act: Act, user: User) -> None:
        self.act, self.user = act, user
        photo = photo_of(act)
        sign = "private" if act.audience == Act.Audience.PRIVATE else act.signed
        initial = {"text": act.text, "day": act.done_on.isoformat(), "sign": sign, "alt": photo.alt if photo else ""}
        super().__init__(storable(data) if data is not None else None, initial=initial)
        today = user.today()
        days = dict.fromkeys([*schedule.loggable_days(today), act.done_on])
        cast(forms.TypedChoiceField, self.fields["day"]).choices = day_choices(days, today)
        if photo is None:
            del self.fields["alt"]
        # In a group that was put away nothing is open, yet what was typed there is not to be lost.
        if act.group.is_open and not act.group.policy.text_open:
            del self.fields["text"]
        if act.group.is_open and not act.group.policy.anonymous_open and act.signed != Act.Signed.SOMEONE:
            choices = [choice for choice in SIGNS if choice[0] != "someone"]
            cast(forms.ChoiceField, self.fields["sign"]).choices = choices

    def clean_sign(self) -> str:
        sign: str = self.cleaned_data["sign"]
        group = self.act.group
        if (sign != "private" or not group.is_open) and (reason := group.why_quiet(self.user)):
            raise ValidationError(reason, code="quiet")
        return sign

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        challenge = self.act.challenge
        if challenge and day != self.act.done_on and not challenge.starts_on <= day <= challenge.ends_on:
            raise ValidationError(_("%(challenge)s takes no acts of that day.") % {"challenge": challenge.title})
        return day

    def rewrite(self, by: User) -> None:
        data = self.cleaned_data
        private = data["sign"] == "private"
        self.act.rewrite(
            text=data.get("text", self.act.text),
            done_on=data["day"],
            audience=Act.Audience.PRIVATE if private else self._shared_audience(),
            signed=self.act.signed if private else data["sign"],
            by=by,
            alt=data.get("alt"),
        )

    def _shared_audience(self) -> str:
        return Act.Audience.GROUP if self.act.audience == Act.Audience.PRIVATE else self.act.audience
