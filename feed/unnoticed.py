"""Whose kindness has not been noticed lately: for those who teach a class, and for nobody else, ever.

A class sees the same few children again and again. This is a list for the teacher's own eyes, to look once more and
to say what was seen. It compares nobody: it holds days, no numbers, and no child is ever shown it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from feed.models import Act, Credit
from groups.class_door import Named, told_apart
from groups.models import Group, Pupil

LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Child:
    """One child, and the days on which something of theirs was seen or told last.

    Attributes:
        seen: the last act that names and thanks them.
        told: the last act they told or ticked themselves.
    """

    named: Named
    seen: date | None
    told: date | None


@dataclass(frozen=True)
class Unnoticed:
    """Those whom nobody has named yet, and those whom nobody has named lately; the longest ago first."""

    never: Sequence[Child]
    not_lately: Sequence[Child]

    @property
    def anybody(self) -> bool:
        return bool(self.never or self.not_lately)


def unnoticed_in(group: Group) -> Unnoticed:
    """Read from a class, in three queries. Who does the other task is not looked for."""
    today = group.organization.today()
    stands = [Credit.State.SHOWN, Credit.State.PENDING, Credit.State.HIDDEN]
    named_on = Credit.objects.filter(group=group, state__in=stands, act__state=Act.State.SHOWN)
    seen = _days(named_on.values_list("person").annotate(last=Max("act__done_on")).order_by())
    own = Act.objects.filter(group=group, author__isnull=False, state__in=[Act.State.SHOWN, Act.State.PENDING])
    told = _days(own.values_list("author").annotate(last=Max("done_on")).order_by())
    children = [
        Child(named, seen.get(named.pupil.user_id), told.get(named.pupil.user_id))
        for named in told_apart(Pupil.objects.in_class(group))
        if not named.pupil.sits_out
    ]
    children.sort(key=lambda child: (child.seen or date.min, child.told or date.min))
    return Unnoticed(
        never=[child for child in children if child.seen is None],
        not_lately=[child for child in children if child.seen and child.seen < today - LATELY],
    )


def _days(rows: Iterable[Any]) -> dict[int, date]:
    """The last day of each person."""
    return {int(person): last for person, last in rows}
