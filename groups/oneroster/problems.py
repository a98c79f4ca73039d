"""What is wrong with a bundle, in words for whoever has exported it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_SHOWN = 200


class Refused(Exception):
    """The bundle cannot be read at all; the text says why, and what to do instead."""


@dataclass(frozen=True)
class Problem:
    """One mistake, and where it stands.

    Attributes:
        line: of the file, its header being line 1; 0 for the file as a whole.
    """

    file: str
    line: int
    text: str


@dataclass
class Problems:
    """All that was found. The first two hundred are kept, the rest is counted."""

    shown: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, text: str) -> None:
        self.count += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(Problem(file, line, str(text)))

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.shown)

    @property
    def more(self) -> int:
        return self.count - len(self.shown)
