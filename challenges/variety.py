"""Which ideas a member is offered beside a prompt. Pure functions: no database, no clock, no chance.

Three promises (PROGRAMS §3): a member meets no idea twice within 21 days; in any rolling week what
is offered spans at least three categories and two settings; the same member sees the same offer for
the same prompt until they ask for another. When a small library cannot keep them all, variety gives
way first, then repetition, and nobody is ever left without an option.
"""

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from challenges.catalog import Idea

REPEAT_DAYS = 21
WEEK_DAYS = 7
CATEGORIES = 3
SETTINGS = 2
OFFERED = 2
"""Ideas beside the prompt's own words: two, so that a member chooses among three and their own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One idea that a member has met: `key` is empty for a prompt's own words.

    What is asked by the week or all at once is met from the day `on` up to the day `until`.
    """

    on: date
    key: str
    category: str
    settings: frozenset[str] = frozenset()
    until: date | None = None

    def is_near(self, day: date) -> bool:
        """Whether it is too fresh on a day to be shown elsewhere."""
        return (day - (self.until or self.on)).days < REPEAT_DAYS and (self.on - day).days < REPEAT_DAYS


@dataclass(slots=True)
class Pool:
    """The ideas that may be offered to one member, in that member's own lasting order.

    Drawing the order once makes an offer cheap: it walks on from where the prompt stands in it,
    so that neighboring prompts and different members meet different ideas.
    """

    ideas: Sequence[Idea]
    seed: str
    by_key: dict[str, Idea] = field(init=False)
    order: list[Idea] = field(init=False)

    def __post_init__(self) -> None:
        self.by_key = {idea.key: idea for idea in self.ideas}
        self.order = sorted(self.ideas, key=lambda idea: idea.key)
        # A string seed is stable between processes, which `hash()` is not.
        random.Random(self.seed).shuffle(self.order)  # noqa: S311

    def from_turn(self, turn: int) -> list[Idea]:
        if not self.order:
            return []
        at = turn * OFFERED % len(self.order)
        return self.order[at:] + self.order[:at]


def offer(
    pool: Pool,
    *,
    category: str,
    preferred: Sequence[str],
    history: Iterable[Shown],
    day: date,
    turn: int = 0,
    swaps: int = 0,
    seen: Sequence[str] = (),
) -> list[Idea]:
    """The ideas to show beside a prompt.

    Args:
        pool: what mode, age band and policy allow.
        category: of the prompt's own words, which are offered too.
        preferred: keys that the program names for this prompt; they come first where they fit.
        history: what the member has met lately, on any day.
        day: the day the prompt belongs to.
        turn: the prompt's place in its challenge; moves the rotation on.
        swaps: how often the member has asked for other ideas on this prompt.
        seen: keys already shown on this prompt, which a swap does not bring back while others are left.
    """
    near = [shown for shown in history if shown.is_near(day)]
    week = [shown for shown in near if abs((day - shown.on).days) < WEEK_DAYS]
    used = {shown.key for shown in near} | set(seen)
    wanted = [pool.by_key[key] for key in preferred if key in pool.by_key] if not swaps else []
    line = wanted + [idea for idea in pool.from_turn(turn + swaps) if idea not in wanted]
    fresh = [idea for idea in line if idea.key not in used]
    picked = _pick(fresh, week, category)
    if len(picked) < OFFERED:
        last = {shown.key: shown.on for shown in sorted(near, key=lambda shown: shown.on)}
        stale = [idea for idea in line if idea not in picked]
        # The longest ago comes back first; what was on this very prompt comes back last, and in its order.
        places = {key: place for place, key in enumerate(seen, start=1)}
        stale.sort(key=lambda idea: (places.get(idea.key, 0), last.get(idea.key, date.min)))
        picked += stale[: OFFERED - len(picked)]
    return picked


def _pick(fresh: Sequence[Idea], week: Iterable[Shown], category: str) -> list[Idea]:
    """The first ideas in line that still let the week reach its categories and settings."""
    categories, settings = {category}, set[str]()
    for shown in week:
        categories.add(shown.category)
        settings |= shown.settings
    picked: list[Idea] = []
    while len(picked) < OFFERED:
        left = OFFERED - len(picked)
        choice = _first_that_serves([i for i in fresh if i not in picked], categories, settings, left)
        if choice is None:
            break
        picked.append(choice)
        categories.add(choice.category.value)
        settings |= set(choice.settings)
    return picked


def _first_that_serves(ideas: Sequence[Idea], categories: set[str], settings: set[str], left: int) -> Idea | None:
    best, best_lack = None, CATEGORIES + SETTINGS
    for idea in ideas:
        lack = _lack(categories | {idea.category.value}, settings | set(idea.settings))
        if lack <= left - 1:
            return idea
        if lack < best_lack:
            best, best_lack = idea, lack
    return best


def _lack(categories: Collection[str], settings: Collection[str]) -> int:
    """How many more ideas it takes, at best, until the week has its categories and settings."""
    return max(CATEGORIES - len(categories), SETTINGS - len(settings), 0)


def shown(on: date, category: str, ideas: Iterable[Idea], *, until: date | None = None) -> list[Shown]:
    """An offer as history: the prompt's own words and each idea beside them."""
    return [Shown(on, "", category, until=until)] + [
        Shown(on, idea.key, idea.category.value, frozenset(idea.settings), until) for idea in ideas
    ]
