from datetime import timedelta

import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import AccountMail, AuditEntry, User
from accounts.models.audit import record
from accounts.retention import purge_accounts
from notifications import outbox
from notifications.models import KeptMail, Notice
from notifications.retention import purge_notifications
from tests.factories import make_user


def test_an_unfinished_sign_up_goes_after_seven_days(mia: User) -> None:
    unfinished = make_user("Una")
    EmailAddress.objects.create(user=unfinished, email=unfinished.email)
    confirmed = make_user("Carl")
    EmailAddress.objects.create(user=confirmed, email=confirmed.email, verified=True)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        purge_accounts()
        assert User.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        purge_accounts()
        assert set(User.objects.all()) == {mia, confirmed}


def test_the_audit_log_goes_after_two_years_and_not_before(mia: User) -> None:
    record(mia, "removed", mia)
    with time_machine.travel(timezone.now() + timedelta(days=729)):
        purge_accounts()
        assert AuditEntry.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=732)):
        purge_accounts()
        assert not AuditEntry.objects.exists()


def test_codes_go_a_day_after_they_expired(db: None) -> None:
    AccountMail.objects.create(address="a@example.org", template="login_code", code="123456", expires_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        purge_notifications()
        assert AccountMail.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        purge_notifications()
        assert not AccountMail.objects.exists()


def test_notices_go_after_ninety_days_and_kept_mail_after_thirty(mia: User) -> None:
    outbox.queue("a@example.org", "account", "x", expires_at=timezone.now())
    outbox.queue(mia, "account", "x")
    KeptMail.objects.create(address=mia.email or "", subject="s", text="t")
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        purge_notifications()
        assert Notice.objects.get().recipient == mia
        assert KeptMail.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        purge_notifications()
        assert not Notice.objects.exists()
        assert not KeptMail.objects.exists()
