"""Starts everything one machine needs, web, worker and beat, and stops all of it together.

    python -m kindness_platform.supervisor run      the demo, on this machine only
    python -m kindness_platform.supervisor serve    for real

The environment says the rest; `docs/self-hosting.md` lists the variables.
"""

import contextlib
import fcntl
import http.client
import json
import multiprocessing
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Process

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SECONDS_TO_START = 60
SECONDS_TO_STOP = 4


class CannotStart(Exception):
    """Something the operator has to mend; the message is one line that says what."""


# --- What has to be true before anything starts -------------------------------------------------


def data_folder() -> Path:
    """The folder that holds everything this installation knows; nobody else on the machine may look inside."""
    folder = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()) or (folder / "keys").is_dir():
            folder.chmod(0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise CannotStart(f"the data folder {folder} cannot be used ({problem.strerror}); set DATA_DIR.") from problem
    return folder


def only_one(folder: Path) -> int:
    """Hold the data folder: a second supervisor on it would ring every bell twice. Freed when this process ends."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"it already runs with the data folder {folder}; stop that one first.") from None
    return handle


def secret_key(folder: Path) -> None:
    """Make the key that signs sessions, once; SECRET_KEY in the environment comes first."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    if os.environ.get("SECRET_KEY"):
        return
    with contextlib.suppress(FileExistsError):
        handle = os.open(keys / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64) + "\n")


def secret_key_to_restore_with() -> None:
    """An empty folder has no key yet, and settings refuse to load without one: this one serves for a restore."""
    folder = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var")
    if not os.environ.get("SECRET_KEY") and not (folder / "keys" / "secret_key").is_file():
        os.environ["SECRET_KEY"] = secrets.token_urlsafe(64)


def address() -> tuple[str, int]:
    host = os.environ.get("HOST") or "127.0.0.1"
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT is {given!r}; it has to be a number from 1 to 65535.")
    return host, int(given)


def free(host: str, port: int) -> None:
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except PermissionError:
        raise CannotStart(f"port {port} needs an administrator; choose one above 1023 with PORT.") from None
    except socket.gaierror:
        raise CannotStart(f"HOST is {host!r}, which is no address of this machine.") from None
    except OSError as problem:
        raise CannotStart(
            f"port {port} on {host} cannot be used ({problem.strerror}); choose another, for example PORT={port + 1}."
        ) from None


def plain_http() -> bool:
    """Whether somebody has said that this network may do without encryption; the settings read the same words."""
    return os.environ.get("PLAIN_HTTP", "").lower() in {"1", "true", "on", "yes"}


def number_of_web_workers() -> int:
    given = os.environ.get("WEB_WORKERS") or "2"
    if not given.isdecimal() or not 0 < int(given) <= 64:
        raise CannotStart(f"WEB_WORKERS is {given!r}; it has to be a number from 1 to 64.")
    return int(given)


# --- The children -------------------------------------------------------------------------------


def commands(host: str, port: int, web_workers: int, folder: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--quiet", "--app", "kindness_platform"]
    return {
        "web": [
            *[*python, "kindness_platform.web", "--interface", "wsgi", "--host", host, "--port", str(port)],
            *["--workers", str(web_workers), "--blocking-threads", "1", "--no-ws", "--log-level", "warning"],
            "kindness_platform.wsgi:application",
        ],
        "worker": [
            *[*celery, "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"],
            *["--without-gossip", "--without-mingle", "--without-heartbeat"],
        ],
        "beat": [*celery, "beat", "--schedule", str(folder / "beat"), "--pidfile=", "--loglevel", "WARNING"],
    }


class Child(Process):  # type: ignore[misc]
    """A child that leaves nothing behind.

    Honcho waits for the end of a child's output; a granian worker whose parent was killed keeps that
    open. So this waits for the child itself, ends what is left of its group, and does the same when
    the supervisor is gone without having said so.
    """

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        supervisor = os.getppid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._events = events
        self._child = self._child_ctor(self.cmd, env=self.env, cwd=self.cwd, restore_signals=True, preexec_fn=_listen)
        self._send_message({"pid": self._child.pid}, type="start")
        reader = threading.Thread(target=self._relay, daemon=True)
        reader.start()
        while self._child.poll() is None:
            if os.getppid() != supervisor:
                end_group(self._child.pid)
                events.cancel_join_thread()
                return
            time.sleep(0.2)
        end_group(self._child.pid)
        reader.join(timeout=1)
        self._send_message({"returncode": self._child.returncode}, type="stop")

    def _relay(self) -> None:
        for line in iter(self._child.stdout.readline, b""):
            self._send_message(line)


def _listen() -> None:
    """In the child, before it becomes its command: hear the signals that the process above ignores."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)


def end_group(group: int) -> None:
    """Ask every process of the group to end, and after a moment make it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)
        for _ in range(SECONDS_TO_STOP * 10):
            time.sleep(0.1)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)


class Household(Manager):  # type: ignore[misc]
    """Honcho's manager, with one voice: it says when all is up, who died, and that it stopped."""

    def __init__(self, host: str, port: int, greeting: str) -> None:
        super().__init__(Printer(sys.stdout))
        self._process_ctor = Child
        self.host, self.port, self.greeting = host, port, greeting
        self.asked = False
        self.culprit = ""

    def _start(self) -> None:
        super()._start()
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        threading.Thread(target=self._greet, daemon=True).start()

    def terminate(self) -> None:
        """A stop that is asked for before every child has a number waits until they have (see below)."""
        self.asked = self.asked or not self._any_stopped()
        if self._all_started():
            super().terminate()

    def _system_print(self, data: str) -> None:
        """Honcho tells here of every start, stop and signal; people are told of a death nobody asked for."""
        dead = [name for name, process in self._processes.items() if "returncode" in process]
        if dead and not self.asked and not self.culprit:
            self.culprit = dead[0]
            code = self._processes[self.culprit]["returncode"]
            print(f"Goodturn: {self.culprit} stopped by itself (exit {code}), so everything stops.", file=sys.stderr)
        elif self.asked and not self._terminating and self._all_started():
            super().terminate()

    def _greet(self) -> None:
        """Once the web answers, say where. Until then, and no longer than a minute, keep asking."""
        deadline = time.monotonic() + SECONDS_TO_START
        answer = ""
        while time.monotonic() < deadline and not self.asked and not self.culprit:
            status, answer = ask_health(self.host, self.port)
            if status == http.HTTPStatus.OK:
                print(self.greeting, flush=True)
                return
            time.sleep(0.2)
        if not self.asked and not self.culprit:
            print(f"Goodturn: /healthz is not well: {answer or 'no answer'}", file=sys.stderr, flush=True)


def ask_health(host: str, port: int) -> tuple[int, str]:
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(asked, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
        reply = connection.getresponse()
        return reply.status, reply.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


# --- The whole ----------------------------------------------------------------------------------


def prepare() -> dict[str, Any]:
    """Tables, static files and demo data, in a process of their own so that this one stays small."""
    ready = subprocess.run(
        [sys.executable, "-m", "kindness_platform.prepare"], cwd=BASE_DIR, stdout=subprocess.PIPE, check=False
    )
    if ready.returncode:
        raise SystemExit(1)
    answer: dict[str, Any] = json.loads(ready.stdout.splitlines()[-1])
    return answer


def greeting(mode: str, folder: Path, people: list[tuple[str, str]], password: str, pupil: str = "") -> str:
    base_url = os.environ["BASE_URL"].rstrip("/")
    lines = ["", f"  Goodturn is ready: {base_url}/", ""]
    if people:
        width = max(len(email) for email, _ in people)
        how = f"the password {password}" if password else "a mailed code"
        lines += [f"  Sign in with {how} as"]
        lines += [f"    {email:<{width}}  {who}" for email, who in people]
        lines += [""]
    if pupil:
        lines += [f"  Or as a pupil: {pupil}", ""]
    if mode == "demo":
        lines += [f"  Mail that would have been sent: {base_url}/dev/mail/"]
    return "\n".join([*lines, f"  Data: {folder}", "  Stop with Ctrl-C.", ""])


def start(mode: str) -> int:
    os.umask(0o077)
    host, port = address()
    os.environ["GOODTURN_MODE"] = mode
    if mode == "demo":
        if host not in LOOPBACK:
            raise CannotStart("the demo answers on this machine only, so HOST has to be 127.0.0.1; use make serve.")
        shown = f"[{host}]" if ":" in host else host
        os.environ["BASE_URL"] = os.environ.get("BASE_URL") or f"http://{shown}:{port}"
    elif not os.environ.get("BASE_URL", "").startswith(("https://", "http://") if plain_http() else "https://"):
        raise CannotStart("BASE_URL has to be the https:// address people use, for example https://kind.example.org.")
    web_workers = number_of_web_workers()
    folder = data_folder()
    free(host, port)
    lock = only_one(folder)
    os.environ["DATA_DIR"] = str(folder)
    secret_key(folder)
    if os.geteuid() == 0 and mode == "production":
        print("Goodturn: running as root; an ordinary user is enough and safer.", flush=True)
    if plain_http() and mode == "production":
        print("Goodturn: without https everybody on this network can read along.", flush=True)
    print("Goodturn: getting ready …", flush=True)
    ready = prepare()
    multiprocessing.set_start_method("fork", force=True)
    household = Household(host, port, greeting(mode, folder, **ready))
    for name, command in commands(host, port, web_workers, folder).items():
        household.add_process(name, "exec " + shlex.join(command), env=os.environ.copy(), cwd=str(BASE_DIR))
    household.loop()
    os.close(lock)
    if household.culprit:
        return 1
    print("Goodturn: stopped.", flush=True)
    return 0


def _stop_early(*_: object) -> NoReturn:
    raise SystemExit(0)


def main(arguments: list[str]) -> int:
    modes = {"run": "demo", "serve": "production"}
    if len(arguments) != 1 or arguments[0] not in modes:
        print("usage: python -m kindness_platform.supervisor run | serve", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _stop_early)
    try:
        return start(modes[arguments[0]])
    except CannotStart as problem:
        print(f"Goodturn cannot start: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
