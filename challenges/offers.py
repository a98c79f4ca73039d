"""What a member has been offered and is offered now: the variety engine fed from stored choices.

Nothing is stored until the member acts. What stands beside a prompt nobody has touched is computed
again in the same way each time, so reading a page writes nothing and still shows the same ideas.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from accounts.models import User
from challenges import schedule
from challenges.audience import audience_of
from challenges.catalog import Idea, ideas
from challenges.models import Challenge, Choice, Step
from challenges.variety import OFFERED, Pool, Shown, offer, shown

OWN_WORDS = ""
MY_OWN = "own"


def asked_on(challenge: Challenge, step: Step, place: int) -> date:
    """The day a step is asked; for what is asked by the week or all at once, the first such day."""
    return asked_between(challenge, step, place)[0]


def asked_between(challenge: Challenge, step: Step, place: int) -> tuple[date, date]:
    """The first and the last day on which a challenge asks a step."""
    if challenge.cadence == Challenge.Cadence.DAILY:
        day = schedule.day_of_step(challenge.starts_on, place, off=challenge.off)
        return day, day
    if challenge.cadence == Challenge.Cadence.WEEKLY:
        return schedule.week_span(challenge.starts_on, max(step.week, 1) - 1, off=challenge.off)
    return challenge.starts_on, challenge.ends_on


@dataclass(frozen=True, slots=True)
class Meeting:
    """A step as one member meets it: between which days, and since when they could.

    Who joined midway, or whose group began late, has met what came before on their own first day.
    """

    challenge: Challenge
    step: Step
    place: int
    on: date
    until: date
    since: datetime

    @property
    def order(self) -> tuple[date, datetime, int, int]:
        return self.on, self.since, self.challenge.pk, self.place


class Offers:
    """The offers of one member in all of their challenges, in the order in which they met them.

    What stands beside a prompt depends on what was met before it and on nothing else, so it is the same on every
    later day and on every page, and what one challenge has offered no other one offers again too soon.
    """

    def __init__(
        self, member: User, today: date, steps: Mapping[int, Sequence[Step]], choices: Mapping[int, Choice]
    ) -> None:
        self.member, self.today, self.choices = member, today, choices
        self.language = get_language() or "en"
        self.pools: dict[int, Pool] = {}
        self.met = {one.step.pk: one for mine in steps.values() for one in self._meetings(mine)}
        others = [choice for choice in choices.values() if choice.step_id not in self.met]
        self.history = remembered(others, ideas(self.language))
        self._beside: dict[int, list[Idea]] = {}
        for one in sorted(self.met.values(), key=lambda one: one.order):
            self._meet(one)

    def beside(self, step: Step) -> list[Idea]:
        """The ideas beside a step whose day has come."""
        return self._beside.get(step.pk, [])

    def next_for(self, step: Step) -> list[Idea]:
        """What a swap brings: other ideas than all those already shown, on this step or elsewhere."""
        choice = self.choices.get(step.pk)
        now = [idea.key for idea in self.beside(step)]
        return self._offer(
            self.met[step.pk],
            day=self.today,
            swaps=1 + (choice.swaps if choice else 0),
            seen=[*(choice.offered if choice else []), *now],
        )

    def _meetings(self, steps: Sequence[Step]) -> Iterator[Meeting]:
        for place, step in enumerate(steps):
            challenge = step.challenge
            asked, last = asked_between(challenge, step, place)
            if step.hidden_at is None and asked <= min(self.today, challenge.ends_on):
                since = known_since(challenge)
                on = max(asked, since.astimezone(self.member.zone).date())
                yield Meeting(challenge, step, place, on, max(on, last), since)

    def _meet(self, one: Meeting) -> None:
        """Work out, or look up, what stands beside a step, and remember it for all that is met later."""
        choice, pool, category = self.choices.get(one.step.pk), self._pool(one), one.step.words.category.value
        kept = [pool.by_key[key] for key in choice.offered if key in pool.by_key] if choice else []
        first = kept[:OFFERED] or self._offer(one, day=one.on)
        self._beside[one.step.pk] = kept[-OFFERED:] or first
        self.history += shown(one.on, category, first, until=one.until)
        if choice:
            # What a swap brought is not offered again either, but changes nothing about the variety of what
            # was shown after the first two: those offers have been seen by now.
            until = max(one.until, choice.changed_at.astimezone(self.member.zone).date())
            more = [*choice.offered[OFFERED:], *filter(None, [choice.option])]
            self.history += [Shown(one.on, key, category, until=until) for key in more]

    def _offer(self, one: Meeting, *, day: date, swaps: int = 0, seen: Sequence[str] = ()) -> list[Idea]:
        words = one.step.words
        return offer(
            self._pool(one),
            category=words.category.value,
            preferred=words.ideas,
            history=self.history,
            day=day,
            turn=one.place,
            swaps=swaps,
            seen=seen,
        )

    def _pool(self, one: Meeting) -> Pool:
        challenge = one.challenge
        if challenge.pk not in self.pools:
            seed = f"{self.member.public_id}-{challenge.public_id}"
            self.pools[challenge.pk] = Pool(audience_of(challenge.group).ideas(self.language), seed)
        return self.pools[challenge.pk]


def known_since(challenge: Challenge) -> datetime:
    """Since when a member could meet a challenge: when it was made, or when they came to its group."""
    joined: datetime | None = getattr(challenge, "member_since", None)
    return max(challenge.created_at, joined) if joined else challenge.created_at


def remembered(choices: Iterable[Choice], pool: Mapping[str, Idea]) -> list[Shown]:
    """Stored choices as history: every idea that was shown or taken, on the day it was."""
    met: list[Shown] = []
    for choice in choices:
        for key in {*choice.offered, choice.option}:
            if key in pool:
                idea = pool[key]
                met.append(Shown(choice.on, key, idea.category.value, frozenset(idea.settings)))
    return met
