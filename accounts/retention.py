"""What accounts do not keep: unfinished sign-ups, sessions that are over, old changes of address and audit lines."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import models
from django.utils import timezone

from accounts.models import AddressChange, AuditEntry, Session, User

UNFINISHED = timedelta(days=7)
AUDIT = timedelta(days=730)
ADDRESS_CHANGE = timedelta(days=30)


def purge_accounts() -> int:
    """Delete what is older than its limit; once a day. Returns the number of rows."""
    now = timezone.now()
    sessions = Session.objects.filter(expire_date__lt=now)
    # The log's own manager refuses to delete, so that only this line can.
    audit: models.QuerySet[AuditEntry] = models.QuerySet(AuditEntry).filter(at__lt=now - AUDIT)
    changes = AddressChange.objects.filter(begun_at__lt=now - ADDRESS_CHANGE)
    return sum(rows.delete()[0] for rows in (unfinished_sign_ups(), sessions, changes, audit))


def unfinished_sign_ups() -> models.QuerySet[User]:
    """People who asked for an account and never typed the code: somebody else's address, or a change of mind.

    Who was entered by an operator has no address row at all and is not meant.
    """
    addresses = EmailAddress.objects.filter(user=models.OuterRef("pk"))
    return User.objects.filter(
        models.Exists(addresses),
        ~models.Exists(addresses.filter(verified=True)),
        last_login=None,
        date_joined__lt=timezone.now() - UNFINISHED,
    )
