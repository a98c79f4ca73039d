"""What somebody has typed and not posted: what of it is kept, and where it is found again."""

from typing import Any, cast

from django.http import QueryDict

from accounts.models import User
from feed.act_form import PEOPLE_LIMIT
from feed.models import ActDraft
from feed.pictures import discard
from feed.words import clean_words, storable_word
from groups.models import Group

DRAFT_LIMIT = 5000
DRAFTED = ("kind", "text", "alt", "sign", "feeling", "day", "credited")
"""What a draft keeps: the words and the choices, not which prompt or act they were for."""


def draft_of(user: User, group: Group) -> ActDraft | None:
    """The unposted words of this person in this group; groups of `places_to_post` know them already."""
    if "draft" in vars(group):
        return cast("ActDraft | None", vars(group)["draft"])
    return ActDraft.objects.select_related("photo").filter(user=user, group=group).first()


def drafted(data: QueryDict) -> dict[str, Any]:
    """What of a sent form a draft keeps: cleaned, and of a bounded length."""
    kept: dict[str, Any] = {
        name: storable_word(data.get(name, ""))[:DRAFT_LIMIT] for name in DRAFTED if name != "credited"
    }
    kept["credited"] = [storable_word(value)[:16] for value in data.getlist("credited")[:PEOPLE_LIMIT]]
    return {name: value for name, value in kept.items() if value}


def forget(user: User, group: Group, *, words: str | None = None) -> None:
    """Let go what was typed and not posted; with `words`, only where it says nothing else."""
    draft = ActDraft.objects.select_related("photo").filter(user=user, group=group).first()
    if draft is None or words not in {None, clean_words(draft.fields.get("text", ""))}:
        return
    draft.delete()
    if draft.photo:
        discard(draft.photo)
