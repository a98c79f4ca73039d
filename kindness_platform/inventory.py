"""The data inventory as people read it: what is kept about them, what for, who sees it, and how long."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

FILE = Path(__file__).with_name("data_inventory.toml")


@dataclass(frozen=True)
class Entry:
    """One thing that is kept, in the reader's language."""

    title: str
    purpose: str
    seen_by: str


@dataclass(frozen=True)
class Limit:
    """How long some things are kept, and which."""

    key: str
    text: str
    entries: tuple[Entry, ...]


@cache
def inventory() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def limits() -> Iterator[Limit]:
    """Every retention class with all that falls under it, in the order of the file."""
    rows = inventory()["data"]
    for key, retention in inventory()["retention"].items():
        limit = retention["limit"]
        entries = tuple(
            Entry(*(_(row[name]) for name in ("title", "purpose", "seen_by")))
            for row in rows
            if row["retention"] == key
        )
        yield Limit(key, _(limit), entries)
