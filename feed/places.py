"""The groups of the feed's pages, with all that their cards and composers ask about them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import ExpressionWrapper
from django.http import HttpRequest

from accounts.models import User
from accounts.people import person
from feed.models import ActDraft
from groups.models import Group, Membership, OrganizationAdmin
from groups.places import places_of


def places_to_post(request: HttpRequest) -> list[Group]:
    """The groups the person is a member of, with what they have left unposted there (`draft`)."""
    groups = places_of(request).groups
    drafts = ActDraft.objects.filter(user=person(request)).select_related("photo")
    by_group = {draft.group_id: draft for draft in drafts} if groups else {}
    for group in groups:
        group.draft = by_group.get(group.pk)  # type: ignore[attr-defined]
    return groups


def place_seen(request: HttpRequest, slug: str) -> tuple[Group, bool] | None:
    """One group that the person may see, and whether they can tell something there.

    Members find it among their places; a group that was put away, and one they only look after, costs more queries.
    """
    places = places_of(request)
    for group in places.groups:
        if group.slug == slug:
            return group, True
    found = Group.objects.visible_to(places.user).select_related("organization").filter(slug=slug).first()
    if found is None:
        return None
    found.is_run = found.can_be_run_by(places.user)
    found.my_place = None
    return found, False


def seen_by(user: User, pks: Iterable[int]) -> list[Group]:
    """Those of these groups that a person may see, and whether they run them."""
    groups: list[Group] = []
    for group in _marked(Group.objects.visible_to(user).filter(pk__in=set(pks)), user):
        group.is_run = group.runs
        groups.append(group)
    return groups


def run_by(user: User, groups: Sequence[Group]) -> set[int]:
    """Which of these groups a person runs: answered by the groups themselves where they know, else by one query."""
    unknown = [group.pk for group in groups if not hasattr(group, "is_run")]
    known = {group.pk for group in groups if getattr(group, "is_run", False)}
    if unknown:
        run = _marked(Group.objects.filter(pk__in=unknown), user).filter(runs=True)
        known.update(run.values_list("pk", flat=True))
    return known


def joined_by(user: User, groups: Mapping[int, Group]) -> set[int]:
    """Which of these groups a person is a member of: by what the groups themselves know, else by one query."""
    joined = {pk for pk, group in groups.items() if vars(group).get("my_place")}
    unknown = [pk for pk, group in groups.items() if "my_place" not in vars(group)]
    if unknown:
        joined.update(Membership.objects.active().filter(user=user, group__in=unknown).values_list("group", flat=True))
    return joined


def _marked(groups: QuerySet[Group], user: User) -> Any:
    leads = Membership.objects.active().leaders().filter(group=OuterRef("pk"), user=user)
    looks_after = OrganizationAdmin.objects.filter(organization=OuterRef("organization"), user=user)
    runs = ExpressionWrapper(Q(Exists(leads)) | Q(Exists(looks_after)), output_field=BooleanField())
    return groups.select_related("organization").annotate(runs=runs)
