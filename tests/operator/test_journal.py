"""What was erased stays erased: the journal beside the database."""

import stat
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import journal


@pytest.fixture(autouse=True)
def forgotten(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A journal of its own, and a kind of thing that only notes what it was asked to forget."""
    settings.DATA_DIR = tmp_path
    asked: list[str] = []
    monkeypatch.setattr(journal, "_kinds", {"leaf": asked.append})
    return asked


def write(*public_ids: str) -> None:
    journal.append(f"2026-03-12T12:00:00Z leaf {public_id}" for public_id in public_ids)


@pytest.mark.django_db
def test_an_erasure_is_remembered_once_it_is_safe(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, forgotten: list[str]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        journal.record("leaf", "one")
        assert journal.lines() == []
    assert journal.replay() == 1
    assert forgotten == ["one"]


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_was_rolled_back_leaves_no_line() -> None:
    with transaction.atomic():
        journal.record("leaf", "one")
        transaction.set_rollback(True)
    assert journal.lines() == []


@pytest.mark.django_db
def test_a_kind_that_nobody_can_forget_is_refused() -> None:
    with pytest.raises(LookupError):
        journal.record("stone", "one")


def test_what_this_version_cannot_forget_stops_the_replay() -> None:
    journal.append(["2026-03-12T12:00:00Z stone one"])
    with pytest.raises(LookupError):
        journal.replay()


def test_replaying_twice_and_lines_told_twice_do_no_harm(forgotten: list[str]) -> None:
    write("one", "two", "one")
    assert journal.replay() == journal.replay() == 2
    assert forgotten == ["one", "two"] * 2


def test_a_line_that_a_power_cut_tore_spoils_no_other(forgotten: list[str]) -> None:
    write("one")
    with journal.path().open("ab") as file:
        file.write(b"2026-03-12T12:00:0")
    write("two")
    journal.replay()
    assert forgotten == ["one", "two"]


def test_two_copies_become_one(forgotten: list[str]) -> None:
    write("one", "two")
    other = journal.whole_lines(journal.path().read_bytes())
    journal.path().unlink()
    write("three", "one")
    journal.merge(other)
    journal.replay()
    assert sorted(forgotten) == ["one", "three", "two"]


def test_nobody_else_on_the_machine_reads_it() -> None:
    write("one")
    assert stat.S_IMODE(journal.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path().parent.stat().st_mode) == 0o700
