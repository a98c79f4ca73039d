"""Where no mail server is set yet, the operator can read a waiting code to the person who asked for it."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.models import AccountMail


class Command(BaseCommand):
    help = "Prints the newest code that waits for an address (sign-in, sign-up or a new password)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"].strip().lower()
        waiting = AccountMail.objects.filter(address__iexact=address, expires_at__gt=timezone.now()).exclude(code="")
        mail = waiting.order_by("-created_at", "-pk").first()
        if mail is None:
            raise CommandError("No code waits for this address. It may have expired: ask for a new one on the page.")
        self.stdout.write(mail.code)
