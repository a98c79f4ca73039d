"""Ready-made programs, the idea library and the evidence behind them.

Plain files, read once per process and language; nothing here touches the database. Wherever a
language is asked for, what has not been translated is in English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from threading import RLock
from types import MappingProxyType

from .loader import check_catalog, load_evidence, load_guides, load_ideas, load_programs
from .types import (
    Cadence,
    CatalogError,
    Category,
    Claim,
    Evidence,
    Guide,
    Idea,
    LeftOut,
    Mix,
    Program,
    Source,
    StepTemplate,
    StepText,
    is_young,
)

__all__ = [
    "Cadence",
    "CatalogError",
    "Category",
    "Claim",
    "Guide",
    "Idea",
    "LeftOut",
    "Mix",
    "Program",
    "Source",
    "StepTemplate",
    "StepText",
    "check_catalog",
    "claims",
    "find_ideas",
    "guides",
    "ideas",
    "left_out",
    "program",
    "programs",
    "sources",
]


_reading = RLock()


def _read_once[**P, R](read: Callable[P, R]) -> Callable[P, R]:
    """Keeps what was read. Only one thread reads: msgspec crashes the process (a segmentation fault, seen with 0.22)
    when two threads turn something into a type that it has not met yet, as two senders do right after a start."""
    kept = lru_cache(maxsize=64)(read)

    @wraps(read)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        with _reading:
            return kept(*args, **kwargs)  # type: ignore[arg-type]

    return answer


@_read_once
def programs(language: str = "en") -> Mapping[str, Program]:
    return load_programs(language=language)


def program(key: str, language: str = "en") -> Program:
    return programs(language)[key]


@_read_once
def guides(language: str = "en") -> Mapping[tuple[str, str], Guide]:
    """The guides for those who run a program with a class, by the program's key and the kind of class."""
    return load_guides(language=language)


@_read_once
def ideas(language: str = "en", *, young: bool = False) -> Mapping[str, Idea]:
    """All ideas by key; `young` words what reaches under-18s for them."""
    return load_ideas(language=language, young=young)


@_read_once
def _evidence() -> Evidence:
    return load_evidence()


@_read_once
def sources() -> Mapping[str, Source]:
    return MappingProxyType({source.key: source for source in _evidence().sources})


@_read_once
def claims() -> Mapping[str, Claim]:
    return MappingProxyType({claim.key: claim for claim in _evidence().claims})


@_read_once
def left_out() -> Mapping[str, LeftOut]:
    return MappingProxyType({entry.key: entry for entry in _evidence().left_out})


def find_ideas(
    *,
    mode: str,
    age_band: str,
    category: str | None = None,
    effort: int | None = None,
    setting: str | None = None,
    text: str = "",
    language: str = "en",
) -> list[Idea]:
    """The ideas this group may be offered, narrowed down; `text` may be several words."""
    words = _plain(text).split()
    return [
        idea
        for idea in ideas(language, young=is_young(age_band)).values()
        if idea.suits(mode, age_band)
        and category in (None, idea.category)
        and effort in (None, idea.effort)
        and (setting is None or setting in idea.settings)
        and all(word in _plain(idea.text) for word in words)
    ]


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'")
