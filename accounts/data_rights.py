"""What a person may ask of what is kept about them: a copy of it, and that it goes.

Every room registers its own part when it starts, so nobody here knows what the rooms above keep. An erasure goes
from the outermost room inwards, as INSTALLED_APPS lists them: what hangs on a person goes before the person does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction

from accounts import journal
from accounts.models import User


class Keep(StrEnum):
    """What stays of a person who goes."""

    NOTHING = "nothing"
    ACTS = "acts"
    """What they told and answered stays where others read it, signed Someone; nothing else does."""


@dataclass(frozen=True)
class Copy:
    """A room's part of somebody's copy.

    Attributes:
        data: what becomes the room's JSON file: lists and mappings under words that a person can read.
        files: stored files that belong to it, each under the name it gets in the copy.
    """

    data: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hurdle:
    """What somebody has to settle before they can go, and the page where they can."""

    text: str
    path: str


@dataclass(frozen=True)
class Room:
    """What one room does with a person's data.

    Attributes:
        name: of the room's app, and of its file in the copy.
        says: what that file holds, for the page that explains the copy.
        export: everything of this person that the room keeps, and nothing of anybody else that they could not see.
        erase: removes it, or unties it from the person; files go once the transaction is safe.
        hurdles: what has to be settled first.
        foretell: sentences that say beforehand what an erasure does to things that others see too.
    """

    name: str
    says: Any
    export: Callable[[User], Copy]
    erase: Callable[[User, Keep], None]
    hurdles: Callable[[User], Sequence[Hurdle]] = lambda _user: ()
    foretell: Callable[[User], Sequence[str]] = lambda _user: ()

    @property
    def file(self) -> str:
        return f"{self.name}.json"


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    """Make a room's part known; a name belongs to one room, once."""
    if _rooms.setdefault(room.name, room) != room:
        raise ValueError(f"The room {room.name!r} is registered twice.")


def rooms() -> list[Room]:
    """Those that have registered, the outermost first."""
    return [_rooms[app.label] for app in apps.get_app_configs() if app.label in _rooms]


def hurdles(user: User) -> list[Hurdle]:
    return [hurdle for room in rooms() for hurdle in room.hurdles(user)]


def foretell(user: User) -> list[str]:
    return [sentence for room in rooms() for sentence in room.foretell(user)]


class NotYet(Exception):
    """Something has to be settled before this person can go (`hurdles`)."""


@transaction.atomic
def erase(user: User, *, keep: Keep) -> bool:
    """Let a person go, with all that is kept about them, at once. The journal remembers it, for restored backups.

    Returns:
        False when they were gone already: a second click changes nothing.

    Raises:
        NotYet: they would leave a group or an organization to nobody.
    """
    # Who posts from another tab at this moment waits here, and then finds themselves signed out.
    locked = User.objects.select_for_update().filter(pk=user.pk).first()
    if locked is None:
        return False
    if hurdles(locked):
        raise NotYet
    public_id = locked.public_id
    for room in rooms():
        room.erase(locked, keep)
    journal.record(JOURNALED[keep], public_id)
    return True


JOURNALED = {Keep.NOTHING: "person", Keep.ACTS: "person-kept-acts"}


@transaction.atomic
def erase_again(public_id: str, keep: Keep) -> None:
    """Let somebody go whom a restored backup has brought back; what had to be settled first was settled then."""
    user = User.objects.filter(public_id=public_id).first()
    if user is None:
        return
    for room in rooms():
        room.erase(user, keep)


for _keep, _kind in JOURNALED.items():
    journal.register(_kind, partial(erase_again, keep=_keep))
