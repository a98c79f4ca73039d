"""Notices as the in-app list shows them: words are made now, so what is gone is told to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from notifications import kinds
from notifications.kinds import Message
from notifications.models import Notice

PER_PAGE = 20


@dataclass(frozen=True)
class Line:
    public_id: str
    text: str
    path: str
    at: datetime
    is_new: bool


def page_of(mine: QuerySet[Notice], before: str = "") -> tuple[list[Line], str]:
    """One page of somebody's notices, newest first, and the cursor of the next one ("" at the end)."""
    rows = mine.select_related("recipient").order_by("-due_at", "-pk")
    last = mine.filter(public_id=before).first() if before else None
    if last:
        rows = rows.filter(Q(due_at__lt=last.due_at) | Q(due_at=last.due_at, pk__lt=last.pk))
    page = list(rows[: PER_PAGE + 1])
    shown, more = page[:PER_PAGE], len(page) > PER_PAGE
    return lines_of(shown), shown[-1].public_id if more else ""


def line_of(notice: Notice) -> Line | None:
    return next(iter(lines_of([notice])), None)


def lines_of(notices: Sequence[Notice]) -> list[Line]:
    """The lines of those notices that are still wanted, in the order given."""
    messages: dict[int, Message] = {}
    for name in {notice.kind for notice in notices}:
        messages |= _messages_of(name, [notice for notice in notices if notice.kind == name])
    return [
        Line(notice.public_id, message.line, message.path, notice.due_at, notice.read_at is None)
        for notice in notices
        if (message := messages.get(notice.pk))
    ]


def _messages_of(name: str, notices: Sequence[Notice]) -> dict[int, Message]:
    kind = kinds.find(name)
    if kind is None:
        return {}
    if kind.render_many:
        return dict(kind.render_many(notices))
    return {notice.pk: kind.render(notice) for notice in notices if kind.still_wanted(notice)}
