"""How a leader rearranges the steps of a running challenge: order, hiding, steps of their own."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.models.audit import record
from challenges import schedule
from challenges.days import day_name
from challenges.models import Challenge, Step
from challenges.offers import asked_on
from challenges.schedule import Phase


def steps_of(challenge: Challenge) -> list[Step]:
    """All steps in their order, each knowing its challenge without another query."""
    steps = list(challenge.steps.order_by("position"))
    for step in steps:
        step.challenge = challenge
    return steps


def is_fixed(challenge: Challenge, step: Step, place: int) -> bool:
    """A daily step stays where it is once its day has come: people have done it on that day."""
    if challenge.cadence != Challenge.Cadence.DAILY:
        return False
    return asked_on(challenge, step, place) <= challenge.group.organization.today()


def neighbor_of(challenge: Challenge, steps: list[Step], step: Step, by: int) -> Step | None:
    """The step that would change places with this one; None at an end, across weeks and for past days."""
    place = steps.index(step)
    other = place + by
    if not 0 <= other < len(steps) or (steps[other].week != step.week and challenge.cadence == "weekly"):
        return None
    if is_fixed(challenge, steps[min(place, other)], min(place, other)):
        return None
    return steps[other]


@dataclass(frozen=True, slots=True)
class Row:
    """One step in the leader's list, with what can be done about it."""

    step: Step
    number: int
    day: str
    goes_up: bool
    goes_down: bool


def rows_of(challenge: Challenge) -> list[Row]:
    """All steps for the leader's list, two queries for any number of them."""
    steps = steps_of(challenge)
    daily = challenge.cadence == Challenge.Cadence.DAILY
    return [
        Row(
            step,
            number,
            day=day_name(asked_on(challenge, step, number - 1)) if daily else "",
            goes_up=neighbor_of(challenge, steps, step, -1) is not None,
            goes_down=neighbor_of(challenge, steps, step, 1) is not None,
        )
        for number, step in enumerate(steps, start=1)
    ]


def _lock(challenge: Challenge) -> None:
    """The challenge's row is the lock: of two who rearrange at once, the second sees what the first has done."""
    challenge.refresh_from_db(fields=["ends_on"], from_queryset=Challenge.objects.select_for_update())


@transaction.atomic
def move(challenge: Challenge, step: Step, by: int, user: User) -> bool:
    """Let a step change places with its neighbor, one up (-1) or down (+1)."""
    _lock(challenge)
    steps = steps_of(challenge)
    here = next((one for one in steps if one.pk == step.pk), None)
    other = neighbor_of(challenge, steps, here, by) if here else None
    if here is None or other is None:
        return False
    # One position is taken by one step only, so the first of them steps aside for a moment.
    aside = steps[-1].position + 1
    first, second = here.position, other.position
    for pk, position in ((here.pk, aside), (other.pk, first), (here.pk, second)):
        Step.objects.filter(pk=pk).update(position=position)
    # A week belongs to its place in a daily program, not to the words that stand there.
    if here.week != other.week:
        Step.objects.filter(pk=here.pk).update(week=other.week)
        Step.objects.filter(pk=other.pk).update(week=here.week)
    record(user, "moved", step, group_id=challenge.group_id)
    return True


@transaction.atomic
def show(step: Step, shown: bool, user: User) -> None:
    step.hidden_at = None if shown else timezone.now()
    step.save(update_fields=["hidden_at"])
    record(user, "showed" if shown else "hid", step, group_id=step.challenge.group_id)


@transaction.atomic
def add(challenge: Challenge, user: User, *, week: int = 0, **words: Any) -> Step:
    """Put a step of the leader's own at the end; a daily challenge that runs to its last step grows by a day.

    One that has ended, or was made shorter, keeps its last day. The same words once more are the step that stands at
    the end already: a double click.
    """
    _lock(challenge)
    last = challenge.steps.order_by("position").last()
    if last and last.is_own and last.hidden_at is None and (last.week, last.overrides) == (week, words):
        return last
    step = Step.objects.create(
        challenge=challenge, position=last.position + 1 if last else 0, week=week, overrides=words
    )
    if challenge.cadence == Challenge.Cadence.DAILY:
        place = challenge.steps.count() - 1
        before, day = (
            schedule.day_of_step(challenge.starts_on, max(n, 0), off=challenge.off) for n in (place - 1, place)
        )
        if before <= challenge.ends_on < day and challenge.phase in {Phase.UPCOMING, Phase.OPEN}:
            challenge.ends_on = day
            challenge.save(update_fields=["ends_on"])
    record(user, "added", step, group_id=challenge.group_id)
    return step
