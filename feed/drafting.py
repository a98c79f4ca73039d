"""What somebody has typed and not posted: what of it is kept, and where it is found again."""

from typing import Any, cast

from django.http import QueryDict

from accounts.models import User
from accounts.typed import storable_word
from feed.act_form import PEOPLE_LIMIT
from feed.models import Act, ActDraft
from feed.pictures import discard
from feed.words import clean_words
from groups.models import Group

DRAFT_LIMIT = 5000
DRAFTED = ("kind", "text", "alt", "sign", "feeling", "day", "credited")
"""What a draft keeps: the words and the choices, not which prompt or act they were for."""


def draft_of(user: User, group: Group, parent: Act | None = None) -> ActDraft | None:
    """The unposted words of this person in this place; groups of `places_to_post` know their own already."""
    if parent is None and "draft" in vars(group):
        return cast("ActDraft | None", vars(group)["draft"])
    return ActDraft.objects.at(user, group, parent).select_related("photo").first()


def drafted(data: QueryDict) -> dict[str, Any]:
    """What of a sent form a draft keeps: cleaned, and of a bounded length."""
    kept: dict[str, Any] = {
        name: storable_word(data.get(name, ""))[:DRAFT_LIMIT] for name in DRAFTED if name != "credited"
    }
    if kept["kind"] not in Act.Kind.values:
        del kept["kind"]
    kept["credited"] = [storable_word(value)[:16] for value in data.getlist("credited")[:PEOPLE_LIMIT]]
    return {name: value for name, value in kept.items() if value}


def forget(user: User, group: Group, parent: Act | None = None, *, words: str | None = None) -> None:
    """Let go what was typed in a place and not posted; with `words`, only where it says nothing else."""
    draft = ActDraft.objects.at(user, group, parent).select_related("photo").first()
    if draft is None or words not in {None, clean_words(draft.fields.get("text", ""))}:
        return
    draft.delete()
    if draft.photo:
        discard(draft.photo)
