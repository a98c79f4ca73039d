"""A person's places in groups, and what must not be left to nobody when they go."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.data_rights import Copy, Hurdle, Keep, Room, register
from accounts.models import User
from groups.models import ExternalId, Group, JoinCode, Membership, Organization, OrganizationAdmin, Pupil
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
                    "ends_by_itself_at": place.until,
                }
                for place in user.memberships.select_related("group").order_by("joined_at", "pk")
            ],
            "organizations_you_look_after": [
                {"organization": admin.organization.name, "since": admin.since}
                for admin in user.administers.select_related("organization").order_by("since", "pk")
            ],
            "as_a_pupil": [
                {
                    "organization": pupil.organization.name,
                    "note_that_tells_you_apart": pupil.hint,
                    "sign_in_card_of": pupil.issued_at,
                    "wrong_tries": pupil.wrong_tries,
                    "locked_at": pupil.locked_at,
                    "without_photos": pupil.photos_off,
                    "does_another_task_since": pupil.sits_out_since,
                }
                for pupil in Pupil.objects.filter(user=user).select_related("organization")
            ],
            "what_your_school_calls_you": list(
                ExternalId.objects.filter(user=user).order_by("pk").values("source", "sourced_id")
            ),
            "join_codes_you_made": [
                {"group": code.group.name, "purpose": code.purpose, "created_at": code.created_at, "uses": code.uses}
                for code in codes
            ],
        }
    )


def hurdles(user: User) -> Sequence[Hurdle]:
    """A group with other people in it needs somebody who leads it, and an organization somebody who looks after it."""
    alone = [place.group for place in _led(user) if place.group.would_be_leaderless_without(place)]
    # Who hands over the only group of an organization hands over the organization with it.
    with_group = {
        group.organization_id for group in alone if not group.organization.groups.exclude(pk=group.pk).exists()
    }
    leading = [
        Hurdle(
            _("You are the only one who leads %(group)s. Please say who leads it from now on.") % {"group": group.name},
            reverse("leave", args=[group.slug]),
        )
        for group in alone
    ]
    looking_after = [
        Hurdle(
            _("You are the only one who looks after %(organization)s. Please say who does so as well.")
            % {"organization": organization.name},
            reverse("organization", args=[organization.public_id]),
        )
        for organization in _left_without_admin(user)
        if organization.pk not in with_group and organization.candidates().exclude(pk=user.pk).exists()
    ]
    return [*leading, *looking_after]


def foretell(user: User) -> Sequence[str]:
    return [
        _("%(group)s has nobody else in it, so it goes with you, with everything in it.") % {"group": group.name}
        for group in _left_to_nobody(user)
    ]


def erase(user: User, keep: Keep) -> None:
    """Their invitations are called back, and groups that nobody could open any more are deleted within the hour.

    An organization has somebody else by now, or nobody else is there. Only where a backup has brought back an older
    state it passes to who has led a group there for longest.
    """
    forget(Notice.objects.filter(kind="invitation", context__inviter=user.pk))
    for organization in _left_without_admin(user):
        if heir := _heir(organization, user):
            OrganizationAdmin.objects.get_or_create(organization=organization, user=heir.user)
    lonely = [group.pk for group in _left_to_nobody(user)]
    Group.objects.filter(pk__in=lonely).update(delete_after=timezone.now())


def _led(user: User) -> QuerySet[Membership]:
    places = Membership.objects.active().leaders().filter(user=user, group__in=Group.objects.of_member(user))
    return places.select_related("group__organization").order_by("group__name", "pk")


def _left_to_nobody(user: User) -> list[Group]:
    """Groups that nobody could open any more without this person."""
    others = Membership.objects.active().filter(group=OuterRef("pk")).exclude(user=user)
    other_admins = OrganizationAdmin.objects.filter(organization=OuterRef("organization")).exclude(user=user)
    return list(Group.objects.visible_to(user).exclude(Exists(others)).exclude(Exists(other_admins)).order_by("name"))


def _left_without_admin(user: User) -> list[Organization]:
    others = OrganizationAdmin.objects.filter(organization=OuterRef("pk")).exclude(user=user)
    return list(Organization.objects.administered_by(user).exclude(Exists(others)).order_by("name", "pk"))


def _heir(organization: Organization, user: User) -> Membership | None:
    """The other person who has led a group of an organization for longest."""
    leaders = Membership.objects.active().leaders().filter(group__organization=organization, until=None)
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
