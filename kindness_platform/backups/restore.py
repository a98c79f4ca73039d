"""Puts a backup back: everything is built and compared beside the installation first, and then changes places with it.

Until `ready` is written nothing of the installation has been touched, and whatever goes wrong leaves it as it was.
From then on the restore only goes forward: `finish` may be interrupted at any line, and the next start ends it.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from accounts import journal, own_texts
from kindness_platform.backups import databases, files, keys, tables
from kindness_platform.backups.archive import Archive, Damaged, Manifest, TooNew
from kindness_platform.backups.backup import JOURNAL, MEDIA, QUEUE, TEXTS, told_settings

# Rows that Django makes by itself in every new database.
MADE_BY_DJANGO = {"django_content_type", "auth_permission"}
ROOM_LEFT = 64 * 1024 * 1024


class Refused(Exception):
    """Nothing was changed; the message says why."""


@dataclass
class Plan:
    """What a restore is about to do; making one changes nothing."""

    archive: Archive
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> Manifest:
        return self.archive.manifest

    def differences(self) -> list[str]:
        """Settings that are others here than where the backup was made."""
        here = told_settings()
        return [
            f"{name} was {value!r} and is {here[name]!r} here"
            for name, value in self.manifest.settings.items()
            if name in here and here[name] != value
        ]


def restore(path: Path, *, keys_file: Path | None = None, new_keys: bool = False, replace: bool = False) -> Plan:
    """Put a backup back.

    Args:
        path: the archive.
        keys_file: the file of the keys, if the keys here are not those of the backup.
        new_keys: go on with other keys than those of the backup.
        replace: give up what this installation holds now.

    Raises:
        Refused: it cannot be done; nothing was changed.
    """
    with _opened(path) as archive:
        plan = Plan(archive, _keys_for(archive.manifest, keys_file, new_keys))
        _refuse_unknown_version(archive.manifest)
        if not replace:
            _refuse_full_house()
        _refuse_small_disk(archive)
        room = workroom()
        try:
            _prepare(plan, room)
        except BaseException:
            databases.drop_new()
            shutil.rmtree(room, ignore_errors=True)
            raise
    finish()
    return plan


def workroom() -> Path:
    return settings.DATA_DIR / ".restore"


# --- What makes us refuse ------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    """The archive, and every way in which it can disappoint as one kind of refusal."""
    try:
        with Archive(path) as archive:
            yield archive
    except Damaged as why:
        raise Refused(f"The backup {path.name} is damaged: {why}.") from why
    except TooNew as newer:
        raise Refused(
            f"This backup was made by version {newer}, which is newer than this one; update first."
        ) from newer
    except OSError as why:
        raise Refused(f"That did not work: {why.strerror or why}.") from why


def _keys_for(manifest: Manifest, keys_file: Path | None, new_keys: bool) -> dict[str, str]:
    """The keys to put in place, if any. What was locked with lost keys could never be opened again."""
    try:
        given = keys.read(keys_file) if keys_file else {}
    except keys.WrongKeys as why:
        raise Refused(f"{keys_file} cannot be used: {why}.") from why
    if new_keys or keys.fingerprints(given or keys.here()) == manifest.keys:
        return given
    if keys_file:
        raise Refused("These keys are not the ones this backup was made with.")
    raise Refused(
        "The keys here are not the ones this backup was made with. Give their file with --keys, "
        "or go on with --new-keys: then everybody signs in anew, and what was encrypted stays unreadable."
    )


def _refuse_unknown_version(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in loader.disk_migrations]
    if unknown:
        raise Refused(
            f"This backup was made by version {manifest.version} with steps that this version does not know "
            f"({', '.join(unknown[:3])}); update first."
        )


def _refuse_full_house() -> None:
    """Only an empty installation takes a backup without being told to give up what it has."""
    connection = databases.main()
    try:
        here = _tables_here(connection)
    except tables.Unknown as why:
        raise Refused(f"The database here is of another version ({why}).") from why
    if any(table.count(connection) for table in here if table.name not in MADE_BY_DJANGO):
        raise Refused("There is data here already. With --replace it is given up for what the backup holds.")
    if settings.MEDIA_ROOT.is_dir() and any(path.is_file() for path in settings.MEDIA_ROOT.rglob("*")):
        raise Refused("There are photos here already. With --replace they are given up for those of the backup.")


def _tables_here(connection: BaseDatabaseWrapper) -> list[tables.Table]:
    """The tables of the database as it stands, however old it is."""
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
    if "django_migrations" not in names:
        return []
    found = tables.tables_at(connection, tables.migrations_of(connection))
    return [table for table in found if table.name in names]


def _refuse_small_disk(archive: Archive) -> None:
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    needed = 2 * archive.size + ROOM_LEFT
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < needed:
        raise Refused(f"There is too little room: {needed // 2**20} MB are needed and {free // 2**20} MB are free.")


# --- Beside the installation ----------------------------------------------------------------------


def _prepare(plan: Plan, room: Path) -> None:
    """Build everything in a folder (and a schema) of its own, and compare it with the manifest."""
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(mode=0o700)
    manifest = plan.manifest
    old_tables = []
    if not databases.is_sqlite():
        with contextlib.suppress(tables.Unknown):
            old_tables = [table.name for table in _tables_here(databases.main())] + ["django_migrations"]
    with databases.new(room) as connection:
        _fill(connection, plan.archive)
        call_command("migrate", interactive=False, verbosity=0)
    photos = [name for name in manifest.files if name.startswith(MEDIA)]
    for name in photos:
        plan.archive.extract(name, room / name)
    for name in manifest.files:
        if name.startswith(TEXTS):
            plan.archive.extract(name, room / name)
    if QUEUE in manifest.files and "queue" in connections:
        plan.archive.extract(QUEUE, room / QUEUE)
    lines = journal.whole_lines(plan.archive.read(JOURNAL)) if JOURNAL in manifest.files else []
    if plan.keys:
        files.write_whole(room / "keys.json", json.dumps(plan.keys))
    ready = {"old_tables": old_tables, "photos": [name.removeprefix(MEDIA) for name in photos], "journal": lines}
    # Everything has to be on the disk before the word that it is; asking for each photo alone takes minutes.
    os.sync()
    files.write_whole(room / "ready", json.dumps(ready))


def _fill(connection: BaseDatabaseWrapper, archive: Archive) -> None:
    """The rows as they were, in the tables as they were, and the proof that they are the same."""
    manifest = archive.manifest
    tables.migrate_to(connection, manifest.migrations)
    made = tables.tables_at(connection, manifest.migrations)
    if {table.name: table.columns for table in made} != {name: told.columns for name, told in manifest.tables.items()}:
        raise Damaged("its tables are not those of its version")
    with transaction.atomic():
        for table in made:
            table.fill(connection, archive.lines(table.name))
        connection.check_constraints()
        tables.set_sequences(connection, made, manifest.sequences)
    for table in made:
        told = manifest.tables[table.name]
        if tables.fingerprint(table, connection) != (told.rows, told.sha256):
            raise Refused(f"The rows of {table.name} did not arrive as they were; nothing was changed.")


# --- Changing places ------------------------------------------------------------------------------


def finish() -> bool:
    """Let what was prepared take the place of what is here. Ends, too, what an interrupted restore began.

    Returns whether there was anything to do.
    """
    room = workroom()
    if not (room / "ready").is_file():
        return False
    ready = json.loads((room / "ready").read_text(encoding="utf-8"))
    databases.put_in_place(room, ready["old_tables"])
    if (room / QUEUE).exists() and "queue" in connections:
        connections["queue"].close()
        databases.replace_sqlite(room / QUEUE, Path(connections["queue"].settings_dict["NAME"]))
    _photos_in_place(room / "media", ready["photos"])
    for path in (room / TEXTS).glob("*.txt"):
        files.move(path, own_texts.folder() / path.name)
    if (room / "keys.json").is_file():
        keys.put_in_place(json.loads((room / "keys.json").read_text(encoding="utf-8")))
    journal.merge(ready["journal"])
    journal.replay()
    shutil.rmtree(room)
    return True


def _photos_in_place(source: Path, names: list[str]) -> None:
    """Every photo of the backup, and no other: a photo whose row is gone could never be deleted again."""
    for name in names:
        if (source / name).exists():
            files.move(source / name, settings.MEDIA_ROOT / name)
    wanted = {settings.MEDIA_ROOT / name for name in names}
    for path in settings.MEDIA_ROOT.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
