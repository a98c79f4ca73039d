"""What was told before: a form that is sent again must neither double an act nor lose what was changed since."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from feed.act_form import ActForm
from feed.models import Act
from feed.models.photo import photo_of

MOMENT = timedelta(minutes=10)
"""The same words within it are more likely the same form, drawn anew by Back or Reload, than a second act."""


class Why(StrEnum):
    """How a form meets an act that was told before."""

    SAME = "same"
    CHANGED = "changed"
    TAKEN_DOWN = "taken_down"
    AGAIN = "again"


@dataclass(frozen=True, kw_only=True)
class ToldBefore:
    """An act that a form would double, hide or lose if it were simply posted.

    Attributes:
        why: SAME needs nothing, the act stands; of the others the author is asked. The act of CHANGED and
            TAKEN_DOWN was told by this very form, that of AGAIN by another in the same words a moment ago.
        may_restore: whether the author may bring back what was taken down.
    """

    act: Act
    why: Why
    may_restore: bool = False


def told_before(form: ActForm) -> ToldBefore | None:
    """What was told already, by this form or in its words a moment ago; None when it is new. One query."""
    told = Q(form_key=form.key)
    if not (form.cleaned_data["again"] or form.is_tick_of_prompt):
        told |= _in_these_words(form)
    acts = list(Act.objects.filter(told, author=form.user).select_related("group", "photo", "feeling"))
    act = next((act for act in acts if act.form_key == form.key), None)
    if act is None:
        twin = next((act for act in acts if _names_the_same(act, form)), None)
        return ToldBefore(act=twin, why=Why.AGAIN) if twin else None
    if act.is_tombstone:
        return taken_down(act, form.user)
    return ToldBefore(act=act, why=Why.SAME if form.is_tick_of_prompt or _holds(act, form) else Why.CHANGED)


def _in_these_words(form: ActForm) -> Q:
    says = form.act_fields()
    same = {name: says[name] for name in ("kind", "text", "done_on", "step", "parent")}
    return Q(group=form.group, created_at__gt=timezone.now() - MOMENT, **same) & ~Q(state=Act.State.REMOVED)


def taken_down(act: Act, author: User) -> ToldBefore:
    """An act that no longer stands; its author may have taken it down, or somebody else."""
    return ToldBefore(act=act, why=Why.TAKEN_DOWN, may_restore=act.can_be_restored_by(author))


def _holds(act: Act, form: ActForm) -> bool:
    """Whether an act says all that a form says."""
    says = form.act_fields()
    words = ("kind", "text", "done_on", "audience", "signed")
    links = {"group": form.group, "step": says["step"], "parent": says["parent"]}
    if any(getattr(act, word) != says[word] for word in words):
        return False
    if any(getattr(act, f"{name}_id") != (row.pk if row else None) for name, row in links.items()):
        return False
    feeling = act.feeling.value if hasattr(act, "feeling") else None
    return (
        says["feeling"] in {None, feeling}
        and _names_the_same(act, form)
        and (form.upload is None or photo_of(act) is not None)
    )


def _names_the_same(act: Act, form: ActForm) -> bool:
    named = {person.pk for person in form.cleaned_data["credited"]}
    return act.kind not in Act.NAMING or named == set(act.credits.values_list("person_id", flat=True))
