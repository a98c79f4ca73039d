"""Data to try the platform with: `make run` calls this on an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kindness_platform import demo, demo_class


class Command(BaseCommand):
    help = "Fill an empty database with two groups and a class in mid-challenge, and say whom to sign in as."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo people have a known password, so they are made with GOODTURN_MODE=demo only.")
        accounts = demo.make()
        if not accounts:
            self.stdout.write("There are people here already; nothing was changed.")
            return
        self.stdout.write("Sign in as one of these (all of them with the same password):")
        for account in accounts:
            self.stdout.write(f"  {account.name}, {account.role}: {account.email}  {account.password}")
        self.stdout.write(f"Or as a pupil: {demo_class.way_in(settings.BASE_URL)}")
