import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from groups.models.organization import Organization

MOST = 12
# Digits with what people put between them, from an emergency number of three digits to one with an extension.
PHONE = re.compile(r"[+(]?[0-9][0-9 ().,/#*-]{1,28}", re.ASCII)


def validate_phone(value: str) -> None:
    if not PHONE.fullmatch(value):
        raise ValidationError(_("Please give a phone number in digits, such as +1 555 0100."), code="phone")


def validate_link(value: str) -> None:
    """A page on the web, at a host that is what it looks like: nothing before an @, nothing that runs."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        good = False
    if not good:
        raise ValidationError(_("Please give the address of a page, such as https://example.org/help."), code="link")


class SupportContactQuerySet(models.QuerySet["SupportContact"]):
    def for_person(self, user: User) -> "SupportContactQuerySet":
        """The contacts of every organization that a person belongs to or looks after, also where a group has ended."""
        return self.filter(organization__in=Organization.objects.of_person(user))


class SupportContact(models.Model):
    """Somebody to turn to when things are hard, shown to everybody of an organization."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="support_contacts")
    name = models.CharField(_("name"), max_length=80)
    what_for = models.CharField(_("what for"), max_length=160, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail address"), blank=True)
    link = models.URLField(_("page"), max_length=300, blank=True, validators=[validate_link])
    created_at = models.DateTimeField(default=timezone.now)

    objects = SupportContactQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="", email="", link=""), name="a_support_contact_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dialed(self) -> str:
        """The number as a phone dials it."""
        return re.sub(r"[^0-9+#*,]", "", self.phone)

    @property
    def host(self) -> str:
        """Where the link leads, so that nobody has to guess."""
        return urlsplit(self.link).hostname or ""
