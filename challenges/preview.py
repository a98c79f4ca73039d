"""The first week of a challenge that does not exist yet: what its people will see."""

from dataclasses import dataclass
from datetime import date, timedelta

from challenges import schedule
from challenges.catalog import Program, StepTemplate

WEEK = 7
CARDS_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One prompt of the first week; `on` is None where any day of the week will do."""

    number: int
    on: date | None
    step: StepTemplate


@dataclass(frozen=True)
class Preview:
    program: Program
    starts_on: date
    ends_on: date
    lines: list[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def rest(self) -> list[Line]:
        return self.lines[1:]


def preview_of(program: Program, mode: str, starts_on: date) -> Preview:
    """What the first week of a program looks like in a group of this kind, from this day on."""
    cadence = program.cadence
    ends_on = schedule.last_day(
        starts_on,
        cadence=cadence.kind,
        steps=len(program.steps),
        weeks=cadence.weeks,
        length_days=program.length_days,
    )
    steps = [step.for_mode(mode) for step in program.steps]
    if cadence.kind == "daily":
        lines = [Line(n + 1, starts_on + timedelta(days=n), step) for n, step in enumerate(steps[:WEEK])]
    elif cadence.kind == "weekly":
        first_week = [step for step in steps if step.week == steps[0].week]
        lines = [Line(n + 1, None, step) for n, step in enumerate(first_week)]
    else:
        lines = [Line(n + 1, None, step) for n, step in enumerate(steps[:CARDS_SHOWN])]
    return Preview(program=program, starts_on=starts_on, ends_on=ends_on, lines=lines)
