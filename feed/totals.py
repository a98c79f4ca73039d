"""What a challenge holds, read from the counters: one query for any number of challenges."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from challenges.models import Challenge
from feed.models import Act, Counter
from feed.models.act_query import ActQuerySet
from groups.models import Group, Membership
from groups.models.membership import CROWD

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
    told = Counter.objects.filter(Q(private=False) | crowded(), challenge__in=list(totals))
    for challenge_id, kind, source, number in told.values_list("challenge_id", "kind", "source", "total"):
        totals[challenge_id].add(kind, source, number)
    return totals


def crowded() -> Exists:
    """Whether the group of a counter or an act is so large that a total gives nobody away.

    In a smaller one totals hold only what was shared: a leader of two could tell from them what the other one kept.
    """
    return Membership.objects.crowd(OuterRef("group"))


def told(acts: ActQuerySet) -> ActQuerySet:
    """Those of these acts that may stand in a number others read; the same ones that `totals_of` counts."""
    return acts.filter(~Q(audience=Act.Audience.PRIVATE) | crowded(), state=Act.State.SHOWN)


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
    tables = (Act._meta.db_table, Counter._meta.db_table, Membership._meta.db_table)
    acts, counters, members = map(connection.ops.quote_name, tables)
    here = f"SELECT 1 FROM {members} WHERE group_id = %s AND state = 'active' AND (until IS NULL OR until > %s)"  # noqa: S608
    crowd = f"{here} LIMIT 1 OFFSET {CROWD - 1}"
    told = f"SELECT SUM(total) FROM {counters} WHERE group_id = %s AND (NOT private OR EXISTS ({crowd}))"  # noqa: S608
    statement = (
        f"SELECT ({told}), COUNT(DISTINCT ripple_id), MAX(degree)"  # noqa: S608
        f" FROM {acts} WHERE group_id = %s AND state = 'shown' AND audience IN ('group', 'organization') AND degree > 0"
    )
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(statement, [group.pk, group.pk, now, group.pk])
        [(number, ripples, furthest)] = cursor.fetchall()
    return Together(acts=int(number or 0), ripples=ripples, furthest=furthest or 0)
