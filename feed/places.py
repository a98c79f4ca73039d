"""The groups somebody takes part in, with all that their pages ask about them, in two queries."""

from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import ExpressionWrapper

from accounts.models import User
from groups.models import Group, Membership, OrganizationAdmin
from groups.models.policy import resolve_policies


def places_of(user: User) -> list[Group]:
    """The groups a person is a member of, by name: each knows its policy and whether they run it (`is_run`)."""
    groups = list(_marked(Group.objects.of_member(user), user).select_related("organization").order_by("name", "pk"))
    resolve_policies(groups)
    return groups


def run_by(user: User, groups: list[Group]) -> set[int]:
    """Which of these groups a person runs: answered by the groups themselves where they know, else by one query."""
    unknown = [group.pk for group in groups if not hasattr(group, "is_run")]
    known = {group.pk for group in groups if getattr(group, "is_run", False)}
    if unknown:
        known.update(
            _marked(Group.objects.filter(pk__in=unknown), user).filter(is_run=True).values_list("pk", flat=True)
        )
    return known


def _marked(groups: QuerySet[Group], user: User) -> Any:
    leads = Membership.objects.active().leaders().filter(group=OuterRef("pk"), user=user)
    looks_after = OrganizationAdmin.objects.filter(organization=OuterRef("organization"), user=user)
    runs = ExpressionWrapper(Q(Exists(leads)) | Q(Exists(looks_after)), output_field=BooleanField())
    return groups.annotate(is_run=runs)
