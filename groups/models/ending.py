from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models.audit import record

if TYPE_CHECKING:
    from accounts.models import User

GRACE = timedelta(days=7)


class Quiet(PermissionDenied):
    """Nothing new can be said here at the moment; the text says why, to the person who tried."""


class Ending(models.Model):
    """How a group ends: put away it can only be read; deleted it is gone after a week in which it can be kept."""

    archived_at = models.DateTimeField(null=True)
    delete_after = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.archived_at is None and self.delete_after is None

    def check_open(self) -> None:
        """Raise Quiet unless something new may happen in this group."""
        if not self.is_open:
            raise Quiet(_("This group is put away: all of it can be read, and nothing is added."))

    def put_away(self, by: "User") -> bool:
        """Nothing is added from now on; everybody can still read. False if it was put away already."""
        return self._end(by, "put away", archived_at=None, to={"archived_at": timezone.now()})

    def bring_back(self, by: "User") -> bool:
        """Go on where it stopped. False if it was not put away."""
        return self._end(by, "brought back", archived_at__isnull=False, to={"archived_at": None})

    def delete_soon(self, by: "User") -> bool:
        """Take it from everybody's sight now, and for good when the days of grace are over."""
        return self._end(by, "asked to delete", delete_after=None, to={"delete_after": timezone.now() + GRACE})

    def keep(self, by: "User") -> bool:
        """Do not delete it after all. False if nobody had asked, or it is gone."""
        return self._end(by, "kept", delete_after__gt=timezone.now(), to={"delete_after": None})

    @transaction.atomic
    def _end(self: Self, by: "User", verb: str, *, to: dict[str, datetime | None], **before: object) -> bool:
        """Change the state only from the one it is thought to be in; of two who ask at once, one did it."""
        if not type(self)._default_manager.filter(pk=self.pk, **before).update(**to):
            return False
        for name, value in to.items():
            setattr(self, name, value)
        vars(self).pop("policy", None)
        record(by, verb, self, group_id=self.pk)
        return True
