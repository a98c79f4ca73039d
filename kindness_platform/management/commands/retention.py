"""What the clock does once a day, by hand: deletes what is older than `docs/privacy.md` promises."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.retention import purge_accounts
from notifications.retention import purge_notifications

# Later rooms first: what they let go may be what earlier rooms then need no more.
PURGES = {"notifications": purge_notifications, "accounts": purge_accounts}


class Command(BaseCommand):
    help = "Delete what is older than its limit, and say how much that was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        how = "would be deleted" if dry_run else "deleted"
        with transaction.atomic():
            for room, purge in PURGES.items():
                self.stdout.write(f"{room}: {purge()} rows {how}")
            transaction.set_rollback(dry_run)
