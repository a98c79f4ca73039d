import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import locking
from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from groups.class_words import WORDS
from groups.models.authorization import Authorization, NotAuthorized
from groups.models.group import Group
from groups.models.join_code import JoinCode
from groups.models.membership import Membership
from groups.models.organization import Organization
from groups.newcomers import welcome
from groups.picture_names import PICTURES

ERRORS = 5
"""So many wrong tries in a row lock a pupil's sign-in until the teacher opens it again (CHILDREN C5)."""
HINT = 40


@dataclass(frozen=True)
class Secret:
    """What signs one pupil in: four pictures in order, two words, and the key of their own card.

    Attributes:
        pictures: four of `PICTURES`, one of 331,776 rows; the same one may come twice.
        words: two of 2,048.
        card: what their QR card carries, 120 bits.
    """

    pictures: tuple[str, ...]
    words: tuple[str, ...]
    card: str

    @classmethod
    def draw(cls) -> "Secret":
        return cls(
            pictures=tuple(secrets.choice(PICTURES) for _ in range(4)),
            words=tuple(secrets.choice(WORDS) for _ in range(2)),
            card=new_public_id() + new_public_id()[:8],
        )

    def locked(self) -> str:
        return locking.lock(json.dumps([self.pictures, self.words, self.card]))

    @classmethod
    def unlocked(cls, text: str) -> "Secret":
        pictures, words, card = json.loads(locking.unlock(text))
        return cls(tuple(pictures), tuple(words), card)


class PupilQuerySet(models.QuerySet["Pupil"]):
    def in_class(self, group: Group) -> "PupilQuerySet":
        """The pupils of a class as it is now, by name."""
        place = Membership.objects.active().filter(group=group, user=OuterRef("user"))
        return self.filter(Exists(place)).select_related("user").order_by("user__name", "pk")

    @transaction.atomic
    def add(self, group: Group, name: str, *, by: User, hint: str = "") -> "Pupil":
        """Take one child into a class: a user without an address, what signs them in, and their place.

        Raises:
            NotAuthorized: nobody has recorded yet that this class may be here.
        """
        # The organization's row is the lock that a withdrawal takes, too.
        Organization.objects.select_for_update().get(pk=group.organization_id)
        if not group.is_class or not Authorization.objects.covering(group).exists():
            raise NotAuthorized
        organization = group.organization
        user = User.objects.create_user(
            name=name, kind=User.Kind.PUPIL, time_zone=organization.time_zone, language=organization.language
        )
        pupil = self.create(user=user, organization=organization, hint=hint, credential=Secret.draw().locked())
        group.admit(user)
        JoinCode.current(group, by, JoinCode.Purpose.CLASS)
        welcome(group, user)
        record(by, "added", pupil, group_id=group.pk)
        return pupil


class Pupil(models.Model):
    """What is kept about a child besides the name: what signs them in, and how the teacher tells two alike apart.

    No surname, no address, no birth date: there is no field for them.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pupil")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="pupils")
    hint = models.CharField(max_length=HINT, blank=True)
    credential = models.TextField()
    issued_at = models.DateTimeField(default=timezone.now)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    photos_off = models.BooleanField(default=False)
    sits_out_since = models.DateTimeField(null=True)

    objects = PupilQuerySet.as_manager()

    def __str__(self) -> str:
        return f"pupil {self.user_id}"

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def secret(self) -> Secret:
        return Secret.unlocked(self.credential)

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def sits_out(self) -> bool:
        """Whether this pupil does the other task instead; nobody but them and who runs the class is shown this."""
        return self.sits_out_since is not None

    @transaction.atomic
    def issue(self, by: User) -> Secret:
        """New pictures, words and card; the old ones are dead at once, and so is every sign-in by them."""
        secret = Secret.draw()
        self._keep(credential=secret.locked(), issued_at=timezone.now(), wrong_tries=0, locked_at=None)
        self.user.sessions.all().delete()
        record(by, "issued anew", self)
        return secret

    @transaction.atomic
    def open_again(self, by: User) -> None:
        """Let them try again after five errors, with the pictures they have."""
        self._keep(wrong_tries=0, locked_at=None)
        record(by, "opened again", self)

    def take_try(self) -> bool:
        """Use up one of five tries, before anybody looks whether it is right; False when none is left.

        The fifth locks, unless it turns out to be right (`note_right`): however many try at once, five get through.
        """
        mine = type(self).objects.filter(pk=self.pk, locked_at=None, wrong_tries__lt=ERRORS)
        taken = mine.update(wrong_tries=models.F("wrong_tries") + 1) == 1
        type(self).objects.filter(pk=self.pk, locked_at=None, wrong_tries__gte=ERRORS).update(locked_at=timezone.now())
        self.refresh_from_db(fields=["wrong_tries", "locked_at"])
        return taken

    def note_right(self) -> None:
        """The try that was taken was right: five errors in a row are counted anew."""
        self._keep(wrong_tries=0, locked_at=None)

    @transaction.atomic
    def sit_out(self, *, out: bool, by: User) -> None:
        """Do the other task from now on, or take part again. Nobody asks why."""
        self._keep(sits_out_since=timezone.now() if out else None)
        record(by, "sits out" if out else "takes part", self)

    @transaction.atomic
    def change(self, by: User, **values: object) -> None:
        """Another hint, or photos off for this child alone."""
        self._keep(**values)
        record(by, "changed", self)

    @transaction.atomic
    def rename(self, name: str, by: User) -> None:
        self.user.name = name
        self.user.save(update_fields=["name"])
        record(by, "renamed", self)

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
