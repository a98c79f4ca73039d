"""What is asked for all letters that leave together, in a few queries: whether they are still wanted."""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.utils import timezone

from notifications import kinds
from notifications.models import Delivery, Notice, Suppression, SwitchedOff

BELIEVED = 3.0
"""Seconds after which all of it is asked anew: somebody may have changed their mind."""


class Ahead:
    """A look at some deliveries right before they are sent."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self.at = monotonic()
        people = {one.notice.recipient_id for one in deliveries if one.notice.recipient_id}
        off = SwitchedOff.objects.filter(user__in=people) if people else SwitchedOff.objects.none()
        self._off = set(off.values_list("user_id", "topic", "channel"))
        addresses = {address_of(one.notice).lower() for one in deliveries if one.channel == Delivery.Channel.MAIL}
        self._stopped = set(
            Suppression.objects.stopped().filter(address__in=addresses).values_list("address", flat=True)
        )
        self._told = Counter(_told_of_late(people))
        self._look_up(deliveries)

    @property
    def is_fresh(self) -> bool:
        return monotonic() - self.at < BELIEVED

    def is_off(self, notice: Notice, topic: str, channel: str) -> bool:
        return (notice.recipient_id, topic, channel) in self._off

    def is_stopped(self, notice: Notice) -> bool:
        """Whether letters to that address came back."""
        return address_of(notice).lower() in self._stopped

    def has_been_told_enough(self, notice: Notice) -> bool:
        return self._told[notice.recipient_id or 0] >= settings.MAIL_PER_PERSON_AND_DAY

    def note(self, delivery: Delivery) -> None:
        """One of them was sent."""
        if delivery.channel == Delivery.Channel.MAIL and delivery.manner != Delivery.Manner.TRANSACTIONAL:
            self._told[delivery.notice.recipient_id or 0] += 1

    def _look_up(self, deliveries: Sequence[Delivery]) -> None:
        by_kind: dict[str, list[Notice]] = defaultdict(list)
        for one in deliveries:
            by_kind[one.notice.kind].append(one.notice)
        for name, notices in by_kind.items():
            kind = kinds.find(name)
            if kind and kind.look_up:
                # What goes wrong here goes wrong for its own letter once more, and for no other.
                with contextlib.suppress(Exception):
                    kind.look_up(notices)


def _told_of_late(people: set[int]) -> list[int]:
    """The recipient of each mail of the last day that nobody asked for, among these people."""
    if not people:
        return []
    sent = Delivery.objects.filter(
        notice__recipient__in=people,
        channel=Delivery.Channel.MAIL,
        state=Delivery.State.SENT,
        sent_at__gt=timezone.now() - timedelta(days=1),
    ).exclude(manner=Delivery.Manner.TRANSACTIONAL)
    return [user for user in sent.values_list("notice__recipient", flat=True) if user]


def address_of(notice: Notice) -> str:
    return notice.recipient.email or "" if notice.recipient else notice.address
