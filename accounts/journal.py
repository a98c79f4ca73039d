"""The deletion journal: what was erased for good, kept outside the database (DESIGN §9.13).

A backup remembers people who were erased after it was made. So each erasure is written into a file beside the
database, one line of ids each, and a restore reads the file and erases them again. Rooms register what that means:

    journal.register("person", erase_person)      # in ready(); erases by public id, and does nothing for an unknown one
    journal.record("person", user.public_id)      # in the transaction that erases
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

Forget = Callable[[str], None]
_kinds: dict[str, Forget] = {}


def register(kind: str, forget: Forget) -> None:
    """Say how a thing of this kind is erased again. `forget` may be called for what is long gone."""
    _kinds[kind] = forget


def record(kind: str, public_id: str) -> None:
    """Remember an erasure, as soon as the transaction that erases is safe in the database.

    What was rolled back was never erased, so a line written any earlier would one day take a living person away.
    """
    if kind not in _kinds:
        raise LookupError(f"Nobody has registered how to forget a {kind!r}.")
    line = f"{timezone.now():%Y-%m-%dT%H:%M:%SZ} {kind} {public_id}"
    transaction.on_commit(lambda: append([line]))


def replay() -> int:
    """Erase again everything the journal names; returns how many things that were. May run any number of times."""
    things = dict.fromkeys((kind, public_id) for _at, kind, public_id in (line.split(" ") for line in lines()))
    for kind, public_id in things:
        if kind not in _kinds:
            raise LookupError(f"The journal names a {kind!r}, which this version does not know how to forget.")
        _kinds[kind](public_id)
    return len(things)


def path() -> Path:
    return settings.DATA_DIR / "journal" / "deletions"


def lines() -> list[str]:
    """The whole lines of the journal; what a power cut left of a last one says nothing."""
    return whole_lines(path().read_bytes()) if path().is_file() else []


def whole_lines(content: bytes) -> list[str]:
    ended, _newline, _rest = content.rpartition(b"\n")
    return [line for line in ended.decode("ascii", "replace").split("\n") if len(line.split(" ")) == 3]


def append(new: Iterable[str]) -> None:
    """Write lines at the end, and come back when they are on the disk."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, ("\n" * torn + "".join(f"{line}\n" for line in new)).encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def merge(others: Iterable[str]) -> None:
    """Add what another copy of the journal knows and this one does not."""
    known = set(lines())
    missing = [line for line in others if line not in known]
    if missing:
        append(missing)
