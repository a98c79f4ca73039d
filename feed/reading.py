"""Reading first: what waits in a group until somebody who runs it has read it, and what becomes of it.

Each answer can be undone for thirty days by whoever gave it. What several acts got at once is undone at once.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.models.audit import AuditEntry, record
from feed import pictures, reading_messages
from feed.models import Act, ActChange, Comment, Credit, Photo
from feed.models.act import UNDO_TIME
from feed.taking_down import bring_back, take_down
from groups.models import Group

READ = "read"
COMMENT_ANSWERS = {"shared": Act.State.SHOWN, "declined": Act.State.REMOVED}
MOST = 300
"""So many acts wait on one page; more come when these are read."""


def acts_waiting(group: Group) -> QuerySet[Act]:
    """What waits in a group, the oldest first, with all that is shown of it to who reads."""
    named = Credit.objects.exclude(state=Credit.State.REMOVED).select_related("person").order_by("pk")
    waiting = Act.objects.filter(group=group, state=Act.State.PENDING).exclude(audience=Act.Audience.PRIVATE)
    return waiting.select_related("author", "photo", "step").prefetch_related(Prefetch("credits", named)).order_by("pk")


def comments_waiting(group: Group) -> QuerySet[Comment]:
    """Comments that wait, under acts that everybody can read."""
    return (
        Comment.objects.filter(group=group, state=Act.State.PENDING, act__state=Act.State.SHOWN)
        .select_related("author", "act")
        .order_by("pk")
    )


def note_who_read(reader: User, acts: Iterable[Act], group: Group) -> None:
    """Write down who has read what waits, each once (CHILDREN C13)."""
    ids = {act.pk for act in acts}
    label = Act._meta.label
    read = AuditEntry.objects.filter(actor_id=reader.pk, verb=READ, thing=label, thing_id__in=ids)
    ids -= set(read.values_list("thing_id", flat=True))
    AuditEntry.objects.bulk_create(
        AuditEntry(actor_id=reader.pk, verb=READ, thing=label, thing_id=pk, group_id=group.pk) for pk in sorted(ids)
    )


@transaction.atomic
def share(
    act: Act,
    by: User,
    *,
    text: str | None = None,
    names: Collection[str] | None = None,
    without_photo: bool = False,
    at: datetime | None = None,
    tell: bool = True,
) -> bool:
    """Let the group read it.

    Args:
        text: in these words; None leaves them as they are. The author's own words are kept with the change.
        names: public ids of those who stay thanked on it; None leaves all.
        without_photo: its photo goes for good.
        at: the moment, the same for all that is shared at once.
        tell: whether its author hears of it.

    Returns:
        False when it does not wait any more.
    """
    if not _lock(act):
        return False
    moment, said = at or timezone.now(), ""
    if text is not None and text != act.text:
        said, act.text = act.text, text
        act.save(update_fields=["text"])
    if names is not None:
        gone = act.credits.exclude(person__public_id__in=names).exclude(state=Credit.State.REMOVED)
        gone.update(state=Credit.State.REMOVED, changed_at=moment)
    if without_photo:
        pictures.erase(Photo.objects.filter(act=act))
    act.change(Act.State.SHOWN, by=by, at=moment, said=said)
    record(by, "shared", act, group_id=act.group_id)
    reading_messages.was_answered(act, by, tell=tell)
    return True


@transaction.atomic
def send_back(act: Act, by: User, note: str) -> bool:
    """Give it back to its author with a kind note. False when it does not wait any more."""
    if not _lock(act):
        return False
    act.change(Act.State.RETURNED, by=by, why=note)
    record(by, "sent back", act, group_id=act.group_id)
    reading_messages.was_answered(act, by)
    return True


@transaction.atomic
def decline(act: Act, by: User) -> bool:
    """Keep it from the group; it goes for good after thirty days. False when it does not wait any more."""
    if not _lock(act):
        return False
    take_down(act, by, why="declined")
    record(by, "declined", act, group_id=act.group_id)
    reading_messages.was_answered(act, by)
    return True


def _lock(act: Act) -> bool:
    """Of two who answer at once, the second finds that it waits no more."""
    act.refresh_from_db(fields=["state", "text"], from_queryset=Act.objects.select_for_update())
    return act.state == Act.State.PENDING


def answers_of(group: Group, by: User) -> QuerySet[ActChange]:
    """What somebody has answered in a group and can still undo, the newest first."""
    since = timezone.now() - UNDO_TIME
    mine = ActChange.objects.filter(act__group=group, by=by, before=Act.State.PENDING, at__gt=since)
    return mine.exclude(act__author=by).select_related("act__author", "act__step__challenge__group").order_by("-pk")


def last_answers(changes: Sequence[ActChange]) -> list[ActChange]:
    """Those of these changes that still stand: nothing has happened to their acts since."""
    of_acts = ActChange.objects.filter(act__in=[change.act_id for change in changes]).order_by()
    last = set(of_acts.values("act").annotate(last=Max("pk")).values_list("last", flat=True))
    return [change for change in changes if change.pk in last]


@transaction.atomic
def undo(act: Act, by: User) -> int:
    """Let an act wait again, and all that got its answer at the same moment. Returns how many."""
    mine = answers_of(act.group, by)
    answer = mine.filter(act=act).first()
    if answer is None:
        return 0
    undone = [change for change in last_answers(list(mine.filter(at=answer.at))) if _take_back(change, by)]
    for change in undone:
        record(by, "took back an answer", change.act, group_id=act.group_id)
        reading_messages.answer_was_taken_back(change.act)
    return len(undone)


@transaction.atomic
def undo_comment(comment: Comment, by: User) -> int:
    """Let a comment wait again, if the last that became of it is this person's answer. Returns how many that were."""
    about = AuditEntry.objects.filter(thing=Comment._meta.label, thing_id=comment.pk)
    last = about.filter(at__gt=timezone.now() - UNDO_TIME).order_by("-pk").first()
    # One that its author took away since, or that was taken down for a report, is not in the state it was left in.
    if last is None or last.actor_id != by.pk or COMMENT_ANSWERS.get(last.verb) != comment.state:
        return 0
    if not comment.change(Act.State.PENDING):
        return 0
    record(by, "took back an answer", comment, group_id=comment.group_id)
    return 1


def _take_back(answer: ActChange, by: User) -> bool:
    act = answer.act
    if act.state == Act.State.REMOVED:
        return bring_back(act, by)
    if not act.change(Act.State.PENDING, by=by, why="answer taken back"):
        return False
    # It comes into the feed as new when it is shared after all, in the words of its author.
    values: dict[str, Any] = {"shown_at": None, **({"text": answer.said} if answer.said else {})}
    for name, value in values.items():
        setattr(act, name, value)
    act.save(update_fields=list(values))
    act.credits.filter(state=Credit.State.REMOVED, changed_at=answer.at).update(state=Credit.State.SHOWN)
    return True
