"""What the clock does once a day, by hand: deletes what is older than `docs/privacy.md` promises."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from kindness_platform.retention import PURGES, TRIALS


class Command(BaseCommand):
    help = "Delete what is older than its limit, and say how much that was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self._try()
            return
        for room, purge in PURGES.items():
            self.stdout.write(f"{room}: {purge()} deleted")

    @transaction.atomic
    def _try(self) -> None:
        """Do it and take it back. Files cannot be taken back, so those that nothing knows any more are left out."""
        for room, purge in TRIALS.items():
            self.stdout.write(f"{room}: {purge()} would be deleted")
        transaction.set_rollback(True)
