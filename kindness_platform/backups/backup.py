"""Makes a backup: the database as it is at one moment, then the photos, the journal and the queue's file."""

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils import timezone

from accounts import journal, own_texts
from kindness_platform.backups import databases, files, keys, tables
from kindness_platform.backups.archive import Manifest, Rows, Writer, table_file
from kindness_platform.version import version

NAME = "goodturn-%Y-%m-%dT%H%M%SZ.zip"
QUEUE = "queue.sqlite3"
JOURNAL = "journal"
MEDIA = "media/"
TEXTS = "texts/"
ALL_FOR = timedelta(hours=48)
ONE_A_DAY_FOR = timedelta(days=30)


class Busy(Exception):
    """Another backup of the same installation is being made."""


@dataclass(frozen=True)
class Made:
    """A backup that is whole and on the disk."""

    path: Path
    keys: Path
    rows: int
    photos: int
    bytes: int
    seconds: float


def make(folder: Path, keys_folder: Path) -> Made:
    """Write one archive and, where it is not there yet, the file of the keys."""
    began = time.monotonic()
    for each in (folder, keys_folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = timezone.now().astimezone(UTC).replace(microsecond=0)
    keys_file = keys.write(keys_folder)
    with _workroom() as room, Writer(folder / now.strftime(NAME)) as writer:
        manifest = _write(writer, room, now)
        writer.seal(manifest)
    made = Made(
        path=writer.path,
        keys=keys_file,
        rows=sum(table.rows for table in manifest.tables.values()),
        photos=sum(name.startswith(MEDIA) for name in manifest.files),
        bytes=writer.path.stat().st_size,
        seconds=time.monotonic() - began,
    )
    _remember(made, now)
    return made


def _write(writer: Writer, room: Path, now: datetime) -> Manifest:
    """Everything but the manifest. Rows come first: a photo that arrives meanwhile is too many, never missing."""
    with databases.frozen(room) as connection:
        applied = tables.migrations_of(connection)
        all_tables = tables.tables_at(connection, applied)
        rows = {}
        for table in all_tables:
            count, digest = writer.add_lines(table_file(table.name), table.lines(connection))
            rows[table.name] = Rows(table.columns, count, digest)
        numbers = tables.sequences(connection, all_tables)
    for path in sorted(_photos()):
        # One that was taken down since the rows were read is not in the backup either.
        with contextlib.suppress(FileNotFoundError):
            writer.add_file(MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix(), path)
    for path in own_texts.files():
        writer.add_file(TEXTS + path.name, path, compress=True)
    if journal.path().is_file():
        writer.add_file(JOURNAL, journal.path(), compress=True)
    if "queue" in connections:
        writer.add_file(QUEUE, _queue(room), compress=True)
    return Manifest(
        version=version(),
        made_at=now,
        database=databases.main().vendor,
        migrations=applied,
        tables=rows,
        sequences=numbers,
        files=writer.files,
        keys=keys.fingerprints(keys.here()),
        settings=told_settings(),
    )


def told_settings() -> dict[str, str]:
    """Settings that a restored installation should have as well; none of them is a secret."""
    return {
        name: str(getattr(settings, name)) for name in ("BASE_URL", "SITE_NAME", "LANGUAGE_CODE", "PHOTO_MAX_BYTES")
    }


def _photos() -> Iterator[Path]:
    return (path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file() and not path.is_symlink())


def _queue(room: Path) -> Path:
    """The second database with the wake-ups that wait in it, without its cache: that holds addresses of visitors."""
    import sqlite3

    target = room / QUEUE
    databases.copy_sqlite(connections["queue"].settings_dict["NAME"], target)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'cache'").fetchone():
            copy.execute("DELETE FROM cache")
        copy.execute("VACUUM")
    return target


@contextlib.contextmanager
def _workroom() -> Iterator[Path]:
    """A folder for copies, held by one backup at a time; what a killed one left is cleared away."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(settings.DATA_DIR / ".backup.lock", os.O_RDWR | os.O_CREAT, 0o600)
    room = settings.DATA_DIR / ".backup"
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(mode=0o700)
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)
    finally:
        os.close(handle)


# --- When the last one was made, and which ones may go -------------------------------------------


def _remember(made: Made, now: datetime) -> None:
    note = json.dumps({"made_at": now.isoformat(), "bytes": made.bytes})
    files.write_whole(settings.DATA_DIR / "last-backup.json", note)


def last_made_at() -> datetime | None:
    """When the newest backup of this installation was made, if there is one."""
    try:
        note = json.loads((settings.DATA_DIR / "last-backup.json").read_text(encoding="utf-8"))
        return datetime.fromisoformat(note["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def outdated(made: list[datetime], now: datetime) -> list[datetime]:
    """Which backups may go: all stay for two days, then the newest of each day for thirty."""
    days = {at.date(): at for at in sorted(made)}
    return [at for at in made if not (now - at <= ALL_FOR or (days[at.date()] == at and now - at <= ONE_A_DAY_FOR))]


def thin_out(folder: Path) -> list[Path]:
    """Delete the backups of a folder that may go; files of another name are left alone."""
    found: dict[datetime, Path] = {}
    for path in folder.glob("goodturn-*.zip"):
        with contextlib.suppress(ValueError):
            found[datetime.strptime(path.name, NAME).replace(tzinfo=UTC)] = path
    gone = [found[at] for at in outdated(list(found), timezone.now())]
    for path in gone:
        path.unlink()
    return gone
