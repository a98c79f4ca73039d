import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.audit import record
from groups.models.group import Group
from groups.models.membership import Membership
from groups.models.organization import OrganizationAdmin

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 12
LIFETIME = timedelta(days=90)
LIFETIMES = {"adult": LIFETIME, "class": timedelta(days=400), "wall": timedelta(hours=12), "staff": timedelta(days=2)}
# Letters that would spell something unkind on a poster; a new code is drawn instead.
UNKIND = ("FUC", "FUK", "SHT", "CUNT", "KKK", "NAZ", "SEX", "ASS", "FAG", "DYKE", "RAPE", "KYS", "DEAD", "HATE", "KLL")


def draw_code() -> str:
    """12 letters of 32, 60 bits; no letter looks like another (SAFETY B10).

    So many that guessing is hopeless however often it is tried, from however many addresses: no limit that all
    visitors share is needed, with which one of them could shut out the others.
    """
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not any(word in code for word in UNKIND):
            return code


def normalize_code(typed: str) -> str:
    """What somebody typed, as codes are kept: upper case, plain letters, no spaces or dashes."""
    import unicodedata

    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in plain if character.isalnum())[:32]


def in_fours(code: str) -> str:
    """A code with a dash after every four letters."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


class JoinCodeQuerySet(models.QuerySet["JoinCode"]):
    def live(self) -> "JoinCodeQuerySet":
        """Those that work now. What a teacher has made for a screen or a colleague ends with their place or account."""
        now = timezone.now()
        return self.filter(
            ~Q(purpose__in=[JoinCode.Purpose.WALL, JoinCode.Purpose.STAFF]) | _made_by_who_runs_it(),
            Q(max_uses=None) | Q(uses__lt=F("max_uses")),
            revoked_at=None,
            expires_at__gt=now,
            group__archived_at=None,
            group__delete_after=None,
        ).exclude(code=None)

    def find(self, typed: str, purpose: str = "adult") -> "JoinCode | None":
        """The live code that was typed, or None: a dead code and a wrong one look the same.

        No code that goes from hand to hand lets a grown-up into a class.
        """
        found = self.live().filter(code=normalize_code(typed), purpose=purpose).select_related("group__organization")
        code = found.first()
        return None if code and code.group.is_class and purpose == JoinCode.Purpose.ADULT else code


def _made_by_who_runs_it() -> Q:
    """Of a code: whoever made it still runs its group."""
    maker = {"user": OuterRef("created_by"), "user__is_active": True}
    leads = Membership.objects.active().leaders().filter(group=OuterRef("group"), **maker)
    looks_after = OrganizationAdmin.objects.filter(organization=OuterRef("group__organization"), **maker)
    return Q(Exists(leads)) | Q(Exists(looks_after))


class JoinCode(models.Model):
    """A code that lets people into a group. A live code can be shown again; a dead one is only a prefix."""

    class Purpose(models.TextChoices):
        ADULT = "adult", _("Joining with an account")
        CLASS = "class", _("Pupils of a class")
        WALL = "wall", _("Showing the wall")
        STAFF = "staff", _("A teacher of a class")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="join_codes")
    purpose = models.CharField(max_length=5, choices=Purpose, default=Purpose.ADULT)
    code = models.CharField(max_length=LENGTH, null=True, unique=True, default=draw_code)
    prefix = models.CharField(max_length=2, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(null=True)
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    place_until = models.DateTimeField(null=True)

    objects = JoinCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["group", "purpose"], name="join_codes_of_a_group")]

    def __str__(self) -> str:
        return f"{self.purpose} code of {self.group_id}"

    @property
    def begins(self) -> str:
        """All that a dead code still says."""
        return self.prefix or (self.code or "")[:2]

    @property
    def is_full(self) -> bool:
        return self.max_uses is not None and self.uses >= self.max_uses

    @property
    def spaced(self) -> str:
        """The code as people read it."""
        return in_fours(self.code or "")

    @classmethod
    def live_of(cls, group: Group, purpose: str = "adult") -> "JoinCode | None":
        """The group's live code for a purpose, if it has one."""
        return cls.objects.live().filter(group=group, purpose=purpose).order_by("-created_at", "-pk").first()

    @classmethod
    @transaction.atomic
    def current(cls, group: Group, by: User | None = None, purpose: str = "adult") -> "JoinCode":
        """The group's live code for a purpose; a new one where there is none."""
        # The group's row is the lock, as in `rotate`: of two who ask for the first code at once, one makes it.
        Group.objects.select_for_update().get(pk=group.pk)
        return cls.live_of(group, purpose) or cls.objects.create(
            group=group, purpose=purpose, created_by=by, expires_at=timezone.now() + LIFETIMES[purpose]
        )

    @transaction.atomic
    def rotate(self, by: User) -> "JoinCode":
        """A new code in place of all live ones of this purpose, which are dead at once."""
        # The group's row is the lock: two rotations at the same moment leave one live code.
        Group.objects.select_for_update().get(pk=self.group_id)
        live = type(self).objects.filter(group_id=self.group_id, purpose=self.purpose, revoked_at=None)
        live.update(revoked_at=timezone.now(), prefix=Substr("code", 1, 2), code=None)
        return type(self).objects.create(
            group=self.group, purpose=self.purpose, created_by=by, expires_at=timezone.now() + LIFETIMES[self.purpose]
        )

    @transaction.atomic
    def limit(self, *, expires_at: datetime, max_uses: int | None, by: User) -> None:
        """How long this code works, and for how many."""
        self.expires_at, self.max_uses = expires_at, max_uses
        self.save(update_fields=["expires_at", "max_uses"])
        record(by, "limited", self, group_id=self.group_id)

    @transaction.atomic
    def stop(self, by: User) -> None:
        """Let nobody in by this code any more, and by no other until there is a new one."""
        type(self).objects.filter(pk=self.pk, revoked_at=None).update(
            revoked_at=timezone.now(), prefix=Substr("code", 1, 2), code=None
        )
        record(by, "stopped", self, group_id=self.group_id)

    @transaction.atomic
    def redeem(self, user: User) -> bool:
        """Let one person in by this code.

        Returns:
            False when the code died meanwhile, its last place went to somebody else, or the person was
            removed from the group: who removed them lets them in again. Who is already in does not use
            up a place.
        """
        # The code's row is the lock, so that a double click uses up one place.
        type(self).objects.select_for_update().get(pk=self.pk)
        self.group.memberships.close_ended()
        if self.group.memberships.open().filter(user=user).exists():
            return True
        if self.has_shut_out(user):
            return False
        taken = type(self).objects.live().filter(pk=self.pk).update(uses=F("uses") + 1)
        if not taken:
            return False
        place = self.group.admit(user, role="leader" if self.purpose == self.Purpose.STAFF else "member")
        if self.place_until:
            place.until = self.place_until
            place.save(update_fields=["until"])
        return True

    @classmethod
    @transaction.atomic
    def for_colleague(cls, group: Group, by: User, *, until: datetime | None = None) -> "JoinCode":
        """A code that lets one grown-up teach a class: for good, or as a substitute until a moment.

        It works once, for two days at most, and no longer than the place it gives.
        """
        expires_at = timezone.now() + LIFETIMES[cls.Purpose.STAFF]
        code = cls.objects.create(
            group=group,
            purpose=cls.Purpose.STAFF,
            created_by=by,
            expires_at=min(expires_at, until) if until else expires_at,
            max_uses=1,
            place_until=until,
        )
        record(by, "made a teacher's code", code, group_id=group.pk)
        return code

    def has_shut_out(self, user: User) -> bool:
        """Whether the last thing between this person and the group was that somebody removed them."""
        last = self.group.memberships.filter(user=user).order_by("-joined_at", "-pk").first()
        return last is not None and last.state == last.State.REMOVED
