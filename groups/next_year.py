"""A class goes on into the next year: with the children who come along, and without what they told in the last one."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from accounts.models.audit import record
from groups.models import Authorization, Classroom, Group, Pupil


class AlreadyOver(Exception):
    """The class is on its way out already, so a second click begins nothing more."""


KEPT = ("sign_in", "names", "shared_tablets", "after_hours", "equal_task")
"""What holds for signing in, and for who does another task, stays as the class knows it."""


@transaction.atomic
def roll_over(group: Group, *, name: str, pupils: Collection[Pupil], by: User) -> Group:
    """Begin the next year's class, and let the old one go after its days of grace.

    The children keep their cards and pictures. The new class has no acts and no challenge, its list before the first
    challenge is open again, and the school's yes is recorded anew where it was given for the old class alone. Who
    does not come along is erased with the old class.

    Raises:
        AlreadyOver: somebody has ended this class in the meantime.
    """
    if not group.delete_soon(by):
        raise AlreadyOver
    standing = Authorization.objects.covering(group).order_by("group").first()
    new = Group.objects.found(
        name=name, mode=group.mode, age_band=group.age_band, founder=by, organization=group.organization
    )
    Classroom.objects.filter(group=new).update(**{field: getattr(group.classroom, field) for field in KEPT})
    Group.objects.filter(pk=new.pk).update(overrides=group.overrides)
    for place in group.memberships.active().leaders().filter(until=None).exclude(user=by).select_related("user"):
        new.admit(place.user, role="leader")
    if standing and standing.group_id:
        Authorization.objects.give(new.organization, new, basis=standing.basis, given_by=standing.given_by, by=by)
    for pupil in pupils:
        new.admit(pupil.user)
    record(by, "rolled over", group, group_id=new.pk)
    return new
