"""What a pupil tells: a tap, somebody to thank, and a sentence where the teacher has opened words."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.typed import storable
from feed.act_form import NOT_THIS_SIGN, ActForm
from feed.models import Act
from feed.models.act import TEXT_LIMIT
from feed.words import WordsField
from groups.class_door import told_apart
from groups.models import Group, Pupil

CLASS, NAMELESS, TEACHER = "class", "nameless", "teacher"
AUDIENCES = {
    CLASS: (Act.Audience.GROUP, Act.Signed.ME),
    NAMELESS: (Act.Audience.GROUP, Act.Signed.SOMEONE),
    TEACHER: (Act.Audience.LEADERS, Act.Signed.ME),
}


def who_sees(group: Group) -> list[tuple[str, Any]]:
    """What a pupil of this class can choose from. Nothing is kept from the teacher (S12)."""
    seen = [(CLASS, _("My class")), (NAMELESS, _("My class, without my name")), (TEACHER, _("Only my teacher"))]
    return [choice for choice in seen if choice[0] != NAMELESS or group.policy.anonymous_open]


def sign_of(act: Act) -> str:
    """What its author has chosen."""
    chosen = (act.audience, act.signed)
    return next((sign for sign, means in AUDIENCES.items() if means == chosen), TEACHER)


class PupilForm(ActForm):
    """An act as a pupil tells it: of today, without feelings, and with nothing that its teacher may not read."""

    naming = Act.NAMING

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, user: User, group: Group, **kwargs: Any
    ) -> None:
        if data is not None and data.get("pick"):
            data = storable(data)
            data["step"], _colon, data["idea"] = str(data["pick"]).partition(":")
        super().__init__(data, files, user=user, group=group, **kwargs)
        self.fields["kind"].widget = forms.HiddenInput()
        cast(forms.ChoiceField, self.fields["sign"]).choices = who_sees(group)
        if "credited" in self.fields:
            self._offer_classmates()

    def _policy(self) -> dict[str, bool]:
        closed = ("feeling", "day", "audience", "challenge", "parent", "link_kind")
        return {**super()._policy(), **dict.fromkeys(closed, False)}

    def _offer_classmates(self) -> None:
        others = [one for one in told_apart(Pupil.objects.in_class(self.group)) if one.pupil.user_id != self.user.pk]
        names = {one.pupil.user_id: one.shown for one in others}
        field = cast(Any, self.fields["credited"])
        field.queryset = User.objects.filter(pk__in=names).order_by("name", "pk")
        field.label_from_instance = lambda user: names[user.pk]

    @cached_property
    def followed(self) -> Act | None:
        """Pupils pass nothing on by a link."""
        return None

    def _settle_audience(self, data: dict[str, Any]) -> None:
        """Who sees it. A tick on a prompt that is about oneself is counted, and nobody is shown it."""
        step = data.get("step")
        private = bool(step and step.words_for(self.group.mode).private)
        told_nothing = not any(data.get(name) for name in ("text", "photo", "keep_photo", "credited"))
        if private and told_nothing:
            data["audience"], data["signed"] = Act.Audience.PRIVATE, Act.Signed.ME
            return
        sign = data.get("sign") or (TEACHER if private else first_sign(data.get("kind", "")))
        data["audience"], data["signed"] = AUDIENCES[sign]


def first_sign(kind: str) -> str:
    """Chosen until the pupil chooses: what somebody received is their own matter, so it begins with the teacher."""
    return TEACHER if kind == Act.Kind.RECEIVED else CLASS


class PupilChangeForm(forms.Form):
    """Words that wait or came back, told once more."""

    text = WordsField(
        max_length=TEXT_LIMIT,
        required=False,
        label=_("Your words"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LIMIT}),
    )
    sign = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("Who can see it?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), NOT_THIS_SIGN),
    )

    def __init__(self, data: QueryDict | None = None, *, act: Act) -> None:
        self.act = act
        super().__init__(data, initial={"text": act.text, "sign": sign_of(act)})
        cast(forms.ChoiceField, self.fields["sign"]).choices = who_sees(act.group)
        if not act.group.policy.text_open:
            del self.fields["text"]

    def rewrite(self, by: User) -> None:
        audience, signed = AUDIENCES[self.cleaned_data["sign"]]
        text = self.cleaned_data.get("text", self.act.text)
        self.act.rewrite(text=text, done_on=self.act.done_on, audience=audience, signed=signed, by=by)


STARTERS: dict[str, Sequence[Any]] = {
    Act.Kind.DID: (_("I helped …"), _("I shared …"), _("I said …"), _("I asked …")),
    Act.Kind.SAW: (_("I saw …"), _("Someone helped …"), _("It was kind because …")),
    Act.Kind.RECEIVED: (_("Someone helped me …"), _("I was glad when …"), _("It was kind because …")),
}
