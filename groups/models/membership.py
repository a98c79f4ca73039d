from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.audit import record
from groups.models.group import Group, GroupQuerySet, LastLeader

CROWD = 5
"""From so many people on, a number about all of them points at nobody."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        """Those that hold now; a substitute's ends by itself, whether or not somebody has closed it yet."""
        return self.filter(models.Q(until=None) | models.Q(until__gt=timezone.now()), state=Membership.State.ACTIVE)

    def open(self) -> "MembershipQuerySet":
        return self.filter(state__in=[Membership.State.PENDING, Membership.State.ACTIVE])

    @transaction.atomic
    def close_ended(self) -> int:
        """Make history of the places of substitutes whose day is over; they have not counted since.

        What such a person has not read yet of the group goes with their place, as it does when anybody leaves.
        """
        from groups import messages

        over = self.filter(state=Membership.State.ACTIVE, until__lte=timezone.now())
        places = list(over.select_related("user").select_for_update(of=("self",)))
        ended = self.filter(pk__in=[place.pk for place in places])
        count = ended.update(state=Membership.State.LEFT, ended_at=models.F("until"))
        for place in places:
            messages.lost_sight(place.user, Group.objects.filter(pk=place.group_id))
        return count

    def leaders(self) -> "MembershipQuerySet":
        return self.filter(role=Membership.Role.LEADER)

    def for_good(self) -> "MembershipQuerySet":
        """Those who lead, can sign in, and are more than substitutes: one of them has to be left."""
        return self.active().leaders().filter(until=None, user__is_active=True)

    def crowd(self, group: Any) -> Exists:
        """Whether a group (or an `OuterRef` to one) has so many active members that a number hides each of them."""
        return Exists(self.active().filter(group=group).order_by()[CROWD - 1 : CROWD])


class Membership(models.Model):
    """A person's place in a group. Closed places stay as history; at most one is open."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Leader")
        MEMBER = "member", _("Member")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be let in")
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role, default=Role.MEMBER)
    state = models.CharField(max_length=7, choices=State, default=State.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    muted_until = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"],
                condition=models.Q(state__in=["pending", "active"]),
                name="one_open_membership_per_group_and_person",
            )
        ]
        indexes = [models.Index(fields=["user", "state"], name="memberships_of_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}: {self.state}"

    @property
    def is_leader(self) -> bool:
        return self.role == self.Role.LEADER

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > timezone.now()

    @property
    def paused_until(self) -> date | None:
        """The day on which they can speak again, by the organization's calendar."""
        return self.muted_until.astimezone(self.group.organization.zone).date() if self.muted_until else None

    @property
    def may_lead(self) -> bool:
        """Grown-ups who stay: a pupil has no address to be reached at, and a substitute's place ends by itself."""
        return self.state == self.State.ACTIVE and self.until is None and not self.user.is_pupil

    @property
    def has_other_leaders(self) -> bool:
        """Whether somebody else leads for longer than a substitute does."""
        others = self.group.memberships.for_good()
        return others.exclude(pk=self.pk).exists()

    @transaction.atomic
    def make_leader(self, by: User) -> bool:
        """Let this person lead as well. False when they lead already, are gone or are a pupil."""
        self._lock()
        if self.is_leader or not self.may_lead:
            return False
        if self.is_muted:
            # Who leads speaks; and no pause from before is to hit somebody who hands over again.
            self.mute(None, by)
        self._become("role", self.Role.LEADER, by, "made leader")
        return True

    @transaction.atomic
    def unmake_leader(self, by: User) -> bool:
        """Let them be a member like the others.

        Raises:
            LastLeader: nobody would be left who leads.
        """
        self._lock()
        if not self.is_leader or self.state != self.State.ACTIVE:
            return False
        self._check_not_last()
        self._step_down(by, "unmade leader")
        return True

    @transaction.atomic
    def hand_over(self, to: "Membership", by: User) -> bool:
        """Lay this leader's part into somebody else's hands. False when they cannot take it."""
        self._lock()
        to.refresh_from_db()
        if not self.is_leader or to.pk == self.pk or not to.may_lead:
            return False
        if not to.is_leader:
            to.make_leader(by)
        self._step_down(by, "handed over")
        return True

    @transaction.atomic
    def remove(self, by: User) -> bool:
        """Close their place against their will: what they posted stays, what they see ends with the next request.

        Raises:
            LastLeader: nobody would be left who leads.
        """
        from groups import messages

        self._lock()
        if self.state != self.State.ACTIVE:
            return False
        self._check_not_last()
        self.end(self.State.REMOVED)
        record(by, "removed", self, group_id=self.group_id)
        messages.lost_sight(self.user, self._just_here())
        messages.was_removed(self)
        return True

    @transaction.atomic
    def let_back(self, by: User) -> bool:
        """Let an invitation work again for somebody who was removed."""
        if self.state != self.State.REMOVED:
            return False
        self._become("state", self.State.LEFT, by, "let back")
        return True

    @transaction.atomic
    def mute(self, until: datetime | None, by: User) -> None:
        """Let them read along without a word until a moment; None lets them speak again."""
        from groups import messages

        self._become("muted_until", until, by, "muted" if until else "unmuted")
        if until:
            messages.was_muted(self)
        else:
            messages.may_speak_again(self)

    def _lock(self) -> None:
        """The group's row is the lock of who leads it: of two who step back at once, the second is the last one."""
        Group.objects.select_for_update().get(pk=self.group_id)
        self.refresh_from_db(fields=["role", "state", "muted_until"])

    def _check_not_last(self) -> None:
        if self.is_leader and not self.has_other_leaders:
            raise LastLeader

    def _step_down(self, by: User, verb: str) -> None:
        from groups import messages

        self._become("role", self.Role.MEMBER, by, verb)
        messages.lost_sight(self.user, self._just_here())

    def _just_here(self) -> GroupQuerySet:
        return Group.objects.filter(pk=self.group_id)

    def _become(self, field: str, value: object, by: User, verb: str) -> None:
        setattr(self, field, value)
        self.save(update_fields=[field])
        record(by, verb, self, group_id=self.group_id)

    def end(self, state: str) -> None:
        self.state = state
        self.ended_at = timezone.now()
        self.save(update_fields=["state", "ended_at"])
