from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from groups.models.group import Group
from groups.models.organization import Organization

TEXT_VERSION = 1
"""Which wording of what is authorized was on the page (`templates/groups/authorization_text.html`)."""


class NotAuthorized(Exception):
    """Nobody has said yet that this class may be here, or they have taken it back."""


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    def live(self) -> "AuthorizationQuerySet":
        return self.filter(withdrawn_at=None)

    def covering(self, group: Group) -> "AuthorizationQuerySet":
        """Those that hold for a class: its own, and that of its whole organization."""
        return self.live().filter(Q(group=group) | Q(group=None), organization=group.organization_id)

    @transaction.atomic
    def give(
        self, organization: Organization, group: Group | None, *, basis: str, given_by: str, by: User
    ) -> "Authorization":
        """Record that a school or the parents have said yes, for one class or for all of them.

        Asked twice, the first record stays: a double click is one yes.
        """
        Organization.objects.select_for_update().get(pk=organization.pk)
        standing = self.live().filter(organization=organization, group=group).first()
        if standing:
            return standing
        given = self.create(
            organization=organization,
            group=group,
            basis=basis,
            given_by=given_by,
            recorded_by=by,
            text_version=TEXT_VERSION,
        )
        record(by, "authorized", given, group_id=group.pk if group else None)
        return given


class Authorization(models.Model):
    """Who has said that a class may use this, when, for whom and to which words (CHILDREN C10).

    While none holds, no pupil can be added, and none who is there gets in.
    """

    class Basis(models.TextChoices):
        SCHOOL = "school", _("The school, for its own teaching")
        PARENTS = "parents", _("The parents, each for their child")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="authorizations")
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="authorizations")
    basis = models.CharField(max_length=7, choices=Basis)
    given_by = models.CharField(max_length=80)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    text_version = models.PositiveSmallIntegerField(default=TEXT_VERSION)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=Q(withdrawn_at=None), name="one_live_authorization_per_class"
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(withdrawn_at=None, group=None),
                name="one_live_authorization_per_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"authorization {self.public_id}"

    def covers(self, group: Group) -> bool:
        """Whether it holds for this class: its own, or that of its whole organization."""
        return self.organization_id == group.organization_id and self.group_id in {None, group.pk}

    @transaction.atomic
    def withdraw(self, by: User) -> bool:
        """Take it back. From this moment pupils do not get in; who is in is out with the next tap.

        Nothing can be told in the class any more, and what was on its way to anybody about it is taken back.
        """
        from groups import messages

        now = timezone.now()
        if not type(self).objects.live().filter(pk=self.pk).update(withdrawn_at=now, withdrawn_by=by):
            return False
        self.withdrawn_at, self.withdrawn_by = now, by
        messages.yes_was_taken_back(self._no_longer_allowed())
        record(by, "withdrew", self, group_id=self.group_id)
        return True

    def _no_longer_allowed(self) -> list[int]:
        """The classes it covered and nothing else covers."""
        mine = Group.objects.filter(organization=self.organization_id, classroom__isnull=False)
        mine = mine.filter(pk=self.group_id) if self.group_id else mine
        return list(mine.exclude(pk__in=Group.objects.allowed()).values_list("pk", flat=True))
