"""A person's places in groups, and what must not be left to nobody when they go."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.data_rights import Copy, Hurdle, Keep, Room, register
from accounts.models import User
from groups.models import Group, JoinCode, Membership, Organization, OrganizationAdmin
from notifications.models import Notice
from notifications.my_data import forget


def export(user: User) -> Copy:
    """Where one is and was. Who else is there is not ours to hand out; a join code is a key and stays at its door."""
    codes = JoinCode.objects.filter(created_by=user).select_related("group").order_by("pk")
    return Copy(
        {
            "groups": [
                {
                    "group": place.group.name,
                    "role": place.role,
                    "state": place.state,
                    "joined_at": place.joined_at,
                    "ended_at": place.ended_at,
                    "muted_until": place.muted_until,
                    "last_looked_at": place.seen_at,
                }
                for place in user.memberships.select_related("group").order_by("joined_at", "pk")
            ],
            "organizations_you_look_after": [
                {"organization": admin.organization.name, "since": admin.since}
                for admin in user.administers.select_related("organization").order_by("since", "pk")
            ],
            "join_codes_you_made": [
                {"group": code.group.name, "purpose": code.purpose, "created_at": code.created_at, "uses": code.uses}
                for code in codes
            ],
        }
    )


def hurdles(user: User) -> Sequence[Hurdle]:
    """A group with other people in it needs somebody who leads it."""
    return [
        Hurdle(
            _("You are the only one who leads %(group)s. Please say who leads it from now on.")
            % {"group": place.group.name},
            reverse("leave", args=[place.group.slug]),
        )
        for place in _places(user).filter(role=Membership.Role.LEADER).order_by("group__name", "pk")
        if place.group.would_be_leaderless_without(place)
    ]


def foretell(user: User) -> Sequence[str]:
    closing = [
        _("%(group)s has nobody else in it. It is closed, and its codes no longer open it.") % {"group": group.name}
        for group in _left_to_nobody(user)
    ]
    passing = [
        _("%(name)s looks after %(organization)s from then on.")
        % {"name": heir.user.name, "organization": organization.name}
        for organization in _left_without_admin(user)
        if (heir := _heir(organization, user))
    ]
    return [*closing, *passing]


def erase(user: User, keep: Keep) -> None:
    """Their invitations are called back; organizations pass to somebody who leads there; lonely groups close."""
    forget(Notice.objects.filter(kind="invitation", context__inviter=user.pk))
    for organization in _left_without_admin(user):
        if heir := _heir(organization, user):
            OrganizationAdmin.objects.get_or_create(organization=organization, user=heir.user)
    lonely = [group.pk for group in _left_to_nobody(user)]
    Group.objects.filter(pk__in=lonely).update(archived_at=timezone.now())


def _places(user: User) -> QuerySet[Membership]:
    return Membership.objects.active().filter(user=user, group__archived_at=None).select_related("group__organization")


def _left_to_nobody(user: User) -> list[Group]:
    """Groups that nobody could open any more without this person."""
    others = Membership.objects.active().filter(group=OuterRef("pk")).exclude(user=user)
    other_admins = OrganizationAdmin.objects.filter(organization=OuterRef("organization")).exclude(user=user)
    return list(Group.objects.of_member(user).exclude(Exists(others)).exclude(Exists(other_admins)).order_by("name"))


def _left_without_admin(user: User) -> list[Organization]:
    others = OrganizationAdmin.objects.filter(organization=OuterRef("pk")).exclude(user=user)
    return list(Organization.objects.administered_by(user).exclude(Exists(others)).order_by("name", "pk"))


def _heir(organization: Organization, user: User) -> Membership | None:
    """Who looks after an organization when its only admin goes: the other person who has led there for longest."""
    leaders = Membership.objects.active().leaders().filter(group__organization=organization, group__archived_at=None)
    return leaders.exclude(user=user).select_related("user").order_by("joined_at", "pk").first()


register(
    Room(
        "groups",
        says=gettext_lazy("the groups you are in or were in"),
        export=export,
        erase=erase,
        hurdles=hurdles,
        foretell=foretell,
    )
)
