"""Second databases for the time of a backup or a restore: a frozen copy to read, a new one to fill."""

import contextlib
import copy
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

SCHEMA = "goodturn_restoring"


class Corrupt(Exception):
    """SQLite itself says that its file is not whole."""


def main() -> BaseDatabaseWrapper:
    return connections["default"]


def is_sqlite() -> bool:
    return main().vendor == "sqlite"


@contextlib.contextmanager
def standing_in(**changes: Any) -> Iterator[BaseDatabaseWrapper]:
    """For as long as this block, and in this thread, a connection with other settings is the main one.

    Not a second alias: migrations that move data, of ours and of others, ask the main database without naming it.
    """
    own = main()
    other = type(own)(copy.deepcopy(own.settings_dict) | changes, own.alias)
    connections[own.alias] = other
    try:
        yield other
    finally:
        other.close()
        connections[own.alias] = own


def copy_sqlite(source: Path | str, target: Path) -> None:
    """A copy of a database in use, by SQLite's online backup: writers go on, and the copy is of one moment.

    Raises:
        Corrupt: the copy is not whole, so the original is not either.
    """
    live, still = sqlite3.connect(source, timeout=20), sqlite3.connect(target)
    with contextlib.closing(live), contextlib.closing(still):
        live.backup(still)
        still.execute("PRAGMA journal_mode=DELETE")
        said = still.execute("PRAGMA quick_check").fetchone()[0]
    if said != "ok":
        raise Corrupt(said)


@contextlib.contextmanager
def frozen(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """The main database as it is at one moment; people go on writing meanwhile."""
    if is_sqlite():
        target = folder / "main.sqlite3"
        copy_sqlite(main().settings_dict["NAME"], target)
        with standing_in(NAME=str(target)) as connection:
            yield connection
        target.unlink()
        return
    from psycopg import IsolationLevel

    options = main().settings_dict["OPTIONS"] | {"isolation_level": IsolationLevel.REPEATABLE_READ}
    with standing_in(OPTIONS=options) as connection, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield connection


@contextlib.contextmanager
def new(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """An empty database beside the main one: a file of its own, or a schema of its own."""
    if is_sqlite():
        with standing_in(NAME=str(folder / "main.sqlite3")) as connection:
            yield connection
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (folder / "main.sqlite3").chmod(0o600)
        return
    drop_new()
    with main().cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    options = main().settings_dict["OPTIONS"] | {"options": f"-c search_path={SCHEMA}"}
    with standing_in(OPTIONS=options) as connection:
        yield connection


def drop_new() -> None:
    """Forget what a restore that did not get far has left in PostgreSQL; a file goes with its folder."""
    if not is_sqlite():
        with main().cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def put_in_place(folder: Path, old_tables: list[str]) -> None:
    """Let the new database take the place of the main one. May be done again after it was interrupted."""
    if is_sqlite():
        fresh, target = folder / "main.sqlite3", Path(main().settings_dict["NAME"])
        if fresh.exists():
            main().close()
            replace_sqlite(fresh, target)
        return
    with transaction.atomic(), main().cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
        if not (fresh_tables := [name for (name,) in cursor.fetchall()]):
            return
        quote = main().ops.quote_name
        for name in {*old_tables, *fresh_tables}:
            cursor.execute(f"DROP TABLE IF EXISTS {quote(name)} CASCADE")
        cursor.execute("SELECT current_schema()")
        schema = quote(cursor.fetchone()[0])
        for name in fresh_tables:
            cursor.execute(f"ALTER TABLE {SCHEMA}.{quote(name)} SET SCHEMA {schema}")
        cursor.execute(f"DROP SCHEMA {SCHEMA}")


def replace_sqlite(fresh: Path, target: Path) -> None:
    """The old file's log must not be taken for one of the new file."""
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    fresh.replace(target)
