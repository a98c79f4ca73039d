"""What the feed does not keep: what was taken down, what was never sent, and photos that nothing has any more."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from feed.models import Act, ActChange, ActDraft, ActFeeling, Case, Comment, Credit, KindNote, Moment, Photo, Reaction
from feed.models.act import UNDO_TIME
from feed.pictures import erase

# Nobody can bring an act back any more when it is emptied, not even who has the page with the button open.
TAKEN_DOWN = UNDO_TIME + timedelta(hours=1)
DRAFTS = timedelta(days=30)
NOTES = timedelta(days=90)
# A photo waits for its act or its draft no longer than a request takes; a day is plenty.
UNCLAIMED = timedelta(days=1)
AT_ONCE = 200


def purge_feed() -> int:
    """Forget what is older than its limit; once a day. May run twice, late, or on two workers at once.

    Returns:
        The number of acts emptied, and of comments, drafts, photos and stray files deleted.
    """
    return forget_stray_files() + purge_feed_rows()


def purge_feed_rows() -> int:
    """The same without stray files: what a transaction can take back, photos of deleted rows among it."""
    return empty_acts() + forget_comments() + forget_drafts() + forget_photos() + forget_notes()


def empty_acts() -> int:
    """Leave of acts that were taken down long ago only what a ripple needs: the id, the link, the place in the chain.

    An emptied act has no `removed_at`, so that it is neither found here nor brought back again.
    """
    old = Act.objects.filter(state=Act.State.REMOVED, removed_at__lt=timezone.now() - TAKEN_DOWN)
    return sum(empty(old.filter(pk__in=some)) for some in _parts(old))


@transaction.atomic
def empty(old: "models.QuerySet[Act]") -> int:
    """Take everything but their place from acts that nobody is shown any more. Returns how many they were."""
    # Locked, so that none of them is brought back while its comments and its photo go.
    acts = list(old.select_for_update().values_list("pk", flat=True))
    ActChange.objects.filter(act__in=acts, by=F("act__author")).update(by=None)
    ActChange.objects.filter(act__in=acts).update(why="", said="")
    for belonging in (ActFeeling, Case, Credit, Moment, Reaction):
        belonging._default_manager.filter(act__in=acts).delete()
    _forget(Comment.objects.filter(act__in=acts))
    erase(Photo.objects.filter(act__in=acts))
    nothing = {"text": "", "guest_name": "", "zone": "", "idea_key": "", "step": None, "author": None}
    return Act.objects.filter(pk__in=acts).update(**nothing, anonymized=True, comment_count=0, removed_at=None)


def forget_comments() -> int:
    """Comments that were taken down, and with them what was reported and decided; the audit log keeps its ids."""
    # One without a moment was emptied while the record of a report stayed longer than its words.
    old_enough = Q(removed_at__lt=timezone.now() - TAKEN_DOWN) | Q(removed_at=None)
    old = Comment.objects.filter(old_enough, state=Act.State.REMOVED)
    return sum(_forget(old.filter(pk__in=some)) for some in _parts(old))


def _forget(comments: "models.QuerySet[Comment]") -> int:
    _all, rows = comments.delete()
    return rows.get("feed.Comment", 0)


def forget_drafts() -> int:
    """What somebody began to type and left. Its photo is unclaimed from then on."""
    return ActDraft.objects.filter(updated_at__lt=timezone.now() - DRAFTS).delete()[0]


def forget_photos() -> int:
    """Photos that neither an act nor a draft has."""
    unclaimed = Photo.objects.filter(act=None, draft=None, created_at__lt=timezone.now() - UNCLAIMED)
    return sum(erase(unclaimed.filter(pk__in=some)) for some in _parts(unclaimed))


def forget_notes() -> int:
    return KindNote.objects.filter(sent_at__lt=timezone.now() - NOTES).delete()[0]


def forget_stray_files() -> int:
    """Files without a row: what a process that was killed, or a group that was deleted, has left behind."""
    folders, _files = default_storage.listdir("photos") if default_storage.exists("photos") else ([], [])
    return sum(_forget_strays(f"photos/{folder}") for folder in folders)


def _forget_strays(folder: str) -> int:
    _folders, files = default_storage.listdir(folder)
    names = {PurePosixPath(file).stem.rpartition("-")[0] for file in files}
    kept = set(Photo.objects.filter(name__in=names).values_list("name", flat=True))
    strays = [f"{folder}/{file}" for file in files if PurePosixPath(file).stem.rpartition("-")[0] not in kept]
    # A file is there for a moment before its row is.
    old = [path for path in strays if default_storage.get_modified_time(path) < timezone.now() - UNCLAIMED]
    for path in old:
        default_storage.delete(path)
    return len(old)


def _parts(rows: "models.QuerySet[models.Model]") -> Iterator[list[int]]:
    """The keys of these rows, some at a time, so that no transaction keeps others waiting for long."""
    last = 0
    while keys := list(rows.order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield keys
        last = keys[-1]
