"""What is not kept: notices that were told, letters of the demo, and codes whose time is over."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import AccountMail, User
from notifications.models import KeptMail, Notice, PushDevice, Suppression

NOTICES = timedelta(days=90)
ACCOUNT_NOTICES = timedelta(days=1)
KEPT_MAIL = timedelta(days=30)
ACCOUNT_MAIL = timedelta(days=1)
SUPPRESSION = timedelta(days=365)


def purge_notifications() -> int:
    """Delete what is older than its limit; once a day. Returns the number of rows."""
    now = timezone.now()
    addresses = User.objects.exclude(email=None).values("email")
    outdated = (
        AccountMail.objects.filter(expires_at__lt=now - ACCOUNT_MAIL),
        KeptMail.objects.filter(created_at__lt=now - KEPT_MAIL),
        # Such a letter may be the last one that somebody got, and the only thing left that holds their address.
        KeptMail.objects.filter(created_at__lt=now - ACCOUNT_MAIL).exclude(address__in=addresses),
        # What goes to a bare address holds the address, so it goes as soon as it can say nothing more.
        Notice.objects.filter(kind="account", due_at__lt=now - ACCOUNT_NOTICES, expires_at__lt=now - ACCOUNT_MAIL),
        Notice.objects.filter(due_at__lt=now - NOTICES, created_at__lt=now - NOTICES),
        Suppression.objects.filter(scored_at__lt=now - SUPPRESSION).exclude(stopped_at__gte=now - SUPPRESSION),
        # Nobody is signed in there any more.
        PushDevice.objects.exclude(pk__in=PushDevice.objects.signed_in().values("pk")),
    )
    return sum(rows.delete()[0] for rows in outdated)
