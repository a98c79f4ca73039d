"""Who is spoken to: what a group may be offered, by its age band and its kind and by nothing else, and in which words.

Every way in which an idea or a program reaches somebody asks here: the prompt, the swap, the composer, the library
page, the paper. What is not for a group's ages is not there for it, even when its key is sent by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from challenges.catalog import Idea, Program, find_ideas, ideas, programs
from challenges.catalog.types import AGE_LETTERS, is_young
from groups.models import Group

WITHHELD = {"money": "money", "food": "food", "touch": "touch", "touch-self": "touch", "stranger": "strangers"}
"""Tags of ideas and the permission without which they are not offered."""


@dataclass(frozen=True)
class Audience:
    """The people of one kind of group and one age band, and the tags of ideas that their policy keeps from them."""

    mode: str
    age_band: str
    closed: frozenset[str] = frozenset()

    @property
    def letter(self) -> str:
        """P, S or A: 7 to 11, 11 to 18, adults."""
        return AGE_LETTERS[self.age_band]

    def ideas(self, language: str = "en") -> Sequence[Idea]:
        """The ideas they may be offered, in the library's order and in words for their age."""
        return tuple(self.library(language).values())

    def library(self, language: str = "en") -> Mapping[str, Idea]:
        """The same by key."""
        return _library(self, language)

    def knows(self, key: str) -> bool:
        """Whether the idea of this key may reach them at all."""
        return key in self.library()

    def programs(self, language: str = "en") -> dict[str, Program]:
        """The programs written for them, in the words for their kind of group."""
        return {
            key: plan.for_mode(self.mode)
            for key, plan in programs(language).items()
            if self.letter in plan.ages and self.mode in plan.modes
        }


@lru_cache(maxsize=256)
def _library(audience: Audience, language: str) -> Mapping[str, Idea]:
    found = find_ideas(mode=audience.mode, age_band=audience.age_band, language=language)
    return MappingProxyType({idea.key: idea for idea in found if audience.closed.isdisjoint(idea.tags)})


def told(group: Group, language: str = "en") -> Mapping[str, Idea]:
    """All ideas in words for a group's age, to tell what somebody took up; a rule changed later takes no words back."""
    return ideas(language, young=is_young(group.age_band))


def audience_of(group: Group) -> Audience:
    """The people of a group, as its policy stands."""
    closed = frozenset(tag for tag, permission in WITHHELD.items() if not getattr(group.policy, permission))
    return Audience(group.mode, group.age_band, closed)
