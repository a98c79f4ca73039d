"""The classes of a school and how they are, for who looks after it: numbers and dates, nothing of any child."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from challenges.models import Challenge
from feed.models import Act, Case
from groups.launch import launches_of
from groups.models import Group, Membership, Organization, Pupil
from groups.views.organizations import looked_after


@dataclass(frozen=True, kw_only=True)
class Health:
    """One class as its school sees it.

    Attributes:
        left: lines of its list that are not settled.
        waiting: what nobody has read yet.
        locked: pupils who cannot get in.
        last: when something was shared last.
    """

    group: Group
    teachers: Sequence[str]
    pupils: int
    locked: int
    challenge: Challenge | None
    left: int
    waiting: int
    reports: int
    last: datetime | None
    kept_until: date


@require_safe
def school_classes(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = looked_after(request, public_id)
    context = {"organization": organization, "classes": classes_of(organization)}
    return render(request, "pages/school_classes.html", context)


def classes_of(organization: Organization) -> list[Health]:
    """All classes that are open, by name; what is asked of each is asked of all at once."""
    groups = list(
        Group.objects.filter(
            organization=organization, archived_at=None, delete_after=None, classroom__isnull=False
        ).select_related("classroom__moderator")
    )
    for group in groups:
        group.organization = organization
    acts = _acts(groups)
    teachers = _teachers(groups)
    pupils, locked = _pupils(groups)
    cases = Case.objects.waiting().filter(group__in=groups).order_by()
    reports = dict(cases.values_list("group").annotate(n=Count("pk")))
    running = Challenge.objects.first_of_day(groups, organization.today())
    lists = launches_of(groups)
    return [
        Health(
            group=group,
            teachers=teachers.get(group.pk, []),
            pupils=pupils.get(group.pk, 0),
            locked=locked.get(group.pk, 0),
            challenge=running.get(group.pk),
            left=lists[group.pk].left,
            waiting=acts.get(group.pk, {}).get("waiting", 0),
            reports=reports.get(group.pk, 0),
            last=acts.get(group.pk, {}).get("last"),
            kept_until=group.classroom.kept_until,
        )
        for group in sorted(groups, key=lambda group: group.name.casefold())
    ]


def _acts(groups: Sequence[Group]) -> dict[int, dict[str, Any]]:
    waits = Q(state=Act.State.PENDING) & ~Q(audience=Act.Audience.PRIVATE)
    shared = Q(state=Act.State.SHOWN, audience=Act.Audience.GROUP)
    rows = Act.objects.filter(group__in=groups).values("group").order_by()
    return {
        int(row["group"]): cast(dict[str, Any], row)
        for row in rows.annotate(waiting=Count("pk", filter=waits), last=Max("shown_at", filter=shared))
    }


def _teachers(groups: Sequence[Group]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    leading = Membership.objects.active().leaders().filter(group__in=groups, user__is_active=True)
    places = leading.order_by("joined_at", "pk")
    for group, name in places.values_list("group", "user__name"):
        found.setdefault(group, []).append(name)
    return found


def _pupils(groups: Sequence[Group]) -> tuple[dict[int, int], dict[int, int]]:
    places = Membership.objects.active().filter(group__in=groups, user__kind=User.Kind.PUPIL).order_by()
    locked = Pupil.objects.exclude(locked_at=None).values("user")
    many = dict(places.values_list("group").annotate(n=Count("pk")))
    return many, dict(places.filter(user__in=locked).values_list("group").annotate(n=Count("pk")))
