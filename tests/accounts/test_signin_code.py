from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AccountMail, AuditEntry, User


def test_an_operator_can_read_a_waiting_code_to_mia(client: Client, mia: User) -> None:
    client.post("/accounts/login/", {"login": mia.email or ""})
    printed = StringIO()
    call_command("signin_code", f" {str(mia.email).upper()} ", stdout=printed)
    assert printed.getvalue().strip() == AccountMail.objects.get().code
    assert AuditEntry.objects.get(verb="read out a code", actor_id=None).thing_id == mia.pk


def test_a_code_of_somebody_who_is_not_here_yet_is_noted_too(client: Client, db: None) -> None:
    client.post("/accounts/signup/", {"email": "nina@example.org", "name": "Nina"})
    call_command("signin_code", "nina@example.org", stdout=StringIO())
    assert AuditEntry.objects.filter(verb="read out a code").count() == 1


def test_a_code_that_has_expired_waits_no_more(client: Client, mia: User) -> None:
    client.post("/accounts/login/", {"login": mia.email or ""})
    with time_machine.travel(timezone.now() + timedelta(minutes=11)), pytest.raises(CommandError):
        call_command("signin_code", mia.email)
    assert not AuditEntry.objects.exists()
