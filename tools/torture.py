"""`make torture`: kills the workers in the middle of sending, and counts what arrived.

    MESSAGES=2000 KILLS=20 SEEDS=3 make torture

Reminders and letters are due at once; a mail server of our own counts them. While they are sent, whole groups of
processes are killed without a word (`kill -9`), at moments drawn by a seed, and others follow. Afterwards:

* a reminder has arrived once at most, and one that did not is written down as unknown: no more of those than senders
  that can be killed in the act;
* every letter has arrived, and a second copy of one is the same to the byte in Message-ID and Date;
* nobody is missing, and two minutes after the last kill there was nothing left to send.

Twice: as one machine has it (SQLite, no broker of its own), and with three workers over PostgreSQL and a Redis that is
emptied with each kill, as one without a disk is.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from asyncio import sleep as pause
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from aiosmtpd.controller import Controller

from scripts.test import free_port, postgresql, redis_server

ROOT = Path(__file__).resolve().parent.parent
THREADS = 4
WORKERS = {"embedded": 1, "servers": 3}
PATIENCE = 120.0
LEASE = 15
"""Longer than a batch takes on a slow machine with much else to do: who is slow must not be taken for dead."""
GAP = 0.01
OURS = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "MAIL_URL", "BASE_URL", "DEBUG", "SECRET_KEY"}


class Sink:
    """A mail server that takes 10 ms to accept a letter and 10 ms more to say so."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, str]] = []
        self.times: list[float] = []
        self.lock = threading.Lock()

    def has(self, count: int) -> bool:
        return len(self.letters) >= count

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await pause(GAP)
        letter = message_from_bytes(envelope.content)
        with self.lock:
            self.letters += [(to, letter["Message-ID"], letter["Date"]) for to in envelope.rcpt_tos]
            self.times.append(time.monotonic())
        await pause(GAP)
        return "250 OK"


@dataclass
class Outcome:
    mode: str
    seed: int
    kills: int
    reminders: int
    letters: int
    caught: int = 0
    unknown: int = 0
    days: int = 0
    missing: list[str] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    copies: int = 0
    different_copies: int = 0
    seconds: float = 0
    after_last_kill: float = 0

    def __str__(self) -> str:
        return (
            f"{self.mode}, seed {self.seed}: {self.kills} kills, {self.reminders} reminders, {self.letters} letters: "
            f"missing {len(self.missing)}, reminders doubled {len(self.doubled)}, unknown {self.unknown}, copies of "
            f"letters {self.copies} ({self.different_copies} not the same); {self.caught} taken over from the dead; "
            f"{self.seconds:.0f} s, the last {self.after_last_kill:.0f} s of them after the last kill"
        )

    @property
    def held(self) -> bool:
        most = self.kills * THREADS
        bounded = self.unknown <= most and self.copies <= most and self.days == self.reminders
        return bounded and not (self.missing or self.doubled or self.different_copies)

    @property
    def in_time(self) -> bool:
        """Whether nothing was left two minutes after the last kill. A machine that does much else is not asked that."""
        return self.after_last_kill <= 120


class Place:
    """An installation of its own in a folder, with workers that can be killed."""

    def __init__(self, folder: Path, mode: str, sink: Controller, database: str, redis_url: str) -> None:
        self.folder, self.redis_url = folder, redis_url
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        env = kept | {
            "GOODTURN_MODE": "demo",
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "ERROR",
            "PYTHONFAULTHANDLER": "1",
            "MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "TICK_SECONDS": "1",
            "LEASE_SECONDS": str(LEASE),
            **({"DATABASE_URL": database} if database else {}),
            **({"REDIS_URL": redis_url} if redis_url else {}),
        }
        self.inside = subprocess.Popen(
            [sys.executable, "-m", "tools.torture_inside"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers: list[int] = []
        self.beat = 0
        self.count = WORKERS[mode]

    def ask(self, line: str) -> dict[str, Any]:
        assert self.inside.stdin
        assert self.inside.stdout
        print(line, file=self.inside.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.inside.stdout.readline())
        return answer

    def start(self) -> None:
        while len(self.workers) < self.count:
            self.workers.append(self.ask("worker")["pid"])
        self.beat = self.beat or self.ask("beat")["pid"]

    def kill(self, worker: int, *, also_beat: bool) -> None:
        _kill(worker)
        self.workers.remove(worker)
        if also_beat:
            _kill(self.beat)
            self.beat = 0
        if self.redis_url:
            import redis

            with redis.Redis.from_url(self.redis_url) as client:
                client.flushdb()

    def died_by_itself(self) -> bool:
        """Nobody but us may end a worker: one that crashed is a fault, whatever another does for it afterwards."""
        return not all(_lives(pid) for pid in (*self.workers, self.beat))

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-5000:] if path.exists() else ""

    def close(self) -> None:
        for pid in (*self.workers, self.beat):
            _kill(pid)
        self.inside.kill()
        self.inside.wait(10)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid:
            os.killpg(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def torment(place: Place, sink: Sink, outcome: Outcome) -> None:
    """Send everything while killing whoever sends; count what arrived."""
    chance = random.Random(outcome.seed)
    place.ask(f"make {outcome.reminders} {outcome.letters}")
    everything = outcome.reminders + outcome.letters
    # Spread over the sending: each kill waits until so much has arrived, and then a moment more.
    marks = sorted(chance.randrange(everything // 20, everything * 9 // 10) for _kill in range(outcome.kills))
    started = killed = time.monotonic()
    place.start()
    for mark in marks:
        _until(partial(sink.has, mark), place, sink, "more letters")
        time.sleep(chance.random() * 0.1)
        place.kill(chance.choice(place.workers), also_beat=chance.random() < 0.3)
        killed = time.monotonic()
        place.start()
    _until(lambda: _is_done(place), place, sink, "an end")
    outcome.seconds, outcome.after_last_kill = time.monotonic() - started, time.monotonic() - killed
    found = place.ask("left")
    outcome.days, outcome.caught, outcome.fates = found["days"], found["caught"], found["fates"]
    _count(outcome, sink, found["unknown"])


def _is_done(place: Place) -> bool:
    time.sleep(0.3)
    found = place.ask("left")
    return not (found["open"] or found["clocks"])


def _until(answer: Callable[[], bool], place: Place, sink: Sink, what: str) -> None:
    """Wait for something for as long as letters arrive, and a good while after the last one."""
    deadline, arrived = time.monotonic() + PATIENCE, len(sink.letters)
    while not answer():
        if len(sink.letters) > arrived:
            deadline, arrived = time.monotonic() + PATIENCE, len(sink.letters)
        if place.died_by_itself():
            raise RuntimeError(f"a worker died by itself\n{place.log()}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited too long for {what}: {place.ask('left')}\n{place.log()}")
        time.sleep(0.02)


def _count(outcome: Outcome, sink: Sink, unknown: list[str]) -> None:
    arrived = Counter(to for to, _id, _date in sink.letters)
    identities: dict[str, set[tuple[str, str]]] = {}
    for to, message_id, date in sink.letters:
        identities.setdefault(to, set()).add((message_id, date))
    outcome.unknown = len(unknown)
    for n in range(outcome.reminders):
        to = f"m{n}@example.org"
        if arrived[to] > 1:
            outcome.doubled.append(to)
        elif not arrived[to] and to not in unknown:
            outcome.missing.append(to)
    for n in range(outcome.letters):
        to = f"l{n}@example.org"
        if not arrived[to]:
            outcome.missing.append(to)
        outcome.copies += max(arrived[to] - 1, 0)
        outcome.different_copies += len(identities.get(to, ())) > 1


@contextlib.contextmanager
def mail_server() -> Iterator[tuple[Sink, Controller]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    controller.start()
    try:
        yield sink, controller
    finally:
        controller.stop()


@contextlib.contextmanager
def place_for(mode: str, folder: Path, sink: Controller, redis_url: str) -> Iterator[Place]:
    """An embedded installation, or one over servers of its own."""
    with contextlib.ExitStack() as ends:
        database = ""
        if mode == "servers":
            database = ends.enter_context(postgresql(folder))
            redis_url = redis_url or ends.enter_context(redis_server(folder))
        place = Place(folder, mode, sink, database, redis_url if mode == "servers" else "")
        ends.callback(place.close)
        yield place


@contextlib.contextmanager
def _servers_of_its_own() -> Iterator[None]:
    """Whatever the shell names is somebody's installation, which nobody wants tormented."""
    # A PostgreSQL of the wheel moves the folder for temporary files, too.
    with mock.patch.dict(os.environ), mock.patch.object(tempfile, "tempdir", tempfile.tempdir):
        for name in OURS:
            os.environ.pop(name, None)
        yield


def run(mode: str, *, messages: int, kills: int, seed: int, redis_url: str = "") -> Outcome:
    outcome = Outcome(mode, seed, kills, messages, max(messages // 4, 10))
    with (
        tempfile.TemporaryDirectory(prefix="gt-", ignore_cleanup_errors=True) as name,
        mail_server() as (sink, server),
        _servers_of_its_own(),
        place_for(mode, Path(name), server, redis_url) as place,
    ):
        torment(place, sink, outcome)
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill senders in the act and count what arrived.")
    parser.add_argument("--messages", type=int, default=int(os.environ.get("MESSAGES", "2000")))
    parser.add_argument("--kills", type=int, default=int(os.environ.get("KILLS", "20")))
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS", "3")))
    parser.add_argument("--mode", action="append", choices=tuple(WORKERS))
    chosen = parser.parse_args()
    held = True
    for mode in chosen.mode or WORKERS:
        for seed in range(1, chosen.seeds + 1):
            outcome = run(mode, messages=chosen.messages, kills=chosen.kills, seed=seed)
            print(outcome, flush=True)
            held = held and outcome.held and outcome.in_time
    print("Held." if held else "Not held.")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
