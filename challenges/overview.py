"""The whole of a challenge at a glance: a calendar of days, a list of weeks or a table of cards.

There is no mark for what a member did or did not do on a day (the days belong to all); only cards,
which have no days, show the reader's own ticks, and to nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from accounts.models import User
from challenges import schedule
from challenges.arrange import steps_of
from challenges.days import day_name
from challenges.models import Challenge, Choice, Step
from challenges.offers import asked_on


@dataclass(slots=True)
class Cell:
    """A day of the calendar, or a card. `step` is empty on a day off and before the start."""

    step: Step | None
    number: int = 0
    state: str = "next"
    day: str = ""

    @property
    def has_come(self) -> bool:
        return self.state in {"past", "now"}

    @property
    def art_seed(self) -> str:
        step = self.step
        return f"{step.challenge.program_key}-{step.step_key or step.public_id}" if step else ""


@dataclass(slots=True)
class Week:
    number: int
    title: str
    starts: str
    state: str
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class Overview:
    """What `pages/challenge.html` draws below its head."""

    cadence: str
    number: int
    weekdays: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    weeks: list[Week] = field(default_factory=list)
    so_far: list[Cell] = field(default_factory=list)
    cards_done: int = 0


def overview_of(challenge: Challenge, reader: User) -> Overview:
    """What has been asked and what is still to come, by the reader's calendar."""
    steps = steps_of(challenge)
    today = reader.today()
    if challenge.cadence == Challenge.Cadence.WEEKLY:
        return _weekly(challenge, steps, today)
    if challenge.cadence == Challenge.Cadence.CARDS:
        return _cards(challenge, steps, reader)
    return _daily(challenge, steps, today)


def _daily(challenge: Challenge, steps: Sequence[Step], today: date) -> Overview:
    first_weekday = challenge.group.organization.first_weekday
    by_day = {asked_on(challenge, step, place): (place + 1, step) for place, step in enumerate(steps)}
    day = challenge.starts_on - timedelta(days=(challenge.starts_on.weekday() - first_weekday) % 7)
    cells = []
    while day <= challenge.ends_on:
        number, step = by_day.get(day, (0, None))
        within = challenge.starts_on <= day
        cells.append(Cell(step if step and not step.hidden_at else None, number if within else 0, _state(day, today)))
        cells[-1].day = day_name(day) if within else ""
        day += timedelta(days=1)
    asked = [cell for cell in cells if cell.step and cell.has_come]
    weekdays = [str(WEEKDAYS_ABBR[(first_weekday + n) % 7]) for n in range(7)]
    past = [cell for cell in asked if cell.state == "past"]
    return Overview("daily", challenge.day_number(today)["all"], weekdays, cells, so_far=past[::-1])


def _weekly(challenge: Challenge, steps: Sequence[Step], today: date) -> Overview:
    titles = challenge.program.weeks_titles
    weeks = []
    for number in range(1, schedule.week_of(challenge.starts_on, challenge.ends_on, off=challenge.off) + 2):
        first, last = schedule.week_span(challenge.starts_on, number - 1, off=challenge.off)
        state = "next" if today < first else "now" if today <= last else "past"
        title = titles[number - 1] if number <= len(titles) else _("Week %(n)d") % {"n": number}
        asked = [step for step in steps if step.week == number and not step.hidden_at]
        weeks.append(Week(number, title, day_name(first), state, asked))
    return Overview("weekly", len(weeks), weeks=weeks)


def _cards(challenge: Challenge, steps: Sequence[Step], reader: User) -> Overview:
    done = Choice.objects.filter(
        participation__user=reader, participation__challenge=challenge, state=Choice.State.DONE
    ).values_list("step_id", flat=True)
    mine = set(done)
    begun = challenge.starts_on <= reader.today()
    shown = [step for step in steps if not step.hidden_at]
    cells = [
        Cell(step, number, ("done" if step.pk in mine else "past") if begun else "next")
        for number, step in enumerate(shown, start=1)
    ]
    return Overview("cards", len(shown), cells=cells, cards_done=sum(step.pk in mine for step in shown))


def _state(day: date, today: date) -> str:
    return "past" if day < today else "now" if day == today else "next"
