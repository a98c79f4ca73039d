"""What classes do not keep: children who are in no class any more, classes that were forgotten, counts of tries."""

from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import data_rights
from accounts.data_rights import Keep
from accounts.models import User
from groups.models import Classroom, ClassTries, Group, Membership
from groups.models.class_tries import YEAR
from groups.models.ending import GRACE

WITHOUT_CLASS = timedelta(days=30)
NOTICE = timedelta(days=1)


def purge_classes() -> int:
    """Once a day. Returns how many rows it changed or deleted; may run twice or on two workers."""
    now = timezone.now()
    tries = ClassTries.objects.filter(on__lt=(now - YEAR).date()).delete()[0]
    return tries + _close_ended_places() + _let_forgotten_classes_go(now) + _erase_pupils_without_class(now)


def _close_ended_places() -> int:
    """A substitute's place ends by itself (`Membership.objects.active`); here it becomes history."""
    return Membership.objects.close_ended()


def _let_forgotten_classes_go(now: datetime) -> int:
    """Start the days of grace of classes that nobody has kept for another year."""
    forgotten = Classroom.objects.filter(kept_until__lt=now.date(), group__delete_after=None)
    gone = 0
    for classroom in forgotten:
        last = datetime.combine(classroom.kept_until + timedelta(days=1), time.min, tzinfo=UTC) + GRACE
        # However long the machine was off, somebody can still read of it for a day.
        until = max(last, now + NOTICE)
        gone += Group.objects.filter(pk=classroom.group_id, delete_after=None).update(delete_after=until)
    return gone


def _erase_pupils_without_class(now: datetime) -> int:
    places = Membership.objects.filter(user=OuterRef("pk"))
    lost = (
        User.objects.filter(~Exists(places.open()), kind=User.Kind.PUPIL)
        .annotate(left=Coalesce(Max("memberships__ended_at"), F("date_joined")))
        .filter(left__lt=now - WITHOUT_CLASS)
    )
    return sum(erase_pupil(pupil) for pupil in list(lost))


def erase_pupil(user: User) -> bool:
    """A child is always erased as a whole: no act stays without its author (DESIGN 9.18)."""
    return data_rights.erase(user, keep=Keep.NOTHING)


def pupils_only_here(group: Group) -> list[User]:
    """The pupils who are in no other class, so that nothing of them is left to keep when this one goes."""
    here = Membership.objects.filter(user=OuterRef("pk"), group=group)
    elsewhere = Membership.objects.open().filter(user=OuterRef("pk")).exclude(group=group)
    return list(User.objects.filter(Exists(here), ~Exists(elsewhere), kind=User.Kind.PUPIL))
