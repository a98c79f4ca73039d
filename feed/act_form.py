"""The form of an act: what somebody did, saw or received."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.ids import new_public_id
from accounts.models import User
from accounts.typed import storable
from challenges import schedule
from challenges.audience import audience_of
from challenges.days import day_name
from challenges.models import Challenge, Step
from feed.form_key import FormKeyField
from feed.models import Act
from feed.models.act import TEXT_LIMIT
from feed.models.photo import ALT_LIMIT
from feed.words import WordsField
from groups.models import Group

if TYPE_CHECKING:
    from feed.models import Photo
    from feed.told_before import ToldBefore

PEOPLE_LIMIT = 8
SIGNS = [
    ("me", gettext_lazy("As me")),
    ("someone", gettext_lazy("As “Someone”")),
    ("private", gettext_lazy("Just for me")),
]
# What is said where something was sent that stands on no page; the framework would name it.
NOT_THIS_SIGN = gettext_lazy("Please choose again who sees it.")
NOT_THIS_DAY = gettext_lazy("An act can be told for today or one of the seven days before.")
FEELINGS = [
    (1, pgettext_lazy("how an act felt", "Hard")),
    (2, pgettext_lazy("how an act felt", "A little hard")),
    (3, pgettext_lazy("how an act felt", "In between")),
    (4, pgettext_lazy("how an act felt", "Good")),
    (5, pgettext_lazy("how an act felt", "Very good")),
]


def day_choices(days: Iterable[date], today: date) -> list[tuple[str, str]]:
    """Days to choose from, by the names that they have today."""
    return [(day.isoformat(), _day_name(day, today)) for day in days]


def _day_name(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return day_name(day)


def followed_act(user: User, group: Group, key: str) -> Act | None:
    """The act a new one follows: only one that the author may see and follow, in the same group."""
    act = Act.objects.visible_to(user).filter(group=group, public_id=key).first() if key else None
    return act if act and act.can_be_followed_by(user) else None


def step_of(group: Group, key: str) -> Step | None:
    """A step of a challenge of this group; a step of elsewhere does not exist here."""
    steps = Step.objects.filter(challenge__group=group, hidden_at=None).select_related("challenge__group")
    return steps.filter(public_id=key).first() if key else None


class ActForm(forms.Form):
    """One act. What the group's policy does not open is not in the form, and not taken if it is sent all the same."""

    naming: Collection[str] = (Act.Kind.SAW,)

    kind = forms.ChoiceField(
        choices=Act.Kind.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("What kind of act is it?"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Please say whether you did it, saw it or received it.")
        ),
    )
    text = WordsField(
        max_length=TEXT_LIMIT,
        required=False,
        label=gettext_lazy("Tell it in a sentence or two"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LIMIT}),
    )
    photo = forms.FileField(
        required=False,
        label=gettext_lazy("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    keep_photo = forms.BooleanField(required=False)
    alt = WordsField(max_length=ALT_LIMIT, required=False, label=gettext_lazy("What does the photo show?"))
    sign = forms.ChoiceField(
        choices=SIGNS,
        required=False,
        widget=forms.RadioSelect,
        label=gettext_lazy("Who sees it"),
        error_messages={"invalid_choice": NOT_THIS_SIGN},
    )
    audience = forms.CharField(required=False)
    feeling = forms.TypedChoiceField(
        choices=FEELINGS,
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        label=gettext_lazy("How was it for you?"),
        error_messages={"invalid_choice": gettext_lazy("Please choose one of the five, or none.")},
    )
    day = forms.TypedChoiceField(
        required=False,
        coerce=date.fromisoformat,
        empty_value=None,
        label=gettext_lazy("When"),
        error_messages={"invalid_choice": NOT_THIS_DAY},
    )
    credited = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        to_field_name="public_id",
        label=gettext_lazy("Whom did you see?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value", "invalid_list"),
            gettext_lazy("Somebody you named is not in this group. Please look at the names again."),
        ),
    )
    step = forms.CharField(required=False)
    challenge = forms.CharField(required=False)
    idea = forms.CharField(required=False)
    parent = forms.CharField(required=False)
    link_kind = forms.CharField(required=False)
    form_key = FormKeyField()
    again = forms.BooleanField(required=False)
    strayed = forms.BooleanField(required=False)

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, user: User, group: Group, **kwargs: Any
    ) -> None:
        super().__init__(storable(data) if data is not None else None, files, **kwargs)
        self.user, self.group = user, group
        self.no_room = False
        self.held_back = ""
        self.told: ToldBefore | None = None
        self.loose_photo: Photo | None = None
        today = user.today()
        day = cast(forms.TypedChoiceField, self.fields["day"])
        day.choices = day_choices(schedule.loggable_days(today), today)
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
        policy, photos = self.group.policy, self.group.takes_photos_of(self.user)
        return {
            "text": policy.text_open,
            "photo": photos,
            "keep_photo": photos,
            "alt": photos,
            "credited": policy.credits_open,
        }

    def clean_idea(self) -> str:
        """An idea that this group may be offered; anything else says nothing about the act."""
        key = self.cleaned_data["idea"]
        return key if key == "own" or audience_of(self.group).knows(key) else ""

    def clean_step(self) -> Step | None:
        key = self.cleaned_data["step"]
        step = step_of(self.group, key)
        if key and step is None:
            self._is_gone("step", _("This prompt is no longer there. Your words are still here."))
        return step

    def clean_challenge(self) -> Challenge | None:
        key = self.cleaned_data["challenge"]
        challenge = Challenge.objects.filter(group=self.group, public_id=key).first() if key else None
        if key and challenge is None:
            self._is_gone("challenge", _("This challenge is no longer there. Your words are still here."))
        return challenge

    def clean_parent(self) -> Act | None:
        if self.cleaned_data["parent"] and self.followed is None:
            self.sent["strayed"] = "yes"
            self._is_gone("parent", _("The act you pass on is no longer there. Your words are still here."))
        return self.followed

    def _is_gone(self, name: str, words: str) -> None:
        """Say so, and carry it along no further: sent once more, the words are told without it."""
        self.add_error(None, words)
        self.sent[name] = ""

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
        if data["audience"] != Act.Audience.PRIVATE and (reason := self.group.why_quiet(self.user)):
            self.add_error(None, reason)
        data["credited"] = data.get("credited", []) if data.get("kind") in self.naming else []
        inspired = data.get("link_kind") == Act.Link.INSPIRED
        data["link_kind"] = "" if not data.get("parent") else Act.Link.INSPIRED if inspired else Act.Link.PASSED_ON
        data["done_on"] = data.get("day") or self.user.today()
        # An act without words is a tick: counted apart, shown with the words of its prompt, and nothing to be read
        # first. So the act itself says whether it is one, never the form.
        says_something = data.get("text") or data.get("photo") or data.get("keep_photo") or data.get("parent")
        data["source"] = Act.Source.POSTED if says_something else Act.Source.TICK
        if self.is_tick_of_prompt:
            # A prompt is ticked once a day, in however many tabs it stands: the key is the tick, not the page.
            data["form_key"] = f"{data['kind']}-{data['step'].public_id}-{data['done_on']:%y%m%d}"
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
            "parent": data.get("parent"),
            "link_kind": data["link_kind"],
            "feeling": data.get("feeling"),
            "credited": data["credited"],
            "alt": data.get("alt", ""),
        }

    @cached_property
    def followed(self) -> Act | None:
        """The act that this one follows, while its author can still see it."""
        return followed_act(self.user, self.group, self.data.get("parent", ""))

    @property
    def is_strayed(self) -> bool:
        """Whether it was typed to pass on what is gone by now; what waits in the group's own composer is not this."""
        return bool(self.sent.get("strayed")) or bool(self.sent.get("parent") and self.followed is None)

    @property
    def sent(self) -> QueryDict:
        """What was sent, storable, for a draft to keep."""
        return cast(QueryDict, self.data)

    def hold_back(self, action: str, words: str, field: str | None = None) -> None:
        """Too much at once: what was sent stays in the form, to be sent again a little later."""
        self.add_error(field, words)
        self.held_back = action

    def ask_about(self, told: "ToldBefore") -> None:
        """Not to be posted before its author has read what was told before. Then it has a key of its own."""
        self.told = told
        self.sent["form_key"] = new_public_id()

    @property
    def is_tick_of_prompt(self) -> bool:
        """A prompt done, with nothing said about it and nobody named."""
        data = self.cleaned_data
        is_tick = data.get("source") == Act.Source.TICK
        return is_tick and bool(data.get("kind") and data.get("step")) and not data["credited"]

    @property
    def key(self) -> str:
        return cast(str, self.cleaned_data["form_key"])

    @property
    def upload(self) -> "UploadedFile[Any] | None":
        return self.files.get("photo") if "photo" in self.fields else None
