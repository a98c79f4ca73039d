"""Nothing that was said to be safe is lost: not by killed writers (SAFETY F2), nor by many (F4)."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from feed.models import Act, Credit
from feed.recount import recount
from notifications.models import Delivery, Notice
from tests.factories import join, make_challenge, make_group, make_user

ROOT = Path(__file__).resolve().parents[2]


def address_of_the_database() -> str:
    """The database of this test, as the product is told of one."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


class Writers:
    """Writing processes with the settings of the product, and the ledger they keep."""

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "ledger"
        self.ledger.touch()
        environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {
            "DJANGO_SETTINGS_MODULE": "kindness_platform.settings",
            "DATABASE_URL": address_of_the_database(),
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "CRITICAL",
        }
        command = [sys.executable, "-m", "tests.operator.writers", str(self.ledger)]
        pipe = subprocess.PIPE
        self.launcher = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)

    def start(self, how_many: int, acts: int = 0, *, naming: bool = False) -> list[int]:
        assert self.launcher.stdin
        assert self.launcher.stdout
        self.launcher.stdin.write(f"{how_many} {acts} {int(naming)}\n")
        self.launcher.stdin.flush()
        return [int(pid) for pid in self.launcher.stdout.readline().split()]

    def lines(self) -> list[str]:
        return self.ledger.read_text().splitlines()

    def acknowledged(self) -> set[str]:
        return {line for line in self.lines() if line.startswith("writer-")}

    def errors(self) -> list[str]:
        return [line for line in self.lines() if line.startswith("error")]

    def until(self, lines: int) -> None:
        """Wait until so much more stands in the ledger."""
        deadline = time.monotonic() + 120
        while len(self.lines()) < lines:
            assert time.monotonic() < deadline, f"it took too long: {len(self.lines())} of {lines}"
            assert self.launcher.poll() is None
            assert self.errors() == []
            time.sleep(0.005)


@pytest.fixture
def writers(transactional_db: None, tmp_path: Path) -> Iterator[Writers]:
    olive, mia = make_user("Olive Okafor"), make_user("Mia Marsh")
    group = make_group(olive)
    join(group, mia)
    make_challenge(group)
    connection.close()
    writers = Writers(tmp_path)
    yield writers
    writers.launcher.kill()
    writers.launcher.communicate()


def assert_every_act_is_whole(*, named: bool) -> None:
    """An act without its credit, its counters or its letter would be half a write."""
    acts = Act.objects.filter(form_key__startswith="writer-").count()
    assert Credit.objects.count() == acts * named
    letters = Notice.objects.filter(kind="credit")
    assert Delivery.objects.filter(notice__in=letters).count() <= letters.count() <= acts
    assert recount() == []


def assert_the_database_is_sound() -> None:
    connection.check_constraints()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.audit)])
def test_what_was_acknowledged_survives_the_death_of_its_writer(writers: Writers, kills: int) -> None:
    dice = random.Random(7)
    for _ in range(kills):
        pids = writers.start(3, naming=True)
        writers.until(len(writers.lines()) + dice.randrange(3, 15))
        time.sleep(dice.random() / 50)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    assert writers.errors() == []
    acknowledged = writers.acknowledged()
    stored = set(Act.objects.filter(form_key__startswith="writer-").values_list("form_key", flat=True))
    assert len(acknowledged) >= 3 * kills
    assert acknowledged - stored == set()
    # A write may be safe and its writer dead before it could say so: at most one for each that was killed.
    assert len(stored - acknowledged) <= 3 * kills
    assert_every_act_is_whole(named=True)
    assert_the_database_is_sound()


@pytest.mark.parametrize("acts", [50, pytest.param(500, marks=pytest.mark.audit)])
def test_twenty_writers_at_once_lose_nothing_and_are_never_locked_out(writers: Writers, acts: int) -> None:
    writers.start(20, acts)
    writers.until(20 * (acts + 1))
    assert writers.errors() == []
    assert writers.lines().count("done") == 20
    stored = set(Act.objects.filter(form_key__startswith="writer-").values_list("form_key", flat=True))
    assert stored == writers.acknowledged()
    assert len(stored) == 20 * acts
    assert_every_act_is_whole(named=False)
    assert_the_database_is_sound()
