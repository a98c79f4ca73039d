import unicodedata
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import terms
from accounts.ids import new_public_id
from accounts.models.audit import record
from accounts.zones import validate_zone, zone_named


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """A person with an address, or a pupil without one. No password means none works."""
        user = self.model(email=(email or "").strip().lower() or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: a person with an e-mail address, or a pupil without one."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        PUPIL = "pupil", _("Pupil")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PERSON)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=60)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    language = models.CharField(_("language"), max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    terms_fingerprint = models.CharField(max_length=64, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(
                condition=models.Q(kind="person", email__isnull=False) | models.Q(kind="pupil", email__isnull=True),
                name="people_have_an_address_and_pupils_have_none",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(_one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(_one_form(raw_password) or "")

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.time_zone)

    @property
    def is_pupil(self) -> bool:
        return self.kind == self.Kind.PUPIL

    @property
    def has_accepted_terms(self) -> bool:
        """Whether it was the terms as they are now that this person accepted; for a pupil the school has said yes."""
        return self.is_pupil or self.terms_fingerprint == terms.fingerprint()

    @transaction.atomic
    def accept_terms(self) -> None:
        """Record which text was accepted and when; the log keeps the earlier ones."""
        self.terms_fingerprint, self.terms_accepted_at = terms.fingerprint(), timezone.now()
        self.save(update_fields=["terms_fingerprint", "terms_accepted_at"])
        record(self, f"accepted terms {terms.version()}", self)

    def local_now(self) -> datetime:
        return timezone.now().astimezone(self.zone)

    def today(self) -> date:
        """The date it is for this person, wherever the server stands."""
        return self.local_now().date()


def _one_form(password: str | None) -> str | None:
    """The same letters, however a keyboard composes them: an é may be one sign or two."""
    return password and unicodedata.normalize("NFC", password)
