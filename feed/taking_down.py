"""What hangs on an act that is taken down, brought back or moved: the prompt it answered, the words that wait."""

from django.db import transaction

from accounts.models import User
from challenges.choices import settle, settle_again
from feed.drafting import forget
from feed.models import Act


@transaction.atomic
def take_down(act: Act, by: User, *, why: str = "") -> bool:
    """Returns False when somebody else moved it first; then nothing happened."""
    removed = act.change(Act.State.REMOVED, by=by, why=why)
    if removed:
        look_at_prompt(act)
    return removed


def look_at_prompt(act: Act) -> None:
    """Let the prompt that an act answered, or answers on another day now, follow what stands."""
    if act.author is None or act.step is None:
        return
    told = Act.objects.filter(author=act.author, step=act.step).exclude(state=Act.State.REMOVED)
    # What was done too, after somebody else, answers no prompt.
    told = told.exclude(link_kind=Act.Link.INSPIRED).order_by("-pk")
    settle_again(act.author, act.step, told.values_list("idea_key", "done_on"))


@transaction.atomic
def bring_back(act: Act, by: User) -> bool:
    """As it was; the same words need not wait in the composer any longer."""
    back = act.restore(by)
    if back and act.author is not None and act.step is not None and act.link_kind != Act.Link.INSPIRED:
        settle(act.author, act.step, act.idea_key, on=act.done_on)
    if back:
        forget(by, act.group, act.parent, words=act.text)
    return back
