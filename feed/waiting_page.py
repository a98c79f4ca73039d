"""The page of what waits to be read, worked out for `feed/waiting.html`: what worries first, ticks together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.audience import told
from feed.cards import TONES
from feed.models import Act, ActChange, Comment, Photo
from feed.models.photo import photo_of
from feed.reading import MOST, acts_waiting, answers_of, comments_waiting, last_answers
from feed.worrying import worries_in
from groups.class_door import told_apart
from groups.models import Group, LaunchCheck, Pupil

LATELY = 8


@dataclass(kw_only=True)
class Item:
    """One act or comment as whoever reads first sees it.

    Attributes:
        who: its author; of a pupil with the number or the note that tells two of one name apart.
        signed: what the group would read in place of the name, where that is another.
        about: the prompt or the idea it answers; of a comment the act it stands under.
        names: who is thanked on it, by public id.
        worries: phrases because of which it stands at the top.
        form: what was refused, with what was typed.
    """

    id: str
    is_act: bool
    who: str
    at: datetime
    kind: str = ""
    tone: str = ""
    icon: str = ""
    text: str = ""
    about: str = ""
    names: list[tuple[str, str]] = field(default_factory=list)
    photo: Photo | None = None
    signed: str = ""
    just_for_teacher: bool = False
    worries: list[str] = field(default_factory=list)
    form: Any = None
    opened: str = ""

    @property
    def is_tick(self) -> bool:
        return self.is_act and not (self.text or self.names or self.photo or self.just_for_teacher or self.form)


@dataclass(kw_only=True)
class Ticks:
    """Ticks of one kind on one prompt, to be let through together."""

    about: str
    kind: str
    tone: str
    icon: str
    items: Sequence[Item]


@dataclass(kw_only=True)
class Answer:
    """What was answered lately."""

    id: str
    who: str
    words: str
    what: str
    at: datetime


@dataclass(kw_only=True)
class Waiting:
    """All that stands on the page."""

    group: Group
    acts: Sequence[Act]
    items: Sequence[Item]
    ticks: Sequence[Ticks]
    lately: Sequence[Answer]

    @property
    def worrying(self) -> list[Item]:
        return [item for item in self.items if item.worries]

    @property
    def others(self) -> list[Item]:
        return [item for item in self.items if not item.worries]

    @property
    def number(self) -> int:
        return len(self.items) + sum(len(some.items) for some in self.ticks)

    @property
    def first(self) -> str:
        """What the focus goes to."""
        return next((item.id for item in (*self.worrying, *self.others)), "")

    @property
    def procedure(self) -> str:
        """Who hears of it when something worries, in the school's words."""
        check = LaunchCheck.objects.filter(group=self.group, key=LaunchCheck.Key.SAFEGUARDING_LEAD).first()
        return check.words if check else ""


def waiting_for(group: Group, reader: User, *, refused: dict[str, Any] | None = None) -> Waiting:
    """What waits in a group now.

    Args:
        reader: whose own answers of late are listed.
        refused: by public id, the form that could not be taken, with `opened`, the part of the page it belongs to.
    """
    acts = list(acts_waiting(group)[:MOST])
    named = _names(group)
    items = [_of_act(act, group, named) for act in acts]
    items += [_of_comment(comment, named) for comment in comments_waiting(group)[:MOST]]
    for item in items:
        if refused and item.id in refused:
            item.form, item.opened = refused[item.id]
    alone = sorted((item for item in items if not item.is_tick), key=lambda item: (not item.worries, item.at))
    return Waiting(
        group=group,
        acts=acts,
        items=alone,
        ticks=list(_together(item for item in items if item.is_tick)),
        lately=_lately(group, reader, named),
    )


def _names(group: Group) -> dict[int, str]:
    """The names of pupils as their teacher knows them."""
    if not group.is_class:
        return {}
    return {
        one.pupil.user_id: f"{one.shown} ({one.pupil.hint})" if one.pupil.hint else one.shown
        for one in told_apart(Pupil.objects.in_class(group))
    }


def _who(author: User | None, named: dict[int, str]) -> str:
    return named.get(author.pk, author.name) if author else _("Someone")


def _of_act(act: Act, group: Group, named: dict[int, str]) -> Item:
    act.group = group
    tone, icon = TONES[act.kind]
    photo = photo_of(act)
    return Item(
        id=act.public_id,
        is_act=True,
        who=_who(act.author, named),
        at=act.created_at,
        kind=act.get_kind_display(),
        tone=tone,
        icon=icon,
        text=act.text,
        about=_about(act, group),
        names=[(credit.person.public_id, _who(credit.person, named)) for credit in act.credits.all()],
        photo=photo,
        signed=_("Someone") if act.signed == Act.Signed.SOMEONE else "",
        just_for_teacher=act.audience == Act.Audience.LEADERS,
        worries=worries_in(act.text, photo.alt if photo else ""),
    )


def _of_comment(comment: Comment, named: dict[int, str]) -> Item:
    return Item(
        id=comment.public_id,
        is_act=False,
        who=_who(comment.author, named),
        at=comment.created_at,
        kind=_("Comment"),
        tone="received",
        icon="chat-circle",
        text=comment.text,
        about=comment.act.text[:120],
        worries=worries_in(comment.text),
    )


def _about(act: Act, group: Group) -> str:
    idea = told(group, get_language() or "en").get(act.idea_key) if act.idea_key else None
    if idea is not None:
        return idea.text
    return act.step.words_for(group.mode).prompt if act.step is not None else ""


def _together(ticks: Iterable[Item]) -> Iterable[Ticks]:
    def same(item: Item) -> tuple[str, str]:
        return item.about, item.kind

    for (about, kind), some in groupby(sorted(ticks, key=same), key=same):
        items = list(some)
        yield Ticks(about=about, kind=kind, tone=items[0].tone, icon=items[0].icon, items=items)


def _lately(group: Group, reader: User, named: dict[int, str]) -> list[Answer]:
    words = {Act.State.SHOWN: _("Shared"), Act.State.RETURNED: _("Sent back"), Act.State.REMOVED: _("Declined")}
    return [
        Answer(
            id=change.act.public_id,
            who=_who(change.act.author, named),
            words=change.act.text or _about(change.act, group),
            what=words.get(Act.State(change.after), ""),
            at=change.at,
        )
        for change in _standing(group, reader)
    ]


def _standing(group: Group, reader: User) -> list[ActChange]:
    return last_answers(list(answers_of(group, reader)[:LATELY]))
