"""What comes back on paper: one act for each tally, counted apart from what was posted and ticked.

A class may work on printed lists. Its teacher enters, week by week, either how often each prompt was ticked in the
whole class, or which child ticked which prompt. What was entered can be corrected at any time while the challenge
takes acts: the acts follow the numbers. They stand in no feed and tell nobody anything; they are only counted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.audit import record
from challenges import schedule
from challenges.arrange import steps_of
from challenges.choices import settle, settle_again
from challenges.models import Challenge, Step
from challenges.models.challenge import ChallengeQuerySet
from challenges.schedule import Phase
from feed.models import Act, Counter

Ticks = set[tuple[int, int]]
"""Who ticked what, as (person, step)."""
KEY = 6
"""So many letters of a challenge's address stand in the code of its sheets."""
MOST = 999
"""So many tallies of one prompt in one week a sheet can hold."""


@dataclass(frozen=True)
class Sheet:
    """One list to print and to enter: the prompts of a week, or all cards."""

    challenge: Challenge
    week: int
    title: str
    steps: list[Step]

    @property
    def code(self) -> str:
        """What stands on the paper, to find the page on which it is entered."""
        return f"{self.challenge.public_id[:KEY]}-{self.week}".upper()

    @property
    def day(self) -> date:
        """The day that what is entered counts for: the last school day of the week that has come."""
        challenge = self.challenge
        last = min(challenge.ends_on, challenge.group.organization.today())
        first = challenge.starts_on
        if challenge.cadence == Challenge.Cadence.WEEKLY:
            first, end = schedule.week_span(first, self.week - 1, off=challenge.off)
            last = min(last, end)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return next((day for day in reversed(days) if day not in challenge.off), first)

    @property
    def has_come(self) -> bool:
        today = self.challenge.group.organization.today()
        if self.challenge.cadence == Challenge.Cadence.WEEKLY:
            first = schedule.week_span(self.challenge.starts_on, self.week - 1, off=self.challenge.off)[0]
            return first <= today
        return self.challenge.starts_on <= today

    @property
    def takes_tallies(self) -> bool:
        """From its first day on, and as long as late acts are taken."""
        group = self.challenge.group
        return self.has_come and self.challenge.phase in {Phase.OPEN, Phase.LATE} and group.is_open and group.is_allowed


def sheets_of(challenge: Challenge) -> list[Sheet]:
    """The lists of a challenge: one for each week that has prompts, or a single one for cards."""
    steps = [step for step in steps_of(challenge) if step.hidden_at is None]
    if challenge.cadence == Challenge.Cadence.CARDS:
        return [Sheet(challenge, 0, _("All cards"), steps)]
    titles = challenge.program.weeks_titles
    weeks = sorted({step.week for step in steps})
    return [
        Sheet(challenge, week, _title(week, titles), [step for step in steps if step.week == week]) for week in weeks
    ]


def _title(week: int, titles: tuple[str, ...]) -> str:
    number = _("Week %(n)d") % {"n": week}
    if not 0 < week <= len(titles):
        return number
    return _("%(week)s: %(title)s") % {"week": number, "title": titles[week - 1]}


def sheet_by_code(challenges: ChallengeQuerySet, code: str) -> Sheet | None:
    """The list that a code was printed on, among these challenges; however it is typed."""
    typed = "".join(code.lower().split()).replace("–", "-")
    key, _dash, week = typed.rpartition("-")
    if len(key) != KEY:
        return None
    meant = challenges.filter(public_id__startswith=key).order_by("-starts_on", "-pk")
    sheets = (sheet for challenge in meant for sheet in sheets_of(challenge))
    return next((sheet for sheet in sheets if str(sheet.week) == week), None)


def tallies(sheet: Sheet) -> dict[int, int]:
    """What was entered for the whole class: how many, by the step's id."""
    found = _from_paper(sheet).filter(author=None).values_list("step").annotate(n=Count("pk")).order_by()
    return {int(step): int(number) for step, number in found}


def ticks(sheet: Sheet) -> Ticks:
    """What was entered by child."""
    return cast(Ticks, set(_from_paper(sheet).filter(author__isnull=False).values_list("author", "step")))


def told_otherwise(sheet: Sheet) -> Ticks:
    """What children have told or ticked themselves: on paper it would be the same act once more."""
    acts = Act.objects.filter(step__in=sheet.steps, author__isnull=False).exclude(source=Act.Source.PAPER)
    return cast(Ticks, set(acts.exclude(state=Act.State.REMOVED).values_list("author", "step")))


def _from_paper(sheet: Sheet) -> QuerySet[Act]:
    return Act.objects.filter(
        challenge=sheet.challenge, step__in=sheet.steps, source=Act.Source.PAPER, state=Act.State.SHOWN
    )


@transaction.atomic
def enter_class(sheet: Sheet, numbers: Mapping[int, int], *, by: User) -> None:
    """Let the acts of the whole class be as many as the paper says, by the step's id."""
    _lock(sheet)
    before = tallies(sheet)
    for step in sheet.steps:
        more = numbers.get(step.pk, 0) - before.get(step.pk, 0)
        if more > 0:
            _add(sheet, step, None, more)
        elif more < 0:
            _drop(_from_paper(sheet).filter(author=None, step=step).order_by("-pk")[:-more])
    record(by, "entered paper", sheet.challenge, group_id=sheet.challenge.group_id)


@transaction.atomic
def enter_pupils(sheet: Sheet, people: Collection[User], marked: Ticks, *, by: User) -> None:
    """Let what these children ticked be what the paper says. What they told themselves stays."""
    _lock(sheet)
    before, told = ticks(sheet), told_otherwise(sheet)
    for person in people:
        for step in sheet.steps:
            key = (person.pk, step.pk)
            if key in marked and key not in before | told:
                _add(sheet, step, person, 1)
                settle(person, step, "", on=sheet.day)
            elif key in before and key not in marked:
                _drop(_from_paper(sheet).filter(author=person, step=step))
                others = Act.objects.filter(author=person, step=step).exclude(state=Act.State.REMOVED)
                settle_again(person, step, others.order_by("-pk").values_list("idea_key", "done_on"))
    record(by, "entered paper", sheet.challenge, group_id=sheet.challenge.group_id)


def _lock(sheet: Sheet) -> None:
    """Two who enter the same list at once do so one after the other, so that nothing is entered twice."""
    Challenge.objects.select_for_update().get(pk=sheet.challenge.pk)


def _add(sheet: Sheet, step: Step, author: User | None, number: int) -> None:
    group = sheet.challenge.group
    acts = [
        Act(
            author=author,
            anonymized=author is None,
            group=group,
            challenge=sheet.challenge,
            step=step,
            kind=step.words.record,
            source=Act.Source.PAPER,
            audience=Act.Audience.LEADERS,
            state=Act.State.SHOWN,
            shown_at=timezone.now(),
            done_on=sheet.day,
            zone=group.organization.time_zone,
        )
        for _n in range(number)
    ]
    Act.objects.bulk_create(acts)
    Counter.objects.add(acts[0], number)


def _drop(acts: Iterable[Act]) -> None:
    """Nobody has seen these acts or answered them, so they leave no tombstone."""
    found = list(acts)
    Act.objects.filter(pk__in=[act.pk for act in found]).delete()
    if found:
        Counter.objects.add(found[0], -len(found))
