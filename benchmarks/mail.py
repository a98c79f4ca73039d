"""Reminders as they arrive: a mail server that takes its time, a worker and a beat as in `Procfile`, and how late."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from asyncio import sleep as pause
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from aiosmtpd.controller import Controller

from scripts.test import free_port

ROOT = Path(__file__).resolve().parent.parent
DELAY = 0.02
PATIENCE = 900.0
LEAD = 5.0
"""So long before the moment everything has to be up."""


class Sink:
    """A mail server that takes a fiftieth of a second for each letter, and notes when it had it."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.copies = 0
        self.lock = threading.Lock()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await pause(DELAY)
        with self.lock:
            for to in envelope.rcpt_tos:
                self.copies += to in self.arrived
                self.arrived.setdefault(to, time.time())
        return "250 OK"

    def forget(self) -> None:
        with self.lock:
            self.arrived, self.copies = {}, 0


@contextlib.contextmanager
def mail_server() -> Iterator[tuple[Sink, str]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    controller.start()
    try:
        yield sink, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def inside(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reminders", *words], env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode()


def measured(env: dict[str, str], members: int, due: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(inside(env, "measure", str(members), str(due)).strip().splitlines()[-1])
    return found


@dataclass(frozen=True)
class Lateness:
    """Of so many reminders that were due at one moment: how many came, and how late, in seconds."""

    came: int
    copies: int
    p50: float
    p99: float
    last: float

    @property
    def rate(self) -> float:
        return self.came / self.last


def lateness(env: dict[str, str], sink: Sink, count: int) -> Lateness:
    """Start a worker and a beat as `Procfile` does, before a full minute at which so many reminders are due."""
    sink.forget()
    moment = (int(time.time() + 20) // 60 + 1) * 60
    inside(env, "due", str(count), str(moment))
    with contextlib.ExitStack() as ends:
        for command in commands(Path(env["DATA_DIR"])):
            process = subprocess.Popen(command, env=env, cwd=ROOT)
            ends.callback(_end, process)
        if time.time() > moment - LEAD:
            raise RuntimeError("this machine is too slow to get ready in time")
        _until_all_came(sink, count, moment)
    spans = [at - moment for at in sink.arrived.values()]
    return Lateness(len(spans), sink.copies, median(spans), quantiles(spans, n=100)[98], max(spans))


def _until_all_came(sink: Sink, count: int, moment: float) -> None:
    seen, since = 0, moment
    while len(sink.arrived) < count:
        time.sleep(0.2)
        if len(sink.arrived) > seen:
            seen, since = len(sink.arrived), time.time()
        if time.time() > max(since, moment) + 120 or time.time() > moment + PATIENCE:
            return


def commands(folder: Path) -> list[list[str]]:
    """The worker and the beat of `Procfile`, word by word."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    found = dict(line.split(": ", 1) for line in lines)
    words = [found[name].replace("${DATA_DIR:-var}", str(folder)).split() for name in ("worker", "beat")]
    return [[sys.executable, *command[1:]] for command in words]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    process.kill()
