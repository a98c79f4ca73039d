"""The prompts of many people at once: what `prompts_for` gives each of them, at the cost of a few queries for all.

What is the same for everybody is read once. What is one person's own hangs on copies, so that nobody sees it in the
prompt of somebody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge, Choice, Participation, Plan, Step
from challenges.models.plan import week_of
from challenges.prompts import HISTORY_DAYS, Prompt, Reader, in_order, just_before, page_of
from challenges.variety import REPEAT_DAYS
from groups.models import Group, Membership


@dataclass(frozen=True)
class Material:
    """What the prompts of one person are made of. They are made when they are read, in their reader's language."""

    user: User
    challenges: Sequence[Any]
    steps: Mapping[int, Sequence[Step]]
    choices: Sequence[Choice]

    def prompts(self) -> list[Prompt]:
        today = self.user.today()
        page = page_of(self.challenges, [])
        if not page:
            return []
        by_id = {challenge.pk: challenge for challenge in (*page, *just_before(page, self.challenges))}
        steps = {pk: [_twin(step, challenge=challenge) for step in self.steps[pk]] for pk, challenge in by_id.items()}
        ours = {step.pk for mine in steps.values() for step in mine}
        since = today - timedelta(days=REPEAT_DAYS)
        reader = Reader(
            self.user, today, steps, [choice for choice in self.choices if choice.on > since or choice.step_id in ours]
        )
        return [reader.prompt(challenge, "") for challenge in page]


def material_of(users: Sequence[User]) -> dict[int, Material]:
    """By person, what their prompts are made of: six queries, however many they are."""
    groups, joined = _places(users)
    oldest = timezone.now().date() - timedelta(days=HISTORY_DAYS + 1)
    near = list(
        Challenge.objects.filter(group__in=groups, cancelled_at=None, ends_on__gte=oldest).order_by("ends_on", "pk")
    )
    parts = {
        (part.user_id, part.challenge_id): part
        for part in Participation.objects.filter(challenge__in=near, user__in=users)
    }
    plans = _plans(users, parts.values())
    steps: dict[int, list[Step]] = {challenge.pk: [] for challenge in near}
    for step in Step.objects.filter(challenge__in=near).order_by("challenge", "position"):
        steps[step.challenge_id].append(step)
    choices = _choices(users, near)
    found = {}
    for user in users:
        mine = []
        for challenge in near:
            if since := joined.get((user.pk, challenge.group_id)):
                part = parts.get((user.pk, challenge.pk))
                plan = plans.get(part.pk) if part else None
                twin: Any = _twin(challenge)
                twin.mine, twin.member_since, twin.is_asked = part, since, False
                twin.plan_cue, twin.plan_act = (plan.cue, plan.act) if plan else (None, None)
                mine.append(twin)
        found[user.pk] = Material(user, in_order(mine, groups, user.today()), steps, choices[user.pk])
    return found


def _places(users: Iterable[User]) -> tuple[dict[int, Group], dict[tuple[int, int], datetime]]:
    """The groups of these people, and since when each person is in each."""
    groups: dict[int, Group] = {}
    joined = {}
    places = Membership.objects.active().filter(user__in=users, group__archived_at=None, group__delete_after=None)
    for place in places.select_related("group__organization"):
        groups.setdefault(place.group_id, place.group)
        joined[place.user_id, place.group_id] = place.joined_at
    return groups, joined


def _plans(users: Iterable[User], parts: Iterable[Participation]) -> dict[int, Plan]:
    """By participation the plan of the week that it is for its person."""
    weeks = {user.pk: week_of(user.today()) for user in users}
    owner = {part.pk: part.user_id for part in parts}
    rows = Plan.objects.filter(participation__in=owner, week__in=set(weeks.values()))
    return {row.participation_id: row for row in rows if row.week == weeks[owner[row.participation_id]]}


def _choices(users: Sequence[User], near: Sequence[Challenge]) -> dict[int, list[Choice]]:
    """By person what they chose of late, or in these challenges."""
    first = min((user.today() for user in users), default=timezone.now().date())
    late = Q(on__gt=first - timedelta(days=REPEAT_DAYS)) | Q(step__challenge__in=near)
    found: dict[int, list[Choice]] = defaultdict(list)
    rows = Choice.objects.filter(late, participation__user__in=users).order_by("pk")
    for choice in rows.annotate(owner=models.F("participation__user")):
        found[choice.owner].append(choice)
    return found


def _twin[Row: models.Model](row: Row, **along: Any) -> Row:
    """Another row like this one, with relations of its own."""
    twin = row.__class__.__new__(row.__class__)
    twin.__dict__.update(row.__dict__)
    twin._state = copy(row._state)
    twin._state.fields_cache = dict(row._state.fields_cache)
    for name, value in along.items():
        setattr(twin, name, value)
    return twin
