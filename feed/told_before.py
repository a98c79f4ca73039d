"""What was told before: a form that is sent again must neither double an act nor lose what was changed since."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import User
from feed.act_form import ActForm
from feed.models import Act
from feed.models.photo import photo_of


class Why(StrEnum):
    """How a form meets an act that was told before."""

    SAME = "same"
    CHANGED = "changed"
    TAKEN_DOWN = "taken_down"


@dataclass(frozen=True, kw_only=True)
class ToldBefore:
    """An act that a form would double, hide or lose if it were simply posted.

    Attributes:
        why: SAME needs nothing, the act stands; of the others the author is asked.
        may_restore: whether the author may bring back what was taken down.
    """

    act: Act
    why: Why
    may_restore: bool = False


def told_before(form: ActForm) -> ToldBefore | None:
    """The act that this form has told already; None when it is new."""
    acts = Act.objects.filter(author=form.user, form_key=form.key).select_related("group", "photo", "feeling")
    act = acts.first()
    if act is None:
        return None
    if act.is_tombstone:
        return taken_down(act, form.user)
    return ToldBefore(act=act, why=Why.SAME if _holds(act, form) else Why.CHANGED)


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
    named = set(act.credits.values_list("person_id", flat=True)) if says["credited"] else set()
    return (
        says["feeling"] in {None, feeling}
        and named.issuperset(person.pk for person in says["credited"])
        and (form.upload is None or photo_of(act) is not None)
    )
