"""Taking an act down and bringing it back, with what hangs on it: the prompt it answered, the words that wait."""

from django.db import transaction

from accounts.models import User
from challenges.choices import settle, unsettle
from feed.drafting import forget
from feed.models import Act


@transaction.atomic
def take_down(act: Act, by: User, *, why: str = "") -> bool:
    """Returns False when somebody else moved it first; then nothing happened."""
    removed = act.change(Act.State.REMOVED, by=by, why=why)
    if removed and act.author is not None and act.step is not None:
        others = Act.objects.filter(author=act.author, step=act.step).exclude(state=Act.State.REMOVED)
        # What was done too, after somebody else, answers no prompt.
        others = others.exclude(link_kind=Act.Link.INSPIRED).order_by("-pk")
        unsettle(act.author, act.step, others.values_list("idea_key", "done_on"))
    return removed


@transaction.atomic
def bring_back(act: Act, by: User) -> bool:
    """As it was; the same words need not wait in the composer any longer."""
    back = act.restore(by)
    if back and act.author is not None and act.step is not None and act.link_kind != Act.Link.INSPIRED:
        settle(act.author, act.step, act.idea_key, on=act.done_on)
    if back:
        forget(by, act.group, act.parent, words=act.text)
    return back
