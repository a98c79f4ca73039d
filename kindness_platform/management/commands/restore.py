"""The way back from a backup. It refuses before it touches anything, or it goes through."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from kindness_platform import supervisor
from kindness_platform.backups import restore


class Command(BaseCommand):
    help = "Put a backup back into an empty installation, on SQLite or PostgreSQL; older ones are brought up to date."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the file goodturn-….zip")
        parser.add_argument("--keys", type=Path, help="the file goodturn-keys-….json that was made beside it")
        parser.add_argument(
            "--new-keys", action="store_true", help="go on with the keys here, although they are others"
        )
        parser.add_argument("--replace", action="store_true", help="give up what this installation holds now")

    def handle(self, *args: Any, archive: Path, keys: Path | None, **options: Any) -> None:
        try:
            settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = supervisor.only_one(settings.DATA_DIR)
        except (supervisor.CannotStart, OSError) as why:
            raise CommandError(f"Nothing was changed: {why}") from why
        try:
            plan = restore.restore(archive, keys_file=keys, new_keys=options["new_keys"], replace=options["replace"])
        except restore.Refused as why:
            raise CommandError(str(why)) from why
        except (DatabaseError, OSError) as why:
            raise CommandError(f"That did not work: {' '.join(str(why).split())}") from why
        finally:
            os.close(lock)
        manifest = plan.manifest
        rows = sum(table.rows for table in manifest.tables.values())
        self.stdout.write(
            f"Restored: {rows} rows and {len(manifest.files)} files of {manifest.made_at:%Y-%m-%d %H:%M} UTC."
        )
        for difference in plan.differences():
            self.stdout.write(f"  Note: {difference}.")
