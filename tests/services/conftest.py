"""Real processes for the tests: a Redis that may be emptied, and an installation with a worker of its own."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/services/" in item.path.as_posix():
            item.add_marker(pytest.mark.services)


class Installation:
    """The product as people run it, in a folder of its own: its settings, its database, its worker."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder, self.redis_url = folder, redis_url
        self.said = ""
        self.worker: subprocess.Popen[bytes] | None = None
        ours = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "MAIL_URL", "BASE_URL", "DEBUG", "SECRET_KEY"}
        self.environment = {name: value for name, value in os.environ.items() if name not in ours}
        self.environment |= {"GOODTURN_MODE": "demo", "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
        if redis_url:
            self.environment["REDIS_URL"] = redis_url

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        self.said += done.stderr
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, code: str) -> str:
        """Run a few lines inside this installation; what they print is the answer."""
        return self.run("manage.py", "shell", "--no-imports", "-c", code).strip()

    def start_worker(self) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [
                    *[sys.executable, "-m", "celery", "--quiet", "--app", "kindness_platform", "worker"],
                    *["--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"],
                    *["--without-gossip", "--without-mingle", "--without-heartbeat"],
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill_worker(self) -> None:
        """As a power cut would: no last words."""
        if self.worker and self.worker.poll() is None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait(10)

    def lose_the_queue(self) -> None:
        """Forget everything that was rung and not yet heard, as a broker without a disk does when it restarts."""
        if self.redis_url:
            with redis.Redis.from_url(self.redis_url) as client:
                client.flushdb()
            return
        with contextlib.closing(sqlite3.connect(self.folder / "queue.sqlite3", timeout=20)) as file:
            if file.execute("SELECT 1 FROM sqlite_master WHERE name = 'kombu_message'").fetchone():
                file.execute("DELETE FROM kombu_message")
                file.commit()

    def mailed(self) -> list[str]:
        """To whom letters went, once for each letter."""
        with contextlib.closing(sqlite3.connect(self.folder / "goodturn.sqlite3", timeout=20)) as file:
            return sorted(address for (address,) in file.execute("SELECT address FROM notifications_keptmail"))

    def log(self) -> str:
        path = self.folder / "worker.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def until(self, answer: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not answer():
            assert time.monotonic() < deadline, (
                f"it took too long; the worker said:\n{self.log()}\nand the others:\n{self.said[-2000:]}"
            )
            assert self.worker is None or self.worker.poll() is None, f"the worker died:\n{self.log()}"
            time.sleep(0.2)


@pytest.fixture(scope="session")
def redis_url() -> str:
    url = os.environ.get("REDIS_URL", "")
    if not url:
        pytest.fail("These tests need a real Redis: `make test` starts one, or set REDIS_URL.")
    return url


@pytest.fixture(scope="session")
def new_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its tables made, to be copied."""
    folder = tmp_path_factory.mktemp("new")
    place = Installation(folder, "")
    # As at every start: a worker and a web process that both had to make the queue's tables would trip one another up.
    place.ask("from kindness_platform.prepare import make_tables; make_tables()")
    return folder


@pytest.fixture(params=["redis", "sqlite"])
def installation(request: pytest.FixtureRequest, new_data: Path, tmp_path: Path) -> Iterator[Installation]:
    """The same tests over both ways of ringing: Redis, and the queue in the second SQLite file."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    shutil.copytree(new_data, tmp_path, dirs_exist_ok=True)
    place = Installation(tmp_path, url)
    place.lose_the_queue()
    yield place
    place.kill_worker()
    place.lose_the_queue()
