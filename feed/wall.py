"""The kindness wall of a class: what was read and shared, one act at a time, large enough for the last row."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.models import User
from feed.cards import TONES, words_of
from feed.models import Act, Credit
from groups.models import Classroom, Group

SHOWN = 24
LONG, LONGER = 110, 240


@dataclass(frozen=True, kw_only=True)
class WallAct:
    """One act as it stands on the wall."""

    id: str
    line: str
    icon: str
    words: str

    @property
    def size(self) -> str:
        """How large its words can be set."""
        return "longer" if len(self.words) > LONGER else "long" if len(self.words) > LONG else "short"


def wall_of(group: Group, *, names: bool) -> list[WallAct]:
    """The newest acts that everybody in the class can read, newest first.

    Args:
        names: whether the class's own rule for names on the wall holds; else nobody is named.
    """
    names = names and group.classroom.names != Classroom.Names.NONE
    thanked = Credit.objects.filter(state=Credit.State.SHOWN).select_related("person").order_by("pk")
    acts = Act.objects.in_feed().filter(group=group).select_related("author", "step__challenge__group")
    found = []
    for act in acts.prefetch_related(Prefetch("credits", thanked))[:SHOWN]:
        if words := words_of(act, group):
            icon, line = TONES[act.kind][1], _line(act, group, names=names)
            found.append(WallAct(id=act.public_id, line=line, icon=icon, words=words))
    return found


def _line(act: Act, group: Group, *, names: bool) -> str:
    if not names:
        lines = {Act.Kind.DID: _("Someone in our class did this"), Act.Kind.SAW: _("Someone in our class saw this")}
        return lines.get(Act.Kind(act.kind), _("Somebody was kind to someone in our class"))
    who = _("Someone") if act.signed == Act.Signed.SOMEONE else _name(act.author, group)
    whom = _joined([_name(credit.person, group) for credit in act.credits.all()])
    lines = {
        Act.Kind.DID: _("%(name)s did this"),
        Act.Kind.SAW: _("%(name)s saw %(whom)s") if whom else _("%(name)s saw this"),
    }
    line = lines.get(Act.Kind(act.kind), _("%(name)s thanks %(whom)s") if whom else _("Somebody was kind to %(name)s"))
    return line % {"name": who, "whom": whom}


def _name(person: User | None, group: Group) -> str:
    if person is None:
        return _("Someone")
    return group.classroom.shown_name(person.name) if person.is_pupil else person.name


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
