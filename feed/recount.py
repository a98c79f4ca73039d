"""Counters against what they count. They are kept in the transaction of every change; this finds out whether."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from feed.models import Act, Comment, Counter
from feed.models.act_query import SHARED


class Drift(NamedTuple):
    """One counter that is not what it should be."""

    what: str
    key: tuple[Any, ...]
    stored: int
    real: int

    def __str__(self) -> str:
        return f"{self.what} {self.key}: {self.stored} stored, {self.real} counted"


@transaction.atomic
def recount(*, mend: bool = False) -> list[Drift]:
    """Count everything again.

    Args:
        mend: put right what is wrong; otherwise only tell.

    Returns:
        Every counter that was wrong; none, on a good day.
    """
    found = [*_challenge_drift(), *_act_drift()]
    if mend:
        for drift in found:
            _mend(drift)
    return found


TOTAL = ("group_id", "challenge_id", "source", "kind", "private")


def _challenge_drift() -> Iterator[Drift]:
    stored = {tuple(key): n for *key, n in Counter.objects.values_list(*TOTAL, "total")}
    private = ExpressionWrapper(Q(audience=Act.Audience.PRIVATE), output_field=BooleanField())
    shown = Act.objects.filter(state=Act.State.SHOWN).annotate(private=private).order_by()
    real = {tuple(key): n for *key, n in shown.values_list(*TOTAL).annotate(n=Count("pk"))}
    return _differences("total", stored, real)


def _act_drift() -> Iterator[Drift]:
    following = Act.objects.filter(state=Act.State.SHOWN, audience__in=SHARED).order_by()
    links: dict[str, QuerySet[Any]] = {
        "passed_on_count": following.filter(link_kind=Act.Link.PASSED_ON).values_list("parent_id"),
        "inspired_count": following.filter(link_kind=Act.Link.INSPIRED).values_list("parent_id"),
        "comment_count": Comment.objects.filter(state=Act.State.SHOWN).order_by().values_list("act_id"),
    }
    for field, rows in links.items():
        counted = Act.objects.filter(**{f"{field}__gt": 0}).values_list("pk", field)
        real = {(pk,): n for pk, n in rows.annotate(n=Count("pk"))}
        yield from _differences(field, {(pk,): n for pk, n in counted}, real)


def _differences(what: str, stored: dict[Any, int], real: dict[Any, int]) -> Iterator[Drift]:
    for key in stored.keys() | real.keys():
        if stored.get(key, 0) != real.get(key, 0):
            yield Drift(what, key, stored.get(key, 0), real.get(key, 0))


def _mend(drift: Drift) -> None:
    if drift.what == "total":
        Counter.objects.update_or_create(**dict(zip(TOTAL, drift.key, strict=True)), defaults={"total": drift.real})
    else:
        Act.objects.filter(pk=drift.key[0]).update(**{drift.what: drift.real})
