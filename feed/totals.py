"""What a challenge holds, read from the counters: one query for any number of challenges."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from challenges.models import Challenge
from feed.models import Act, Counter
from groups.models import Group

TICKED, PAPER = Act.Source.TICK.value, Act.Source.PAPER.value


@dataclass(kw_only=True)
class Totals:
    """Acts counted, by kind and, apart from that, by how they came in. Nothing is multiplied."""

    did: int = 0
    saw: int = 0
    received: int = 0
    posted: int = 0
    ticked: int = 0
    paper: int = 0

    @property
    def total(self) -> int:
        return self.did + self.saw + self.received

    def add(self, kind: str, source: str, number: int) -> None:
        way = {TICKED: "ticked", PAPER: "paper"}.get(source, "posted")
        for name in (kind, way):
            setattr(self, name, getattr(self, name) + number)


def totals_of(challenges: Iterable[Challenge]) -> dict[int, Totals]:
    """The totals of each challenge, by its id; one without acts has zeros."""
    totals = {challenge.pk: Totals() for challenge in challenges}
    rows = Counter.objects.filter(challenge__in=list(totals)).values_list("challenge_id", "kind", "source", "total")
    for challenge_id, kind, source, number in rows:
        totals[challenge_id].add(kind, source, number)
    return totals


@dataclass(frozen=True, kw_only=True)
class Together:
    """What a whole group holds: acts, ripples that were passed on at least once, and the furthest degree."""

    acts: int
    ripples: int
    furthest: int


def together(group: Group) -> Together:
    """The group's own numbers, in one query that reads counters and the index of links.

    Written by hand: it is asked on every page of a group, and building it anew would cost ten times as
    much as its answer. The words that the partial index names are literal, so that it is used.
    """
    quote = connection.ops.quote_name
    acts, counters = quote(Act._meta.db_table), quote(Counter._meta.db_table)
    statement = (
        f"SELECT (SELECT SUM(total) FROM {counters} WHERE group_id = %s), COUNT(DISTINCT ripple_id), MAX(degree)"  # noqa: S608
        f" FROM {acts} WHERE group_id = %s AND state = 'shown' AND audience IN ('group', 'organization') AND degree > 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [group.pk, group.pk])
        [(number, ripples, furthest)] = cursor.fetchall()
    return Together(acts=int(number or 0), ripples=ripples, furthest=furthest or 0)
