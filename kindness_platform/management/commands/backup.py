"""One file that holds everything but the keys, which get a file of their own."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from kindness_platform.backups import backup, databases, tables


class Command(BaseCommand):
    help = "Make a backup: database, photos and the journal of deletions in one archive, the keys in a file apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="where the archive goes; DATA_DIR/backups if left out")
        parser.add_argument(
            "--keys", type=Path, help="where the file of the keys goes; DATA_DIR/backup-keys if left out"
        )
        parser.add_argument(
            "--thin", action="store_true", help="then delete old ones: all stay two days, one of each day stays thirty"
        )

    def handle(self, *args: Any, folder: Path | None, keys: Path | None, thin: bool, **options: Any) -> None:
        folder = (folder or settings.DATA_DIR / "backups").resolve()
        try:
            made = backup.make(folder, (keys or settings.DATA_DIR / "backup-keys").resolve())
            gone = backup.thin_out(folder) if thin else []
        except backup.Busy:
            raise CommandError("Another backup is being made at this moment; nothing was changed.") from None
        except databases.Corrupt as said:
            raise CommandError(f"The database is damaged, so no backup was made of it: {said}") from said
        except tables.Unknown as why:
            raise CommandError(f"The database was made by a newer version than this one ({why}).") from why
        except (DatabaseError, sqlite3.Error) as why:
            raise CommandError(f"No backup was made of the database: {' '.join(str(why).split())}") from why
        except OSError as why:
            raise CommandError(f"No backup was made: {why.strerror or why} ({why.filename or folder}).") from why
        self.stdout.write(f"Backup: {made.path} ({made.bytes / 2**20:.1f} MB in {made.seconds:.1f} s)")
        self.stdout.write(f"  {made.rows} rows, {made.photos} photo files")
        self.stdout.write(f"Keys: {made.keys}")
        self.stdout.write("  Keep this file somewhere else than the backups: together they open everything.")
        if gone:
            self.stdout.write(f"Deleted {len(gone)} old ones.")
