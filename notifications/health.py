"""How reminders do, in numbers that add up: for those who run the site, and a little of it for leaders."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import kinds
from notifications.models import Channel, Delivery, Suppression, SwitchedOff, Topic

State = Delivery.State
REASONS = {
    "late": gettext_lazy("too late"),
    "expired": gettext_lazy("too late"),
    "paused": gettext_lazy("paused"),
    "done already": gettext_lazy("done already"),
    "nothing is asked": gettext_lazy("skipped or resting"),
    "switched off": gettext_lazy("switched off"),
    "enough for a day": gettext_lazy("enough for a day"),
    "no such person": gettext_lazy("no longer here"),
}
OTHER = gettext_lazy("for another reason")


@dataclass
class Tally:
    """What became of everything that was due: each delivery is counted in one place, so that it all adds up."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unknown: int = 0
    suppressed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        return self.sent + self.waiting + self.failed + self.unknown + self.suppressed + self.skipped.total()

    def words(self) -> str:
        """12 due: 9 sent, 2 skipped (done already), 1 failed."""
        parts = [
            (self.sent, _("%d sent")),
            *((n, f"%d {_('skipped')} ({reason})") for reason, n in sorted(self.skipped.items())),
            (self.suppressed, _("%d to addresses that are stopped")),
            (self.failed, _("%d failed")),
            (self.unknown, _("%d perhaps sent")),
            (self.waiting, _("%d on their way")),
        ]
        return _("%d due") % self.due + (": " if self.due else "") + ", ".join(word % n for n, word in parts if n)


def tally(since: datetime, until: datetime) -> Tally:
    """What became of the reminders that were due in a span of time."""
    rows = Delivery.objects.filter(
        manner=Delivery.Manner.NUDGE, notice__due_at__gte=since, notice__due_at__lt=until
    ).order_by()
    found = Tally()
    for state, reason, n in rows.values_list("state", "reason").annotate(n=Count("pk")):
        if state == State.SKIPPED and reason == "suppressed":
            found.suppressed += n
        elif state == State.SKIPPED:
            found.skipped[str(REASONS.get(reason, OTHER))] += n
        elif state in {State.SENT, State.FAILED, State.UNKNOWN}:
            setattr(found, state, getattr(found, state) + n)
        else:
            found.waiting += n
    return found


@dataclass(frozen=True)
class OfGroup:
    """What a leader may know: how many, never who, and nothing that tells who has posted."""

    sent: int
    bounced: int
    switched_off: int


def of_group(lane: int, members: Collection[tuple[int, str | None]], since: datetime) -> OfGroup:
    """The reminders of one group since a moment.

    Args:
        lane: the group's id.
        members: the id and the address of each of its members.
        since: from when on.
    """
    sent = Delivery.objects.filter(
        lane=lane, state=State.SENT, manner=Delivery.Manner.NUDGE, channel=Channel.MAIL, sent_at__gte=since
    )
    # How many a kind note went to would tell how many had posted nothing.
    notes = [kind.name for kind in kinds.every() if kind.topic == Topic.NOTE]
    addresses = [address.lower() for _pk, address in members if address]
    return OfGroup(
        sent.exclude(notice__kind__in=notes).count(),
        Suppression.objects.stopped().filter(address__in=addresses).count(),
        len(SwitchedOff.objects.off_for([pk for pk, _address in members], "reminder", Channel.MAIL)),
    )
