"""What a member has been offered and is offered now: the variety engine fed from stored choices.

Nothing is stored until the member acts. What stands beside a prompt nobody has touched is computed
again in the same way each time, so reading a page writes nothing and still shows the same ideas.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from challenges import schedule
from challenges.catalog import Idea, find_ideas
from challenges.models import Challenge, Choice, Step
from challenges.variety import OFFERED, REPEAT_DAYS, Pool, Shown, offer, shown
from groups.models import Group

OWN_WORDS = ""
MY_OWN = "own"
WITHHELD = {"money": "money", "food": "food", "touch": "touch", "touch-self": "touch", "stranger": "strangers"}
"""Tags of ideas and the permission without which they are not offered."""


def allowed_ideas(group: Group, language: str = "en") -> Sequence[Idea]:
    """The ideas of the library that fit a group's kind, ages and policy."""
    closed = frozenset(tag for tag, permission in WITHHELD.items() if not getattr(group.policy, permission))
    return _ideas(group.mode, group.age_band, closed, language)


@lru_cache(maxsize=256)
def _ideas(mode: str, age_band: str, closed: frozenset[str], language: str) -> Sequence[Idea]:
    found = find_ideas(mode=mode, age_band=age_band, language=language)
    return tuple(idea for idea in found if closed.isdisjoint(idea.tags))


def asked_on(challenge: Challenge, step: Step, place: int) -> date:
    """The day a step is asked; for what is asked by the week or all at once, the first such day."""
    if challenge.cadence == Challenge.Cadence.DAILY:
        return schedule.day_of_step(challenge.starts_on, place, workdays_only=challenge.workdays_only)
    if challenge.cadence == Challenge.Cadence.WEEKLY:
        return schedule.week_span(challenge.starts_on, max(step.week, 1) - 1)[0]
    return challenge.starts_on


class Offers:
    """The offers of one member in one challenge, in the order of its steps."""

    def __init__(
        self,
        challenge: Challenge,
        steps: Sequence[Step],
        choices: dict[int, Choice],
        *,
        member: str,
        history: Iterable[Shown],
        language: str,
    ) -> None:
        self.pool = Pool(allowed_ideas(challenge.group, language), f"{member}-{challenge.public_id}")
        self.challenge, self.steps, self.choices = challenge, steps, choices
        self.history = list(history)

    def up_to(self, wanted: Sequence[Step]) -> dict[int, list[Idea]]:
        """The ideas beside each wanted step, by the step's id.

        Earlier steps of the last 21 days are gone through first, because what stood beside them
        must not come back.
        """
        if not wanted:
            return {}
        ids = {step.pk for step in wanted}
        days = {step.pk: asked_on(self.challenge, step, place) for place, step in enumerate(self.steps)}
        first = min(days[pk] for pk in ids)
        found: dict[int, list[Idea]] = {}
        for place, step in enumerate(self.steps):
            if step.hidden_at is None and (first - days[step.pk]).days < REPEAT_DAYS:
                ideas = self._beside(step, place, days[step.pk])
                self.history += shown(days[step.pk], step.words.category.value, ideas)
                if step.pk in ids:
                    found[step.pk] = ideas
            if len(found) == len(ids):
                break
        return found

    def next_for(self, step: Step, place: int) -> list[Idea]:
        """What a swap brings: other ideas than all those already shown on this step."""
        choice = self.choices.get(step.pk)
        now = [idea.key for idea in self.up_to([step]).get(step.pk, [])]
        return offer(
            self.pool,
            category=step.words.category.value,
            preferred=step.words.ideas,
            history=self.history,
            day=asked_on(self.challenge, step, place),
            turn=place,
            swaps=1 + (choice.swaps if choice else 0),
            seen=[*(choice.offered if choice else []), *now],
        )

    def _beside(self, step: Step, place: int, day: date) -> list[Idea]:
        choice = self.choices.get(step.pk)
        if choice and choice.offered:
            stored = [self.pool.by_key[key] for key in choice.offered if key in self.pool.by_key]
            return stored[-OFFERED:]
        return offer(
            self.pool,
            category=step.words.category.value,
            preferred=step.words.ideas,
            history=self.history,
            day=day,
            turn=place,
        )


def remembered(choices: Iterable[Choice], pool: Mapping[str, Idea]) -> list[Shown]:
    """Stored choices as history: every idea that was shown or taken, on the day it was."""
    met: list[Shown] = []
    for choice in choices:
        for key in {*choice.offered, choice.option}:
            if key in pool:
                idea = pool[key]
                met.append(Shown(choice.on, key, idea.category.value, frozenset(idea.settings)))
    return met
