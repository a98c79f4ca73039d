"""The rows of the main database as lines of JSON that say the same on SQLite and on PostgreSQL.

Values are read as they are stored, never through a model's own field: what is encrypted in the database stays
encrypted here.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from itertools import batched
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models.expressions import Col

BATCH = 1000
Node = tuple[str, str]
Convert = Callable[[Any], Any]


class Unknown(Exception):
    """The database, or a backup, is of a version that this code does not know."""


@dataclass(frozen=True)
class Table:
    """One table, with the columns it had in some state of the migrations."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def fields(self) -> "list[models.Field[Any, Any]]":
        return list(self.model._meta.local_concrete_fields)

    @property
    def columns(self) -> list[str]:
        return [str(field.column) for field in self.fields]

    def lines(self, connection: BaseDatabaseWrapper) -> Iterator[bytes]:
        """Every row, in the order of the primary key: the same rows are always the same bytes."""
        quote = connection.ops.quote_name
        columns = ", ".join(map(quote, self.columns))
        converters = [_reading(self.name, field, connection) for field in self.fields]
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {quote(self.name)} ORDER BY {self._order(connection)}")  # noqa: S608
            while rows := cursor.fetchmany(BATCH):
                for row in rows:
                    yield _line([convert(value) for convert, value in zip(converters, row, strict=True)])

    def fill(self, connection: BaseDatabaseWrapper, lines: Iterable[bytes]) -> None:
        """Write rows that `lines` gave, here or in another database, into this empty table."""
        quote = connection.ops.quote_name
        columns = ", ".join(map(quote, self.columns))
        converters = [_writing(field, connection) for field in self.fields]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {quote(self.name)} ({columns}) FROM STDIN") as rows:
                    for line in lines:
                        rows.write_row(_row(line, converters))
                return
            places = ", ".join(["%s"] * len(self.columns))
            statement = f"INSERT INTO {quote(self.name)} ({columns}) VALUES ({places})"  # noqa: S608
            for some in batched(lines, BATCH):
                cursor.executemany(statement, [_row(line, converters) for line in some])

    def count(self, connection: BaseDatabaseWrapper) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(self.name)}")  # noqa: S608
            return int(cursor.fetchone()[0])

    def empty(self, cursor: CursorWrapper, connection: BaseDatabaseWrapper) -> None:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(self.name)}")  # noqa: S608

    def _order(self, connection: BaseDatabaseWrapper) -> str:
        """Words in the order of their bytes, which is what SQLite does whatever the server's language."""
        bytewise = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
        words = {"CharField", "TextField", "SlugField", "EmailField"}
        return ", ".join(
            connection.ops.quote_name(str(field.column))
            + (bytewise if _plain(field).get_internal_type() in words else "")
            for field in self.model._meta.pk_fields
        )


def _plain(field: Any) -> "models.Field[Any, Any]":
    """Django's own field for what a column holds, without anything a field of ours adds to it."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    kind = field.get_internal_type()
    decimal = {"max_digits": field.max_digits, "decimal_places": field.decimal_places} if kind == "DecimalField" else {}
    plain: models.Field[Any, Any] = getattr(models, kind)(**decimal)
    return plain


def _reading(table: str, field: Any, connection: BaseDatabaseWrapper) -> Convert:
    """From what the driver gives to what JSON can say."""
    plain = _plain(field)
    column = Col(table, plain)
    steps = [*connection.ops.get_db_converters(column), *plain.get_db_converters(connection)]

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert


def _writing(field: Any, connection: BaseDatabaseWrapper) -> Convert:
    plain = _plain(field)
    return lambda value: plain.get_db_prep_save(plain.to_python(value), connection)


def _line(row: list[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_words).encode() + b"\n"


def _row(line: bytes, converters: list[Convert]) -> list[Any]:
    return [convert(value) for convert, value in zip(converters, json.loads(line), strict=True)]


def _words(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"A backup cannot hold a {type(value).__name__}.")


# --- A database as a whole ----------------------------------------------------------------------


def migrations_of(connection: BaseDatabaseWrapper) -> list[Node]:
    """The migrations that this database has been through.

    Raises:
        Unknown: one of them is not in this code.
    """
    loader = MigrationLoader(connection)
    applied = sorted(loader.applied_migrations)
    _all_known(loader, applied)
    return applied


def tables_at(connection: BaseDatabaseWrapper, applied: Iterable[Node]) -> list[Table]:
    """The tables that a database has after these migrations, the through tables of many-to-many among them."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    nodes = [node for node in applied if node in loader.graph.nodes]
    apps: Apps = loader.project_state(nodes).apps
    found = [Table(model) for model in apps.get_models(include_auto_created=True)]
    return sorted(
        (table for table in found if table.model._meta.managed and not table.model._meta.proxy),
        key=lambda table: table.name,
    )


def migrate_to(connection: BaseDatabaseWrapper, applied: list[Node]) -> None:
    """Make the tables of an empty database as they are after these migrations, with nothing in them.

    Raises:
        Unknown: one of them is not in this code.
    """
    executor = MigrationExecutor(connection)
    _all_known(executor.loader, applied)
    followed = {parent for node in applied for parent in executor.loader.disk_migrations[node].dependencies}
    executor.migrate([node for node in applied if node not in followed and node in executor.loader.graph.nodes])
    with connection.cursor() as cursor, connection.constraint_checks_disabled():
        for table in tables_at(connection, applied):
            table.empty(cursor, connection)


def _all_known(loader: MigrationLoader, applied: Iterable[Node]) -> None:
    unknown = [f"{app}.{name}" for app, name in applied if (app, name) not in loader.disk_migrations]
    if unknown:
        raise Unknown(", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else ""))


def fingerprint(table: Table, connection: BaseDatabaseWrapper) -> tuple[int, str]:
    """How many rows there are, and the hash of all of them."""
    count, digest = 0, hashlib.sha256()
    for line in table.lines(connection):
        count += 1
        digest.update(line)
    return count, digest.hexdigest()


# --- Numbers that are never given twice ---------------------------------------------------------


def sequences(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> dict[str, int]:
    """The last number each table has given out, which may belong to a row that is gone."""
    names = {table.name for table in tables if _counts(table)}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            return {name: int(number) for name, number in cursor.fetchall() if name in names and number}
        found = {}
        for table in tables:
            if sequence := _sequence(cursor, table):
                cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608
                number, called = cursor.fetchone()
                if called:
                    found[table.name] = int(number)
        return found


def set_sequences(connection: BaseDatabaseWrapper, tables: Iterable[Table], numbers: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            number = numbers.get(table.name)
            if number is None or not _counts(table):
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, number])
            elif sequence := _sequence(cursor, table):
                cursor.execute("SELECT setval(%s, %s, true)", [sequence, number])


def _counts(table: Table) -> bool:
    return isinstance(table.model._meta.pk, models.AutoField | models.BigAutoField | models.SmallAutoField)


def _sequence(cursor: CursorWrapper, table: Table) -> str:
    if not _counts(table):
        return ""
    key = table.model._meta.pk
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', key.column if key else ""])
    return str(cursor.fetchone()[0] or "")
