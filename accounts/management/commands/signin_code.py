"""Where no mail server is set yet, the operator can read a waiting code to the person who asked for it."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.models import AccountMail, User
from accounts.models.audit import record


class Command(BaseCommand):
    help = "Print the newest code that waits for an address (sign-in, sign-up, new password), and note that."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        address = email.strip().lower()
        waiting = AccountMail.objects.filter(address__iexact=address, expires_at__gt=timezone.now()).exclude(code="")
        mail = waiting.order_by("-created_at", "-pk").first()
        if mail is None:
            raise CommandError("No code waits for this address. It may have expired: ask for a new one on the page.")
        # A code opens an account, so who is asked about it later shall be able to say that it was read out.
        record(None, "read out a code", User.objects.filter(email__iexact=address).first() or mail)
        self.stdout.write(mail.code)
