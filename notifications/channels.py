"""The ways by which a notice reaches somebody. Mail is always there; another room or module may bring more."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, SwitchedOff


class Nobody(Exception):
    """There is nobody there to be told in this way, or nothing takes it from us."""


class Later(Exception):
    """It did not get through now, and may in so long.

    Attributes:
        pause: how long to wait; longer, if it has failed before.
        perhaps: it may have arrived nevertheless.
    """

    def __init__(self, pause: timedelta, *, perhaps: bool = False) -> None:
        super().__init__("away")
        self.pause, self.perhaps = pause, perhaps


@dataclass(frozen=True)
class Way:
    """How one channel is used.

    Attributes:
        reaches: which of these people (ids) have it at all, such as those with an address or with a device.
        send: sends one delivery that has been claimed and is still wanted, and returns when it is out of our
            hands; raises `Nobody`, `Later`, or what went wrong. None for mail, which the sender does itself.
    """

    reaches: Callable[[Collection[int]], set[int]]
    send: Callable[[Delivery, Kind], None] | None = None


def _with_address(users: Collection[int]) -> set[int]:
    return set(User.objects.filter(pk__in=users, is_active=True, email__isnull=False).values_list("pk", flat=True))


_ways: dict[str, Way] = {Channel.MAIL: Way(_with_address)}


def register(channel: str, way: Way) -> None:
    _ways[channel] = way


def way(channel: str) -> Way | None:
    return _ways.get(channel)


def for_people(kind: Kind, users: Iterable[int]) -> dict[int, list[str]]:
    """By person, the channels by which a kind of notice reaches them: those they have and have not switched off."""
    found: dict[int, list[str]] = {user: [] for user in users}
    for channel in kind.channels:
        if known := _ways.get(channel):
            reached = known.reaches(found)
            if kind.topic:
                reached -= SwitchedOff.objects.off_for(reached, kind.topic, channel)
            for user in reached:
                found[user].append(channel)
    return found
