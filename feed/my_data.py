"""What a person told, answered and was thanked for; and what becomes of it when they go."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy, ngettext

from accounts.data_rights import Copy, Keep, Room, register
from accounts.models import User
from feed import pictures
from feed.erasure import erase_acts, erase_comments
from feed.models import (
    Act,
    ActChange,
    ActDraft,
    ActFeeling,
    Comment,
    Credit,
    Decision,
    KindNote,
    Moment,
    Photo,
    Reaction,
    Report,
)

OTHERS_READ = Q(state__in=["shown", "pending", "hidden"])


def export(user: User) -> Copy:
    """One's own words, answers and pictures.

    Of other people it holds only whom one has credited, as long as their name is shown there: that is what one
    wrote. Who credited, answered or wrote under an act is theirs to give; it says that and when it happened.
    """
    acts = list(_acts(user))
    photos = list(Photo.objects.filter(uploader=user).select_related("group", "act").order_by("pk"))
    files = {_file_name(photo): photo.path("large") for photo in photos if default_storage.exists(photo.path("large"))}
    return Copy(
        {
            "acts": [_act(act, files) for act in acts],
            "comments": [
                {"under_act": comment.act.public_id, "group": comment.group.name, **_fields(comment, COMMENT_FIELDS)}
                for comment in Comment.objects.filter(author=user).select_related("act", "group").order_by("pk")
            ],
            "reactions": list(
                Reaction.objects.filter(user=user).order_by("pk").values("act__public_id", "kind", "created_at")
            ),
            "credits_that_name_you": list(
                Credit.objects.filter(person=user)
                .order_by("pk")
                .values("act__public_id", "group__name", "state", "created_at", "changed_at", "thanked_at")
            ),
            "moments_you_chose": list(
                Moment.objects.filter(chosen_by=user).order_by("pk").values("act__public_id", "chosen_at")
            ),
            "notes_to_your_groups": list(
                KindNote.objects.filter(by=user)
                .order_by("pk")
                .values("public_id", "group__name", "week", "to", "text", "sent_at")
            ),
            "what_you_asked_to_be_looked_at": list(
                Report.objects.filter(reporter=user)
                .order_by("pk")
                .values("case__act__public_id", "reason", "words", "created_at")
            ),
            "what_you_decided_about_reports": list(
                Decision.objects.filter(by=user).order_by("pk").values("case__act__public_id", "what", "note", "at")
            ),
            "not_yet_sent": list(
                ActDraft.objects.filter(user=user)
                .order_by("pk")
                .values("group__name", "parent__public_id", "fields", "updated_at")
            ),
            "photos": [
                {"file": name if (name := _file_name(photo)) in files else None, **_photo(photo)} for photo in photos
            ],
        },
        files,
    )


ACT_FIELDS = (
    *("public_id", "kind", "source", "audience", "signed", "state", "idea_key", "text", "done_on", "zone"),
    *("created_at", "shown_at", "edited_at", "removed_at", "link_kind", "degree"),
)
CHANGE_FIELDS = ("before", "after", "at", "why", "said")
COMMENT_FIELDS = ("public_id", "state", "text", "created_at", "shown_at", "removed_at")
PHOTO_FIELDS = ("public_id", "alt", "width", "height", "created_at")


def _acts(user: User) -> QuerySet[Act]:
    named = Credit.objects.filter(state=Credit.State.SHOWN).select_related("person").order_by("pk")
    changes = ActChange.objects.order_by("pk")
    acts = Act.objects.filter(author=user).select_related("group", "challenge__group", "parent", "feeling")
    return acts.prefetch_related(Prefetch("credits", named), Prefetch("changes", changes)).order_by("pk")


def _fields(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _act(act: Act, files: Mapping[str, str]) -> dict[str, Any]:
    feeling: ActFeeling | None = getattr(act, "feeling", None)
    return {
        "group": act.group.name,
        "challenge": act.challenge.title if act.challenge else None,
        **_fields(act, ACT_FIELDS),
        "follows_act": act.parent.public_id if act.parent else None,
        "feeling_1_to_5": feeling.value if feeling else None,
        "people_you_credited": [credit.person.name for credit in act.credits.all()],
        "what_became_of_it": [_fields(change, CHANGE_FIELDS) for change in act.changes.all()],
    }


def _photo(photo: Photo) -> dict[str, Any]:
    return {
        "of_act": photo.act.public_id if photo.act else None,
        "group": photo.group.name,
        **_fields(photo, PHOTO_FIELDS),
    }


def _file_name(photo: Photo) -> str:
    return f"photos/{photo.public_id}.webp"


def foretell(user: User) -> list[str]:
    acts, comments = Act.objects.filter(author=user).count(), Comment.objects.filter(author=user).count()
    told = ngettext("You have told %(count)d act.", "You have told %(count)d acts.", acts) % {"count": acts}
    written = ngettext("You have written %(count)d comment.", "You have written %(count)d comments.", comments)
    return [sentence for n, sentence in ((acts, told), (comments, written % {"count": comments})) if n]


def erase(user: User, keep: Keep) -> None:
    """Take everything away, or leave what others read without its name.

    Reactions, drafts and credits that name the person go with their row.
    """
    mine = Act.objects.filter(author=user)
    if keep is Keep.ACTS:
        _unname(mine.filter(OTHERS_READ).exclude(audience=Act.Audience.PRIVATE))
        Comment.objects.filter(OTHERS_READ, author=user).update(author=None, anonymized=True)
    erase_acts(mine)
    erase_comments(Comment.objects.filter(author=user))
    # What they asked to be looked at still is, and what they decided still holds; their words go.
    Report.objects.filter(reporter=user).update(reporter=None, words="")
    Decision.objects.filter(by=user).update(by=None, note="")
    KindNote.objects.filter(by=user).delete()
    # What is left of their photos stands on acts that were kept, or was never posted.
    pictures.erase(Photo.objects.filter(act=None, uploader=user))


def _unname(acts: QuerySet[Act]) -> None:
    """Leave acts in their place without their author. How they felt, and words that were not shared, go."""
    ActFeeling.objects.filter(act__in=acts).delete()
    ActChange.objects.filter(act__in=acts).update(said="")
    acts.update(author=None, guest_name="", anonymized=True, signed=Act.Signed.SOMEONE, zone="UTC")


register(
    Room(
        "feed",
        says=gettext_lazy("your acts, photos, comments, answers and drafts, and where others thanked you"),
        export=export,
        erase=erase,
        foretell=foretell,
    )
)
