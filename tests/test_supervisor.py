"""What the supervisor does before anything starts, and that what it starts stops together."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kindness_platform import supervisor
from kindness_platform.supervisor import CannotStart

ROOT = Path(__file__).resolve().parent.parent
WIDE = pytest.mark.audit


@pytest.fixture
def taken_port() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def command(mode: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "-m", "kindness_platform.supervisor", mode],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The whole of what was said, which has to be one line, and an exit code of 1."""
    assert done.returncode == 1
    said = (done.stdout + done.stderr).strip()
    assert "\n" not in said
    return said


def test_a_taken_port_is_one_clear_line(taken_port: socket.socket, tmp_path: Path) -> None:
    with taken_port:
        port = taken_port.getsockname()[1]
        said = one_line(command("run", PORT=str(port), DATA_DIR=str(tmp_path)))
    assert f"port {port} on 127.0.0.1 cannot be used" in said
    assert f"PORT={port + 1}" in said


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = one_line(command("run", DATA_DIR=str(tmp_path / "file" / "data")))
    assert str(tmp_path / "file" / "data") in said
    assert "DATA_DIR" in said


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"WEB_WORKERS": "many"}, "WEB_WORKERS"),
        ({"HOST": "0.0.0.0"}, "HOST"),
    ],
)
def test_a_value_that_makes_no_sense_is_one_clear_line(environment: dict[str, str], word: str, tmp_path: Path) -> None:
    assert word in one_line(command("run", **({"DATA_DIR": str(tmp_path)} | environment)))


@pytest.mark.parametrize("address", ["", "http://kind.example.org"])
def test_serving_for_real_needs_an_https_address(address: str, tmp_path: Path) -> None:
    said = one_line(command("serve", BASE_URL=address, DATA_DIR=str(tmp_path / "data")))
    assert "BASE_URL" in said
    assert not (tmp_path / "data").exists()


def test_plain_http_is_for_those_who_ask_for_it(tmp_path: Path, taken_port: socket.socket) -> None:
    """It gets as far as the port, which is taken so that nothing starts."""
    with taken_port:
        port = str(taken_port.getsockname()[1])
        said = one_line(
            command("serve", BASE_URL="http://kind.school", PLAIN_HTTP="1", PORT=port, DATA_DIR=str(tmp_path / "data"))
        )
    assert "cannot be used" in said


def test_the_data_folder_is_nobody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    assert stat.S_IMODE(supervisor.data_folder().stat().st_mode) == 0o700


def test_a_shared_folder_keeps_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "somebody's file").touch()
    tmp_path.chmod(0o755)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert stat.S_IMODE(supervisor.data_folder().stat().st_mode) == 0o755


def test_a_second_start_keeps_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    supervisor.secret_key(tmp_path)
    key = tmp_path / "keys" / "secret_key"
    first = key.read_text()
    supervisor.secret_key(tmp_path)
    assert key.read_text() == first
    assert len(first.strip()) >= 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_two_supervisors_never_share_a_data_folder(tmp_path: Path) -> None:
    handle = supervisor.only_one(tmp_path)
    with pytest.raises(CannotStart, match="already runs"):
        supervisor.only_one(tmp_path)
    os.close(handle)
    os.close(supervisor.only_one(tmp_path))


# The rest is about processes, so it runs the household with children that only sleep.
HOUSEHOLD = """
import multiprocessing, sys
from kindness_platform.supervisor import Household
multiprocessing.set_start_method("fork", force=True)
household = Household("127.0.0.1", 1, "ready")
household.add_process("web", sys.argv[1])
household.add_process("worker", "sleep 300 & sleep 300 & wait")
household.loop()
print("culprit:", household.culprit or "nobody", flush=True)
"""


def household(first: str) -> subprocess.Popen[str]:
    environment = os.environ | {"BASE_URL": "http://127.0.0.1:1"}
    return subprocess.Popen(
        [sys.executable, "-u", "-c", HOUSEHOLD, first],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listed.splitlines())}
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(family - {pid})


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGKILL, *(pytest.param(how, marks=WIDE) for how in (signal.SIGTERM, signal.SIGHUP))]
)
def test_stopping_leaves_no_process_behind(how: signal.Signals) -> None:
    process = household("sleep 300")
    wait_for(lambda: len(descendants(process.pid)) >= 6)
    family = descendants(process.pid)
    process.send_signal(how)
    said, _ = process.communicate(timeout=20)
    wait_for(lambda: not any(alive(pid) for pid in family))
    if how != signal.SIGKILL:
        assert "culprit: nobody" in said


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_child_that_dies_stops_the_rest_and_is_named() -> None:
    process = household("sleep 1; exit 3")
    wait_for(lambda: len(descendants(process.pid)) >= 5)
    family = descendants(process.pid)
    said, _ = process.communicate(timeout=20)
    assert "web stopped by itself (exit 3)" in said
    assert "culprit: web" in said
    wait_for(lambda: not any(alive(pid) for pid in family))
