"""The composer: the form of an act with all that stands around it on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.ids import new_public_id
from accounts.people import person
from challenges.models import Step
from feed.act_form import ActForm
from feed.drafting import DRAFTED, draft_of
from feed.models import Act, ActDraft, Photo
from groups.models import Group

CARRIED = ("step", "challenge", "idea", "parent", "link_kind", "strayed", "form_key")
"""What a composer carries along unseen: which prompt or act it is for, and the key of the form."""


@dataclass(kw_only=True)
class Composer:
    """All that `feed/composer.html` draws.

    Attributes:
        groups: offered as a choice when there are several; otherwise the group is a hidden field.
        photo: the one kept in the draft, from an earlier try.
        smooth: whether the page holds the feed that changes with a new act (Today); else a plain form.
        whole: whether the people of the group are listed; on Today they are fetched when they are asked for.
        step: the prompt this act is for, if it is for one.
        parent: the act that it passes on, if it does.
    """

    form: ActForm
    group: Group
    groups: Sequence[Group]
    photo: Photo | None = None
    smooth: bool = False
    step: Step | None = None
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
    def keeps_photo(self) -> bool:
        """Whether that photo is to be used; so it is unless somebody took it off."""
        data = self.form.data
        is_shown = self.photo is not None and data.get("shown_photo") == self.photo.public_id
        return not is_shown or bool(data.get("keep_photo"))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form carries along unseen."""
        return [(name, value) for name in CARRIED if (value := self.form[name].value())]

    @property
    def people_come(self) -> str:
        """When the people are fetched: as soon as somebody may be named, and anew for another group."""
        saw = self.form["kind"].value() == Act.Kind.SAW
        first = [] if self.whole else ["load" if saw else "change from:#id_kind once"]
        return ", ".join([*first, "change from:#id_group"] if len(self.groups) > 1 else first)

    @property
    def more_label(self) -> str:
        return _("Photo, feeling, another day") if "photo" in self.form.fields else _("Feeling, another day")

    @property
    def is_open(self) -> bool:
        """Whether the second half of the form is unfolded: there is something in it, or something wrong with it."""
        form = self.form
        as_it_was = {"day": form.user.today().isoformat()}
        return any(
            form[name].errors or form[name].value() not in {None, "", as_it_was.get(name)}
            for name in ("photo", "alt", "feeling", "day")
            if name in form.fields
        )

    @property
    def about(self) -> str:
        return self.step.words_for(self.group.mode).prompt if self.step else ""

    @property
    def private(self) -> bool:
        return bool(self.step and self.step.words_for(self.group.mode).private)


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
    asked_kind: str = "",
    smooth: bool = False,
    whole: bool = False,
    form: ActForm | None = None,
) -> Composer:
    """The composer of a page, filled with what this person has typed before and not posted.

    Args:
        group: where it posts to; `groups` offers others.
        step: the prompt it answers, with its challenge; `idea` is the option taken.
        parent: the act it follows, with `link_kind` ("passed_on" or "inspired").
        kind: chosen where nothing else was; `asked_kind` goes before the one that was left.
        smooth: set on Today alone, where a posted act appears without a new page.
        whole: list the people of the group at once instead of when they are asked for.
        form: the bound form of a failed try.
    """
    user = person(request)
    draft = draft_of(user, group, parent)
    if form is None:
        initial: dict[str, Any] = {"kind": kind, "form_key": new_public_id(), "idea": idea}
        if draft:
            initial |= {name: value for name, value in draft.fields.items() if name in DRAFTED}
        if asked_kind:
            initial["kind"] = asked_kind
        if step:
            initial["step"] = step.public_id
        if parent:
            initial |= {"parent": parent.public_id, "link_kind": link_kind or Act.Link.PASSED_ON, "step": ""}
        form = ActForm(user=user, group=group, initial=initial)
    photo = _photo_of(form, draft)
    return Composer(
        form=form, group=group, groups=groups, photo=photo, smooth=smooth, step=step, parent=parent, whole=whole
    )


def _photo_of(form: ActForm, draft: ActDraft | None) -> Photo | None:
    """The photo that stands in a composer: the one in its draft, unless the draft is of other words."""
    if not form.is_bound or not form.is_strayed:
        return draft.waiting_photo if draft else None
    if form.loose_photo:
        return form.loose_photo
    return Photo.objects.filter(
        uploader=form.user, group=form.group, act=None, public_id=form.data.get("shown_photo", "")
    ).first()
