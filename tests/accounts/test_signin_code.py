from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AccountMail, User


def test_an_operator_can_read_a_waiting_code_to_mia(client: Client, mia: User) -> None:
    client.post("/accounts/login/", {"login": mia.email or ""})
    printed = StringIO()
    call_command("waitingcode", f" {str(mia.email).upper()} ", stdout=printed)
    assert printed.getvalue().strip() == AccountMail.objects.get().code


def test_a_code_that_has_expired_waits_no_more(client: Client, mia: User) -> None:
    client.post("/accounts/login/", {"login": mia.email or ""})
    with time_machine.travel(timezone.now() + timedelta(minutes=11)), pytest.raises(CommandError):
        call_command("waitingcode", mia.email)
