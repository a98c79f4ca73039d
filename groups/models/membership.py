from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.group import Group

CROWD = 5
"""From so many people on, a number about all of them points at nobody."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(state=Membership.State.ACTIVE)

    def open(self) -> "MembershipQuerySet":
        return self.filter(state__in=[Membership.State.PENDING, Membership.State.ACTIVE])

    def leaders(self) -> "MembershipQuerySet":
        return self.filter(role=Membership.Role.LEADER)

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
    seen_at = models.DateTimeField(null=True)

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

    def end(self, state: str) -> None:
        self.state = state
        self.ended_at = timezone.now()
        self.save(update_fields=["state", "ended_at"])
