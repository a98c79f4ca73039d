"""The composer: what somebody did, saw or received, told in one tap or in one sentence."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.ids import new_public_id
from accounts.models import User
from accounts.people import person
from challenges import schedule
from challenges.catalog import ideas
from challenges.models import Challenge, Step
from feed.models import Act, ActDraft, Photo
from feed.models.act import TEXT_LIMIT
from feed.models.photo import photo_of
from groups.models import Group

ALT_LIMIT = 300
PEOPLE_LIMIT = 8
DRAFT_LIMIT = 5000
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]"
PILED_MARKS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")
FORM_KEY = re.compile(r"[0-9A-Za-z_-]{8,32}")
SIGNS = [
    ("me", gettext_lazy("As me")),
    ("someone", gettext_lazy("As “Someone”")),
    ("private", gettext_lazy("Just for me")),
]
FEELINGS = [
    (1, pgettext_lazy("how an act felt", "Hard")),
    (2, pgettext_lazy("how an act felt", "A little hard")),
    (3, pgettext_lazy("how an act felt", "In between")),
    (4, pgettext_lazy("how an act felt", "Good")),
    (5, pgettext_lazy("how an act felt", "Very good")),
]


def storable(data: QueryDict) -> QueryDict:
    """A sent form without the letters that no database keeps: NUL and halves of a character."""
    kept = data.copy()
    for name in kept:
        kept.setlist(name, [_storable(value) for value in data.getlist(name)])
    return kept


def _storable(value: str) -> str:
    return "".join(letter for letter in value if letter != "\0" and not 0xD800 <= ord(letter) <= 0xDFFF)


def clean_words(text: str) -> str:
    """What was typed, as it is kept: one form of each letter, plain line ends, no control letters, no piled marks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"})
    text = PILED_MARKS.sub(r"\1", text)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\ufeff", "")).strip()


class WordsField(forms.CharField):
    """Text of people: bounded, cleaned, never cut in silence."""

    def to_python(self, value: Any) -> str:
        return clean_words(super().to_python(value) or "")


class ActForm(forms.Form):
    """One act. What the group's policy does not open is not in the form, and not taken if it is sent all the same."""

    kind = forms.ChoiceField(
        choices=Act.Kind.choices, widget=forms.RadioSelect, label=gettext_lazy("What kind of act is it?")
    )
    text = WordsField(
        max_length=TEXT_LIMIT,
        required=False,
        label=gettext_lazy("Tell it in a sentence or two"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LIMIT}),
        error_messages={
            "max_length": gettext_lazy("This is %(show_value)d characters long; %(limit_value)d fit here.")
        },
    )
    photo = forms.FileField(
        required=False,
        label=gettext_lazy("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    keep_photo = forms.BooleanField(required=False)
    alt = WordsField(max_length=ALT_LIMIT, required=False, label=gettext_lazy("What does the photo show?"))
    sign = forms.ChoiceField(choices=SIGNS, required=False, widget=forms.RadioSelect, label=gettext_lazy("Who sees it"))
    audience = forms.CharField(required=False)
    feeling = forms.TypedChoiceField(
        choices=FEELINGS,
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        label=gettext_lazy("How was it for you?"),
    )
    day = forms.TypedChoiceField(
        required=False, coerce=date.fromisoformat, empty_value=None, label=gettext_lazy("When")
    )
    credited = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        to_field_name="public_id",
        label=gettext_lazy("Whom did you see?"),
        widget=forms.CheckboxSelectMultiple,
    )
    step = forms.CharField(required=False)
    challenge = forms.CharField(required=False)
    idea = forms.CharField(required=False)
    parent = forms.CharField(required=False)
    link_kind = forms.CharField(required=False)
    form_key = forms.CharField(required=False)

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, user: User, group: Group, **kwargs: Any
    ) -> None:
        super().__init__(storable(data) if data is not None else None, files, **kwargs)
        self.user, self.group = user, group
        self.no_room = False
        today = user.today()
        day = cast(forms.TypedChoiceField, self.fields["day"])
        day.choices = [(d.isoformat(), _day_name(d, today)) for d in schedule.loggable_days(today)]
        for name, is_open in self._policy().items():
            if not is_open:
                self.fields.pop(name)
        if "credited" in self.fields:
            people = User.objects.filter(memberships__in=group.memberships.active()).exclude(pk=user.pk)
            cast("forms.ModelMultipleChoiceField[User]", self.fields["credited"]).queryset = people.order_by(
                "name", "pk"
            )
        if not group.policy.anonymous_open:
            sign = cast(forms.ChoiceField, self.fields["sign"])
            sign.choices = [(value, label) for value, label in SIGNS if value != "someone"]

    def _policy(self) -> dict[str, bool]:
        policy = self.group.policy
        return {
            "text": policy.text_open,
            "photo": policy.photos_open,
            "keep_photo": policy.photos_open,
            "alt": policy.photos_open,
            "credited": policy.credits_open,
        }

    def clean_form_key(self) -> str:
        key = self.cleaned_data["form_key"]
        return key if FORM_KEY.fullmatch(key) else new_public_id()

    def clean_idea(self) -> str:
        """An idea of the library; anything else says nothing about the act."""
        key = self.cleaned_data["idea"]
        return key if key == "own" or key in ideas() else ""

    def clean_step(self) -> Step | None:
        """A step of a challenge of this group, or none: a step of elsewhere does not exist here."""
        key = self.cleaned_data["step"]
        if not key:
            return None
        steps = Step.objects.filter(challenge__group=self.group, hidden_at=None).select_related("challenge__group")
        step = steps.filter(public_id=key).first()
        if step is None:
            self.add_error(None, _("This prompt is no longer there. Your words are still here."))
        return step

    def clean_challenge(self) -> Challenge | None:
        key = self.cleaned_data["challenge"]
        challenge = Challenge.objects.filter(group=self.group, public_id=key).first() if key else None
        if key and challenge is None:
            self.add_error(None, _("This challenge is no longer there. Your words are still here."))
        return challenge

    def clean_parent(self) -> Act | None:
        """The act this one follows: only one that the author may see, in the same group."""
        key = self.cleaned_data["parent"]
        if not key:
            return None
        acts = Act.objects.visible_to(self.user).filter(group=self.group, state=Act.State.SHOWN)
        parent = acts.filter(public_id=key).first()
        if parent is None:
            self.add_error(None, _("The act you pass on is no longer there. Your words are still here."))
        return parent

    def clean_credited(self) -> list[User]:
        """People are named on what was seen, a few at a time."""
        people = list(self.cleaned_data["credited"])
        if len(people) > PEOPLE_LIMIT:
            raise ValidationError(_("Up to eight people can be named at once."), code="many")
        return people

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._settle_challenge(data)
        self._settle_audience(data)
        data["credited"] = data.get("credited", []) if data.get("kind") == Act.Kind.SAW else []
        inspired = data.get("link_kind") == Act.Link.INSPIRED
        data["link_kind"] = "" if not data.get("parent") else Act.Link.INSPIRED if inspired else Act.Link.PASSED_ON
        data["done_on"] = data.get("day") or self.user.today()
        # An act without words is a tick: counted apart, shown with the words of its prompt, and nothing to be read
        # first. So the act itself says whether it is one, never the form.
        says_something = data.get("text") or data.get("photo") or data.get("keep_photo") or data.get("parent")
        data["source"] = Act.Source.POSTED if says_something else Act.Source.TICK
        return data

    def _settle_challenge(self, data: dict[str, Any]) -> None:
        """The challenge of the step, or the one named, as long as it takes acts of that day.

        What is told without either counts for the challenge that the group ran on that day.
        """
        step = data.get("step")
        today = self.user.today()
        day = data.get("day") or today
        challenge = step.challenge if step else data.get("challenge")
        if challenge is None and not self.errors:
            challenge = Challenge.objects.of_day(self.group, day).first()
        if challenge and not challenge.takes_acts_of(day, today=today):
            chosen = data.get("day") is not None
            if not chosen and day > challenge.ends_on and challenge.takes_acts_of(challenge.ends_on, today=today):
                # A prompt told of after the end without naming a day belongs to the last day that counts.
                data["day"] = challenge.ends_on
            else:
                self.add_error("day", _("%(challenge)s takes no acts of that day.") % {"challenge": challenge.title})
        data["challenge"] = challenge

    def _settle_audience(self, data: dict[str, Any]) -> None:
        """Who sees it. What was received, and what a prompt calls private, is for its author unless they choose."""
        step = data.get("step")
        private = data.get("kind") == Act.Kind.RECEIVED or bool(step and step.words_for(self.group.mode).private)
        sign = data.get("sign") or ("private" if private or data.get("audience") == "private" else "me")
        data["audience"] = Act.Audience.PRIVATE if sign == "private" else Act.Audience.GROUP
        data["signed"] = Act.Signed.SOMEONE if sign == "someone" else Act.Signed.ME

    def act_fields(self) -> dict[str, Any]:
        """What `Act.objects.post` takes; the photo is added by the view, once it is a photo."""
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "done_on": data["done_on"],
            "form_key": data["form_key"],
            "text": data.get("text", ""),
            "audience": data["audience"],
            "signed": data["signed"],
            "source": data["source"],
            "idea_key": data["idea"],
            "challenge": data["challenge"],
            "step": data["step"],
            "parent": data["parent"],
            "link_kind": data["link_kind"],
            "feeling": data["feeling"],
            "credited": data["credited"],
            "alt": data.get("alt", ""),
        }

    @property
    def key(self) -> str:
        return cast(str, self.cleaned_data["form_key"])

    @property
    def upload(self) -> "UploadedFile[Any] | None":
        return self.files.get("photo") if "photo" in self.fields else None


CARRIED = ("step", "challenge", "idea", "parent", "link_kind", "form_key")
"""What a composer carries along unseen: which prompt or act it is for, and the key of the form."""


@dataclass(kw_only=True)
class Composer:
    """All that `feed/composer.html` draws.

    Attributes:
        groups: offered as a choice when there are several; otherwise the group is a hidden field.
        photo: the one kept in the draft, from an earlier try.
        smooth: whether the page holds the feed that changes with a new act (Today); else a plain form.
        whole: whether the people of the group are listed; on Today they are fetched when they are asked for.
        about: the words of the prompt this act is for, if it is for one.
    """

    form: ActForm
    group: Group
    groups: Sequence[Group]
    photo: Photo | None = None
    smooth: bool = False
    about: str = ""
    parent: Act | None = None
    whole: bool = False

    @property
    def action(self) -> str:
        return reverse("post-act")

    @property
    def draft_url(self) -> str:
        return reverse("draft", args=[self.group.slug])

    @property
    def photo_url(self) -> str:
        return reverse("photo", args=[self.photo.public_id, "small"]) if self.photo else ""

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form carries along unseen."""
        return [(name, value) for name in CARRIED if (value := self.form[name].value())]

    @property
    def more_label(self) -> str:
        return _("Photo, feeling, another day") if "photo" in self.form.fields else _("Feeling, another day")

    @property
    def is_open(self) -> bool:
        """Whether the second half of the form is unfolded: there is something in it, or something wrong with it."""
        form = self.form
        return any(form[name].errors or form[name].value() for name in _MORE if name in form.fields)

    @property
    def private(self) -> bool:
        step = self.form.initial.get("step_row")
        return bool(step and step.words_for(self.group.mode).private)


_MORE = ("photo", "alt", "feeling", "day")


def composer_for(
    request: HttpRequest,
    group: Group,
    *,
    groups: Sequence[Group] = (),
    step: Step | None = None,
    idea: str = "",
    parent: Act | None = None,
    link_kind: str = "",
    kind: str = "did",
    smooth: bool = False,
    whole: bool = False,
    form: ActForm | None = None,
) -> Composer:
    """The composer of a page, filled with what this person has typed before and not posted.

    Args:
        group: where it posts to; `groups` offers others.
        step: the prompt it answers, with its challenge; `idea` is the option taken.
        parent: the act it follows, with `link_kind` ("passed_on" or "inspired").
        smooth: set on Today alone, where a posted act appears without a new page.
        whole: list the people of the group at once instead of when they are asked for.
        form: the bound form of a failed try.
    """
    user = person(request)
    draft = _draft(user, group)
    if form is None:
        initial: dict[str, Any] = {"kind": kind, "form_key": new_public_id(), "idea": idea}
        if draft:
            initial |= {name: value for name, value in draft.fields.items() if name in DRAFTED}
        if step:
            initial |= {"step": step.public_id, "step_row": step}
        if parent:
            initial |= {"parent": parent.public_id, "link_kind": link_kind or Act.Link.PASSED_ON, "step": ""}
        form = ActForm(user=user, group=group, initial=initial)
    photo = draft.photo if draft and draft.photo and draft.photo.deleted_at is None else None
    about = step.words_for(group.mode).prompt if step else ""
    return Composer(
        form=form, group=group, groups=groups, photo=photo, smooth=smooth, about=about, parent=parent, whole=whole
    )


def _draft(user: User, group: Group) -> ActDraft | None:
    """The unposted words of this person in this group; groups of `places_to_post` know them already."""
    if "draft" in vars(group):
        return cast("ActDraft | None", vars(group)["draft"])
    return ActDraft.objects.select_related("photo").filter(user=user, group=group).first()


DRAFTED = ("kind", "text", "alt", "sign", "feeling", "day", "credited")
"""What a draft keeps: the words and the choices, not which prompt or act they were for."""


def _day_name(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, _("l, F j"))


def drafted(data: QueryDict) -> dict[str, Any]:
    """What of a sent form a draft keeps: cleaned, and of a bounded length."""
    kept: dict[str, Any] = {name: _storable(data.get(name, ""))[:DRAFT_LIMIT] for name in DRAFTED if name != "credited"}
    kept["credited"] = [_storable(value)[:16] for value in data.getlist("credited")[:PEOPLE_LIMIT]]
    return {name: value for name, value in kept.items() if value}


class EditForm(forms.Form):
    """What an author may still change: the words, the day and who sees it."""

    text = WordsField(
        max_length=TEXT_LIMIT,
        required=False,
        label=gettext_lazy("Your words"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LIMIT}),
    )
    alt = WordsField(max_length=ALT_LIMIT, required=False, label=gettext_lazy("What does the photo show?"))
    day = forms.TypedChoiceField(coerce=date.fromisoformat, label=gettext_lazy("When"))
    sign = forms.ChoiceField(choices=SIGNS, widget=forms.RadioSelect, label=gettext_lazy("Who sees it"))

    def __init__(self, data: QueryDict | None = None, *, act: Act, user: User) -> None:
        self.act = act
        photo = photo_of(act)
        sign = "private" if act.audience == Act.Audience.PRIVATE else act.signed
        initial = {"text": act.text, "day": act.done_on.isoformat(), "sign": sign, "alt": photo.alt if photo else ""}
        super().__init__(storable(data) if data is not None else None, initial=initial)
        today = user.today()
        days = dict.fromkeys([*schedule.loggable_days(today), act.done_on])
        cast(forms.TypedChoiceField, self.fields["day"]).choices = [(d.isoformat(), _day_name(d, today)) for d in days]
        if photo is None:
            del self.fields["alt"]
        if not act.group.policy.text_open:
            del self.fields["text"]
        if not act.group.policy.anonymous_open and act.signed != Act.Signed.SOMEONE:
            choices = [choice for choice in SIGNS if choice[0] != "someone"]
            cast(forms.ChoiceField, self.fields["sign"]).choices = choices

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
        )
        photo = photo_of(self.act)
        if photo and "alt" in data and photo.alt != data["alt"]:
            photo.alt = data["alt"]
            photo.save(update_fields=["alt"])

    def _shared_audience(self) -> str:
        return Act.Audience.GROUP if self.act.audience == Act.Audience.PRIVATE else self.act.audience
