"""Deleting for good what somebody told: locked, some at a time, with totals and other people's news kept right."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Sequence

from django.db import models, transaction
from django.db.models import F, Q

from feed import case_messages, messages, pictures
from feed.models import Act, ActChange, Case, Comment, Counter, Photo
from feed.models.counter import place_of
from feed.retention import empty
from groups.models import Group

AT_ONCE = 200


def erase_acts(acts: "models.QuerySet[Act]") -> None:
    """Delete acts; where others passed one on, an empty place stays, so that their chain is not torn.

    Args:
        acts: those of one author, by whom they are found: what is left of them has none.
    """
    while _erase_some(acts):
        pass


@transaction.atomic
def _erase_some(acts: "models.QuerySet[Act]") -> bool:
    # Whoever changes or takes one down at this moment has done so by now, or finds that it is gone.
    gone = list(acts.select_for_update().order_by("-pk")[:AT_ONCE])
    if not gone:
        return False
    _count_out(gone)
    messages.acts_were_hidden(gone)
    groups = list(Group.objects.filter(cases__act__in=gone).distinct())
    stay = _followed(gone)
    _leave_empty(Act.objects.filter(pk__in=stay))
    _delete(Act.objects.filter(pk__in=[act.pk for act in gone if act.pk not in stay]))
    for group in groups:
        case_messages.something_was_settled(group)
    return True


def _count_out(acts: Sequence[Act]) -> None:
    shown = [act for act in acts if act.state == Act.State.SHOWN]
    for place, number in Tally(place_of(act) for act in shown).items():
        Counter.objects.add_to(place, -number)
    links = Tally((act.parent_id, act.link_kind) for act in shown if act.is_counted_by_parent)
    parents: dict[tuple[str, int], list[int | None]] = defaultdict(list)
    for (parent, kind), number in links.items():
        parents[kind, number].append(parent)
    for (kind, number), some in parents.items():
        field = Act.COUNTED_AT_PARENT[kind]
        Act.objects.filter(pk__in=some).update(**{field: F(field) - number})


def _followed(acts: Sequence[Act]) -> set[int]:
    """Those of these acts, newest first, that others have followed.

    One that only acts of the same author follow, which go as well, is then followed by none.
    """
    ids = [act.pk for act in acts]
    following: dict[int, set[int]] = defaultdict(set)
    links = Act.objects.filter(Q(parent__in=ids) | Q(ripple__in=ids))
    for pk, parent, ripple in links.values_list("pk", "parent_id", "ripple_id"):
        for link in {parent, ripple} - {pk, None}:
            following[link].add(pk)
    going: set[int] = set()
    for pk in ids:
        if following[pk] <= going:
            going.add(pk)
    return set(ids) - going


def _leave_empty(acts: "models.QuerySet[Act]") -> None:
    acts.update(state=Act.State.REMOVED, challenge=None)
    ActChange.objects.filter(act__in=acts).delete()
    Case.objects.filter(act__in=acts).delete()
    empty(acts)


def _delete(acts: "models.QuerySet[Act]") -> None:
    pictures.erase(Photo.objects.filter(act__in=acts))
    # What follows another protects it from being deleted, an origin, which points to itself, even itself.
    acts.update(parent=None, ripple=None, link_kind="")
    acts.delete()


def erase_comments(comments: "models.QuerySet[Comment]") -> None:
    """Delete comments; the acts they stand under count them no more."""
    while _erase_some_comments(comments):
        pass


@transaction.atomic
def _erase_some_comments(comments: "models.QuerySet[Comment]") -> bool:
    gone = list(comments.select_for_update().order_by("-pk")[:AT_ONCE])
    if not gone:
        return False
    under: dict[int, list[int]] = defaultdict(list)
    for act, number in Tally(comment.act_id for comment in gone if comment.state == Act.State.SHOWN).items():
        under[number].append(act)
    for number, acts in under.items():
        Act.objects.filter(pk__in=acts).update(comment_count=F("comment_count") - number)
    messages.comments_were_hidden(gone)
    groups = list(Group.objects.filter(cases__comment__in=gone).distinct())
    Comment.objects.filter(pk__in=[comment.pk for comment in gone]).delete()
    for group in groups:
        case_messages.something_was_settled(group)
    return True
