"""The feed of many groups, newest first, page by page at the same cost on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from feed.cursor import Cursor, cursor_of
from feed.models import Act
from feed.models.act_query import PAGE
from groups.models import Group


@dataclass(frozen=True)
class Page:
    """One page of a feed. `next` is the cursor of the page below, or empty on the last."""

    acts: list[Act]
    next: str


def page_of(groups: Sequence[Group], cursor: Cursor | None = None, *, size: int = PAGE) -> Page:
    """The acts of these groups below a cursor, ready for their cards. The caller answers for the groups."""
    if not groups:
        return Page([], "")
    acts: Any = Act.objects.filter(group=groups[0]).in_feed().before(cursor)
    if len(groups) > 1:
        acts = Act.objects.filter(pk__in=_newest_of_each(groups, cursor, size + 1)).order_by("-shown_at", "-pk")
    found: list[Act] = acts.for_cards(size + 1)
    return Page(found[:size], cursor_of(found[size - 1]) if len(found) > size else "")


def _newest_of_each(groups: Sequence[Group], cursor: Cursor | None, size: int) -> RawSQL:
    """Ids of the newest acts of each group, in one UNION ALL of index scans.

    Written by hand: `group_id IN (…) ORDER BY … LIMIT` reads whole groups, a hundred times slower among a
    million acts, and the ORM cannot limit the parts of a union on SQLite. All values are parameters but the
    ones that the partial index names, which have to be literal for the index to be used.
    """
    table = connection.ops.quote_name(Act._meta.db_table)
    limits, values = "", []
    if cursor:
        shown_at = connection.ops.adapt_datetimefield_value(cursor[0])
        limits = " AND shown_at <= %s AND (shown_at < %s OR id < %s)"
        values = [shown_at, shown_at, cursor[1]]
    part = (
        f"SELECT id FROM (SELECT id FROM {table} WHERE group_id = %s AND state = 'shown'"  # noqa: S608
        f" AND audience IN ('group', 'organization'){limits}"
        f" ORDER BY shown_at DESC, id DESC LIMIT {int(size)}) AS part"
    )
    parameters = [value for group in groups for value in (group.pk, *values)]
    return RawSQL(" UNION ALL ".join([part] * len(groups)), parameters)  # noqa: S611
