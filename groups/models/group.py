from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from groups.models.ending import Ending, Quiet
from groups.models.organization import Organization, OrganizationAdmin
from groups.models.policy import Overridable, Policy, Who, opened_by, resolve_policy
from groups.school_days import DaysOff

if TYPE_CHECKING:
    from groups.models.membership import Membership


YOUNGEST = {"workplace": "adult", "community": "adult", "secondary": "11-15", "primary": "7-11"}


class LastLeader(Exception):
    """The last leader cannot leave a group that still has other people in it."""


class GroupManager(models.Manager["Group"]):
    @transaction.atomic
    def found(
        self, *, name: str, mode: str, founder: User, organization: Organization | None = None, age_band: str = ""
    ) -> "Group":
        """Make a group with its first leader, and an organization for it when there is none.

        Args:
            name: what people will call the group.
            mode: one of `Group.Mode`.
            founder: becomes the leader, and the admin of a new organization.
            organization: the one to put it in, or None to make one of the same name.
            age_band: one of `Group.AgeBand`; none given means the youngest that the mode is for.
        """
        from groups.models.classroom import Classroom

        if organization is None:
            organization = Organization.objects.create(
                name=name, time_zone=founder.time_zone, language=founder.language
            )
            OrganizationAdmin.objects.create(organization=organization, user=founder)
        stem = slugify(name)[:40].strip("-") or mode
        group = self.create(
            organization=organization,
            name=name,
            mode=mode,
            age_band=age_band or YOUNGEST[mode],
            slug=f"{stem}-{new_public_id()[:6]}",
        )
        if group.is_class:
            Classroom.objects.create(group=group, moderator=founder)
        group.admit(founder, role="leader")
        record(founder, "founded", group, group_id=group.pk)
        return group


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> "GroupQuerySet":
        """The groups a person belongs to now, and those of organizations they look after; also what was put away."""
        return self.filter(self._with_member(user) | self._with_admin(user), delete_after=None)

    def of_member(self, user: User) -> "GroupQuerySet":
        """The groups in which a person takes part: none that was put away."""
        return self.filter(self._with_member(user), archived_at=None, delete_after=None)

    def allowed(self) -> "GroupQuerySet":
        """Groups of adults, and the classes for which the yes of their school or of the parents holds."""
        from groups.models.authorization import Authorization

        said_yes = Authorization.objects.live().filter(organization=OuterRef("organization"))
        yes = Exists(said_yes.filter(group=OuterRef("pk"))) | Exists(said_yes.filter(group=None))
        return self.filter(models.Q(classroom=None) | yes)

    def run_by(self, user: User) -> "GroupQuerySet":
        """The groups a person leads, and those of organizations they look after: what `can_be_run_by` says of one."""
        return self.ended_or_run_by(user).filter(archived_at=None, delete_after=None)

    def ended_or_run_by(self, user: User) -> "GroupQuerySet":
        """The same with those that were put away or are about to be deleted, for who may bring them back."""
        from groups.models.membership import Membership

        leader = Membership.objects.active().leaders().filter(group=OuterRef("pk"), user=user)
        return self.filter(Exists(leader) | self._with_admin(user))

    def to_purge(self) -> "GroupQuerySet":
        """Those whose days of grace are over."""
        return self.filter(delete_after__lte=timezone.now())

    def _with_member(self, user: User) -> Exists:
        from groups.models.membership import Membership

        return Exists(Membership.objects.active().filter(group=OuterRef("pk"), user=user))

    def _with_admin(self, user: User) -> Exists:
        return Exists(OrganizationAdmin.objects.filter(organization=OuterRef("organization"), user=user))


class Group(Overridable, Ending):
    """A team or class in an organization. Everything that people share belongs to a group."""

    class Mode(models.TextChoices):
        WORKPLACE = "workplace", gettext_lazy("A team at work")
        COMMUNITY = "community", gettext_lazy("A community group")
        SECONDARY = "secondary", gettext_lazy("A class, 11 to 18")
        PRIMARY = "primary", gettext_lazy("A class, 7 to 11")

    class AgeBand(models.TextChoices):
        PRIMARY = "7-11", gettext_lazy("7 to 11")
        LOWER = "11-15", gettext_lazy("11 to 15")
        UPPER = "16-18", gettext_lazy("16 to 18")
        ADULT = "adult", gettext_lazy("Adults")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(gettext_lazy("name"), max_length=80)
    slug = models.SlugField(max_length=60, unique=True, editable=False)
    mode = models.CharField(max_length=10, choices=Mode)
    age_band = models.CharField(max_length=6, choices=AgeBand, default=AgeBand.ADULT)
    created_at = models.DateTimeField(default=timezone.now)

    # The signed-in person's place in it (None where they have none), and whether they run it: set where the rows of
    # a request are read (`groups.places`).
    my_place: "Membership | None"
    is_run: bool

    objects = GroupManager.from_queryset(GroupQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mode__in=["workplace", "community"], age_band__in=["adult", "16-18", "11-15"])
                | models.Q(mode="secondary", age_band__in=["11-15", "16-18"])
                | models.Q(mode="primary", age_band="7-11"),
                name="the_age_band_fits_the_mode",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.slug])

    @property
    def is_class(self) -> bool:
        """Whether its members are pupils and its leaders their teachers."""
        return self.mode in {self.Mode.PRIMARY, self.Mode.SECONDARY}

    @property
    def days_off(self) -> DaysOff:
        """The days on which this class has no school; read once for all classes of a school that are at hand."""
        from groups.models.school import School

        known = vars(self.organization)
        if "days_off" not in known:
            school = getattr(self.organization, "school", None) or School(organization=self.organization)
            known["days_off"] = school.days_off
        days_off: DaysOff = known["days_off"]
        return days_off

    def next_open(self, moment: datetime) -> datetime:
        """When somebody may be asked to look: a class in school hours only, any other group at once."""
        return self.classroom.school.next_open(moment) if self.is_class else moment

    @cached_property
    def policy(self) -> Policy:
        return resolve_policy(self)

    @transaction.atomic
    def rename(self, name: str, by: User) -> None:
        """Another name at the same address: links that are on posters go on working."""
        self.name = name
        self.save(update_fields=["name"])
        record(by, "renamed", self, group_id=self.pk)

    @transaction.atomic
    def delete_soon(self, by: User) -> bool:
        """Take it from everybody's sight now, and for good when the days of grace are over."""
        from groups import messages

        is_going = super().delete_soon(by)
        if is_going:
            messages.is_going(self)
        return is_going

    def can_open(self, name: str, user: User) -> bool:
        """Whether this person may open a permission of this group."""
        who = opened_by(self, name)
        return self.has_admin(user) if who == Who.ADMINS else who == Who.LEADERS and self.can_be_run_by(user)

    @transaction.atomic
    def change_rule(self, name: str, *, allowed: bool, by: User) -> None:
        """Open or close one permission.

        Raises:
            ValueError: there is no such permission.
            PermissionDenied: it is not this person's to change.
        """
        if not (self.can_open(name, by) if allowed else self.can_be_run_by(by)):
            raise PermissionDenied
        self.override(name, allowed=allowed, by=by)
        record(by, f"{'opened' if allowed else 'closed'} {name}", self, group_id=self.pk)

    @property
    def is_allowed(self) -> bool:
        """Whether the yes holds that a class needs; groups of adults need none."""
        return not self.is_class or Group.objects.allowed().filter(pk=self.pk).exists()

    def why_quiet(self, user: User) -> str:
        """Why this person cannot say anything to this group at the moment; empty when they can."""
        try:
            self.check_open()
        except Quiet as reason:
            return str(reason)
        if not self.is_allowed:
            return _("Nobody has said yes for this class at the moment, so nothing can be told here.")
        known = vars(self).get("my_place")
        mine = known if known and known.user_id == user.pk else self.memberships.active().filter(user=user).first()
        if mine is None or not mine.is_muted or mine.muted_until is None:
            return ""
        # Translators: the format of a day and an hour, in Django's date format letters.
        moment = date_format(timezone.localtime(mine.muted_until, user.zone), _("l, F j, P"))
        return _("Until %(moment)s you read along here. After that you can write again.") % {"moment": moment}

    def takes_photos_of(self, user: User) -> bool:
        """Whether this person may send photos here: not where photos are closed, nor for a child who sends none."""
        return self.policy.photos_open and not (user.is_pupil and user.pupil.photos_off)

    def check_may_speak(self, user: User) -> None:
        """Raise Quiet where this person has nothing to say to this group at the moment."""
        if reason := self.why_quiet(user):
            raise Quiet(reason)

    def admit(self, user: User, *, role: str = "member") -> "Membership":
        """Take a person in. Somebody who is already in keeps the place they have."""
        from groups.models.membership import Membership

        membership, _new = Membership.objects.open().get_or_create(
            group=self, user=user, defaults={"role": role, "state": Membership.State.ACTIVE}
        )
        return membership

    def would_be_leaderless_without(self, membership: "Membership") -> bool:
        """Whether others would be left without anybody who leads them."""
        others = self.memberships.active().exclude(pk=membership.pk)
        return membership.is_leader and others.exists() and not others.for_good().exists()

    @transaction.atomic
    def part_with(self, user: User, *, successor: "Membership | None" = None) -> None:
        """Let a person leave. What they posted stays; their place is kept as history.

        Args:
            successor: an active place in this group whose person leads from now on.

        Raises:
            LastLeader: they are the only leader and others would be left without one.
        """
        from groups import messages

        # The group's row is the lock: of two leaders who leave at once, the second is the last one.
        Group.objects.select_for_update().get(pk=self.pk)
        mine = self.memberships.active().filter(user=user).first()
        if mine is None:  # a double click: they are out already
            return
        heir = self.memberships.active().exclude(pk=mine.pk).filter(pk=successor.pk).first() if successor else None
        if heir and (heir.is_leader or heir.make_leader(user)):
            record(user, "handed over", self, group_id=self.pk)
        if self.would_be_leaderless_without(mine):
            raise LastLeader
        mine.end("left")
        self._hand_over_organization(user)
        messages.lost_sight(user, Group.objects.filter(pk=self.pk))

    def _hand_over_organization(self, user: User) -> None:
        """Who leaves the only group of an organization no longer looks after it, if a leader is left to do so."""
        leader = self.memberships.for_good().order_by("joined_at", "pk").first()
        if leader is None or not self.has_admin(user) or self.organization.groups.exclude(pk=self.pk).exists():
            return
        OrganizationAdmin.objects.get_or_create(organization=self.organization, user_id=leader.user_id)
        OrganizationAdmin.objects.filter(organization=self.organization, user=user).delete()

    def runners(self) -> models.QuerySet[User]:
        """Those who run it, as far as they can sign in: what `can_be_run_by` says of one person."""
        leaders = self.memberships.active().leaders()
        admins = OrganizationAdmin.objects.filter(organization=self.organization_id)
        runs = models.Q(pk__in=leaders.values("user")) | models.Q(pk__in=admins.values("user"))
        return User.objects.filter(runs, is_active=True)

    def is_led_by(self, user: User) -> bool:
        return self.memberships.active().leaders().filter(user=user).exists()

    def is_led_for_a_time_by(self, user: User) -> bool:
        """Whether this person only stands in: what cannot be taken back is not theirs."""
        places = self.memberships.active().leaders().filter(user=user)
        return places.exclude(until=None).exists() and not self.has_admin(user)

    def has_admin(self, user: User) -> bool:
        return self.organization.has_admin(user)

    def can_be_run_by(self, user: User) -> bool:
        """Leaders run their group; an organization's admins may step in for any of its groups."""
        return self.is_led_by(user) or self.has_admin(user)
