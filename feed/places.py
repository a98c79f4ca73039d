"""The groups somebody takes part in, with all that their pages ask about them, in one query."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import ExpressionWrapper

from accounts.models import User
from feed.models import ActDraft
from groups.models import Group, Membership, OrganizationAdmin
from groups.models.policy import policy_overrides


def places_of(user: User) -> list[Group]:
    """The groups a person is a member of, by name, as `seen_by` gives them.

    They also know whether this person has left something unposted there (`has_draft`).
    """
    drafts = ActDraft.objects.filter(user=user, group=OuterRef("pk"))
    groups = _marked(Group.objects.of_member(user), user).annotate(has_draft=Exists(drafts))
    return list(groups.order_by("name", "pk"))


def seen_by(user: User) -> "QuerySet[Group]":
    """The groups a person may see, each with its organization and policy, and whether they run it (`is_run`)."""
    found: QuerySet[Group] = _marked(Group.objects.visible_to(user), user)
    return found


def run_by(user: User, groups: Sequence[Group]) -> set[int]:
    """Which of these groups a person runs: answered by the groups themselves where they know, else by one query."""
    unknown = [group.pk for group in groups if not hasattr(group, "is_run")]
    known = {group.pk for group in groups if getattr(group, "is_run", False)}
    if unknown:
        run = _marked(Group.objects.filter(pk__in=unknown), user).filter(is_run=True)
        known.update(run.values_list("pk", flat=True))
    return known


def _marked(groups: QuerySet[Group], user: User) -> Any:
    leads = Membership.objects.active().leaders().filter(group=OuterRef("pk"), user=user)
    looks_after = OrganizationAdmin.objects.filter(organization=OuterRef("organization"), user=user)
    runs = ExpressionWrapper(Q(Exists(leads)) | Q(Exists(looks_after)), output_field=BooleanField())
    return groups.select_related("organization").annotate(is_run=runs, packed_overrides=policy_overrides())
