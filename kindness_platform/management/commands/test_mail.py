"""One letter on purpose, so that a wrong mail setting is found by the operator and not by a member who waits."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError

from kindness_platform import mail_setup


class Command(BaseCommand):
    help = "Send a short letter to an address, and say plainly what went wrong if it cannot be sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        if not settings.MAIL_URL:
            raise CommandError(f"No mail server is set (MAIL_URL), so nothing is sent. {mail_setup.describe()}")
        letter = EmailMessage(
            f"A test from {settings.SITE_NAME}",
            f"This letter was sent by {settings.BASE_URL}/ to see whether mail works. It does.\n",
            to=[address.strip()],
            headers={"Auto-Submitted": "auto-generated"},
        )
        self.stdout.write(f"Sending from {settings.DEFAULT_FROM_EMAIL} through {mail_setup.describe()} …")
        try:
            letter.send(using="default")
        except Exception as problem:
            raise CommandError(mail_setup.explain(problem)) from problem
        self.stdout.write("The mail server has taken the letter. Look for it, also among the junk.")
