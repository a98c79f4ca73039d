"""Doing what a plan says: all of it, or nothing."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.ids import new_public_id
from accounts.models import Session, User
from accounts.models.audit import record
from groups.models import (
    Authorization,
    Classroom,
    ExternalId,
    Group,
    JoinCode,
    Membership,
    NotAuthorized,
    Organization,
    Pupil,
)
from groups.models.join_code import LIFETIMES
from groups.models.pupil import Secret
from groups.newcomers import welcome
from groups.oneroster.plan import SOURCE, Plan, make_plan, said_of
from groups.oneroster.school import Class, School

AT_ONCE = 500
MODES = {"7-11": "primary", "11-15": "secondary", "16-18": "secondary"}


class Changed(Exception):
    """Since somebody looked at the plan, something has changed; they look again."""


class ManyLeave(Exception):
    """More pupils would leave than anybody has said yes to."""


@transaction.atomic
def apply(
    organization: Organization, school: School, *, by: User, seen: str, sure: bool = False, age_band: str = "7-11"
) -> Plan:
    """Make the organization as the bundle says.

    Args:
        seen: the fingerprint of the plan that somebody has looked at.
        sure: they have said that many may leave.
        age_band: of new classes whose grades say nothing.

    Raises:
        Changed: the plan would be another one by now.
        ManyLeave: see `Plan.many_leave`.
        NotAuthorized: nobody has said yes for the whole organization.
        ValueError: the bundle has mistakes; the page has shown them.
    """
    Organization.objects.select_for_update().get(pk=organization.pk)
    if school.problems:
        raise ValueError("The bundle has mistakes.")
    if not Authorization.objects.live().filter(organization=organization, group=None).exists():
        raise NotAuthorized
    plan = make_plan(organization, school)
    if plan.fingerprint != seen:
        raise Changed
    if plan.many_leave and not sure:
        raise ManyLeave
    if plan.is_empty:
        return plan
    for one in plan.new_classes:
        plan.groups[one.sourced_id] = _found(organization, one, by=by, age_band=age_band)
    for group, one in plan.renamed_classes:
        group.rename(one.title, by)
    _add_pupils(organization, plan)
    for renamed in plan.renamed:
        renamed.pupil.rename(renamed.child.name, by)
    for row, said in plan.noted:
        row.said = said
    ExternalId.objects.bulk_update([row for row, _said in plan.noted], ["said"], batch_size=AT_ONCE)
    _close(plan)
    _open(plan)
    record(by, "imported a roster", organization)
    return plan


def _found(organization: Organization, one: Class, *, by: User, age_band: str) -> Group:
    """A class without a teacher yet: the organization's admins run it until one comes."""
    band = one.age_band or age_band
    stem = slugify(one.title)[:40].strip("-") or "class"
    group = Group.objects.create(
        organization=organization,
        name=one.title,
        mode=MODES[band],
        age_band=band,
        slug=f"{stem}-{new_public_id()[:6]}",
    )
    Classroom.objects.create(group=group)
    JoinCode.objects.create(
        group=group,
        purpose=JoinCode.Purpose.CLASS,
        created_by=by,
        expires_at=timezone.now() + LIFETIMES[JoinCode.Purpose.CLASS],
    )
    ExternalId.objects.create(
        organization=organization,
        source=SOURCE,
        kind=ExternalId.Kind.CLASS,
        sourced_id=one.sourced_id,
        group=group,
    )
    return group


def _add_pupils(organization: Organization, plan: Plan) -> None:
    """The same rows that `Pupil.objects.add` makes for one child, for thousands."""
    for some in _in_parts(plan.coming):
        users = User.objects.bulk_create(
            User(
                name=one.child.name,
                kind=User.Kind.PUPIL,
                password=make_password(None),
                time_zone=organization.time_zone,
                language=organization.language,
            )
            for one in some
        )
        pairs = list(zip(some, users, strict=True))
        pupils = Pupil.objects.bulk_create(
            Pupil(user=user, organization=organization, hint=one.hint, credential=Secret.draw().locked())
            for one, user in pairs
        )
        ExternalId.objects.bulk_create(
            ExternalId(
                organization=organization,
                source=SOURCE,
                kind=ExternalId.Kind.PERSON,
                sourced_id=one.child.sourced_id,
                user=user,
                said=said_of(one.child),
            )
            for one, user in pairs
        )
        plan.pupils |= {one.child.sourced_id: pupil for one, pupil in zip(some, pupils, strict=True)}


def _close(plan: Plan) -> None:
    """Who leaves is signed out, and erased a month later unless they are back by then (groups.retention)."""
    now = timezone.now()
    for some in _in_parts(plan.left):
        Membership.objects.filter(pk__in=[place.pk for place, _pupil in some]).update(
            state=Membership.State.LEFT, ended_at=now
        )
        Session.objects.filter(user__in=[pupil.user_id for _place, pupil in some]).delete()


def _open(plan: Plan) -> None:
    fresh = {one.sourced_id for one in plan.new_classes}
    for some in _in_parts(plan.taken):
        Membership.objects.bulk_create(
            Membership(group=plan.groups[seat.group], user_id=plan.pupils[seat.child].user_id) for seat in some
        )
        for seat in some:
            if seat.group not in fresh:  # nothing is on in a class that was made a moment ago
                welcome(plan.groups[seat.group], plan.pupils[seat.child].user)


def _in_parts[Thing](things: Sequence[Thing]) -> Iterable[Sequence[Thing]]:
    return (things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE))
