"""A backup that is restored is the same installation (SAFETY F1); one that is damaged changes nothing."""

import os
import random
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import time_machine
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from accounts import journal
from accounts.models import User
from groups.models import Group
from kindness_platform import supervisor
from kindness_platform.backups import archive, backup, databases, keys, restore, tables
from tests.factories import make_user
from tests.operator.conftest import Home, fingerprints

# --- There and back -------------------------------------------------------------------------------


def test_what_comes_back_is_what_was_there_once_and_again(home: Home) -> None:
    before, photos, numbers = fingerprints(), home.photos(), next_numbers()
    made = home.backup()
    home.lose_everything()
    said = home.restore(made)
    assert f"{sum(rows for rows, _hash in before.values())} rows" in said
    assert (fingerprints(), home.photos(), next_numbers()) == (before, photos, numbers)
    home.restore(made, "--replace")
    assert (fingerprints(), home.photos(), next_numbers()) == (before, photos, numbers)
    assert len([rows for rows, _hash in before.values() if rows]) > 15
    assert not restore.workroom().exists()


def next_numbers() -> dict[str, int]:
    return tables.sequences(connection, tables.tables_at(connection, tables.migrations_of(connection)))


def test_no_table_is_left_out(home: Home) -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor)) - {"django_migrations"}
    with archive.Archive(home.backup()) as made:
        assert set(made.manifest.tables) == there


@pytest.mark.audit
def test_what_is_there_is_only_given_up_when_that_is_said(home: Home) -> None:
    made = home.backup()
    (home.data / "media" / "later.webp").write_bytes(b"later")
    later = make_user("Nina")
    here, files = fingerprints(), home.files()
    assert "--replace" in home.refuses(made)
    assert (fingerprints(), home.files()) == (here, files)
    home.restore(made, "--replace")
    assert not User.objects.filter(email=later.email).exists()
    assert not (home.data / "media" / "later.webp").exists()


def test_photos_alone_are_a_full_house_too(home: Home) -> None:
    made = home.backup()
    home.lose_everything()
    (home.data / "media").mkdir()
    (home.data / "media" / "one.webp").write_bytes(b"one")
    assert "photos" in home.refuses(made)


@pytest.mark.audit
def test_an_older_backup_is_brought_up_to_date(home: Home, tmp_path: Path) -> None:
    """Made before groups kept their rules in their own row: the rule moves as it does in every update."""
    graph = MigrationLoader(None).graph
    later = set(graph.backwards_plan(("groups", "0002_overrides_in_the_row")))
    older = [node for node in tables.migrations_of(connection) if node not in later]
    room = tmp_path / "older"
    room.mkdir()
    with databases.new(room) as old:
        tables.migrate_to(old, older)
        model = {table.name: table.model._base_manager for table in tables.tables_at(old, older)}
        home_of_it = model["groups_organization"].create(name="Ferry Lane")
        names = {"name": "Ferry Lane", "slug": "ferry-lane", "mode": "workplace"}
        group = model["groups_group"].create(organization=home_of_it, **names)
        model["groups_policyoverride"].create(group=group, name="comments_open", allowed=False)
        made = backup.make(home.kept, home.kept / "keys").path
    databases.drop_new()
    home.lose_everything()
    home.restore(made)
    assert Group.objects.get().overrides["comments_open"]["allowed"] is False


@pytest.mark.audit
def test_who_accepted_the_terms_by_their_number_has_accepted_them(home: Home, tmp_path: Path) -> None:
    """Made before an acceptance recorded a fingerprint: nobody is asked again by the update."""
    graph = MigrationLoader(None).graph
    later = set(graph.backwards_plan(("accounts", "0004_terms_by_fingerprint")))
    older = [node for node in tables.migrations_of(connection) if node not in later]
    room = tmp_path / "older"
    room.mkdir()
    with databases.new(room) as old:
        tables.migrate_to(old, older)
        [people] = [
            table.model._base_manager for table in tables.tables_at(old, older) if table.name == "accounts_user"
        ]
        for version, name in enumerate(("Nina New", "Mia Marsh")):
            people.create(name=name, email=f"{version}@example.org", password="", terms_version=version)
        made = backup.make(home.kept, home.kept / "keys").path
    databases.drop_new()
    home.lose_everything()
    home.restore(made)
    assert [user.has_accepted_terms for user in User.objects.order_by("email")] == [False, True]


@pytest.mark.audit
def test_the_words_of_those_who_run_it_come_back(home: Home) -> None:
    texts = home.data / "texts"
    texts.mkdir()
    (texts / "terms.es.txt").write_text("Sé amable.")
    (texts / "terms.txt").write_text("Be kind.")
    made = home.backup()
    home.lose_everything()
    home.restore(made)
    assert {path.name: path.read_text() for path in texts.iterdir()} == {
        "terms.txt": "Be kind.",
        "terms.es.txt": "Sé amable.",
    }


# --- Refused, and nothing changed -------------------------------------------------------------------


@pytest.mark.parametrize("count", [60, pytest.param(400, marks=pytest.mark.audit)])
def test_one_flipped_bit_or_a_missing_end_is_enough(home: Home, tmp_path: Path, count: int) -> None:
    whole = home.backup().read_bytes()
    home.lose_everything()
    here, files = fingerprints(), home.files()
    dice = random.Random(20261124)
    broken = tmp_path / "broken.zip"
    harms = [*_flips(whole, dice, count * 3 // 4), *_truncations(whole, dice, count // 4)]
    assert len(harms) == count
    for what, content in harms:
        broken.write_bytes(content)
        assert "damaged" in home.refuses(broken), what
        assert home.files() == files, what
    assert fingerprints() == here


def _flips(whole: bytes, dice: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """Anywhere, and in the places that matter most: the first bytes, the manifest's end, the seal, its digits."""
    places = [0, 3, len(whole) - 1, len(whole) - 64, len(whole) - 70, len(whole) - 120]
    places += [dice.randrange(len(whole)) for _ in range(count - len(places))]
    for place in places:
        bit = dice.randrange(8)
        yield f"bit {bit} of byte {place}", whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]


def _truncations(whole: bytes, dice: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    for length in [0, 1, 64, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(count - 4))]:
        yield f"only {length} bytes", whole[:length]


def reseal(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive with other contents and a seal that fits them: what a mistake of ours might write."""
    with zipfile.ZipFile(source) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    manifest = msgspec.json.decode(members.pop(archive.MANIFEST))
    with archive.Writer(target) as writer:
        for name, content in members.items():
            writer._zip.writestr(name, content)
        writer.seal(manifest)
    return target


def _drop_a_row(members: dict[str, bytes]) -> None:
    members["tables/accounts_user.jsonl"] = members["tables/accounts_user.jsonl"].partition(b"\n")[2]


def _change_a_word(members: dict[str, bytes]) -> None:
    members["tables/feed_comment.jsonl"] = members["tables/feed_comment.jsonl"].replace(b"So it was", b"So it is!")


def _change_a_photo(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("media/"))
    members[name] = b"WEBP" + members[name][4:]


def _lose_a_photo(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("media/"))]


def _lose_a_table(members: dict[str, bytes]) -> None:
    del members["tables/feed_act.jsonl"]


def _point_outside(members: dict[str, bytes]) -> None:
    _edit(members, lambda told: told["files"].update({"media/../../outside": {"size": 1, "sha256": "0" * 64}}))
    members["media/../../outside"] = b"!"


def _another_table(members: dict[str, bytes]) -> None:
    _edit(members, lambda told: told["tables"]["feed_act"]["columns"].append("points"))


def _another_product(members: dict[str, bytes]) -> None:
    _edit(members, lambda told: told.update(product="badturn"))


def _newer_format(members: dict[str, bytes]) -> None:
    _edit(members, lambda told: told.update(format=2, version="9.0", tables="of another shape"))


def _newer_steps(members: dict[str, bytes]) -> None:
    _edit(members, lambda told: told["migrations"].append(["feed", "9999_from_the_future"]))


def _edit(members: dict[str, bytes], change: Callable[[Any], object]) -> None:
    told = msgspec.json.decode(members[archive.MANIFEST])
    change(told)
    members[archive.MANIFEST] = msgspec.json.encode(told)


CHANGES = {
    _drop_a_row: "damaged: the rows of accounts_user",
    _change_a_word: "damaged: the rows of feed_comment",
    _change_a_photo: "damaged: media/",
    _lose_a_photo: "damaged: it does not hold",
    _lose_a_table: "damaged: it does not hold",
    _point_outside: "damaged: it names a place outside",
    _another_table: "damaged: its tables are not those",
    _another_product: "damaged: it is a backup of something else",
    _newer_format: "version 9.0, which is newer than this one; update first",
    _newer_steps: "feed.9999_from_the_future); update first",
}


def test_what_does_not_fit_its_manifest_or_this_version_is_refused(home: Home, tmp_path: Path) -> None:
    made = home.backup()
    home.lose_everything()
    here, files = fingerprints(), home.files()
    for change, words in CHANGES.items():
        target = tmp_path / "changed.zip"
        target.unlink(missing_ok=True)
        assert words in home.refuses(reseal(made, target, change)), change.__name__
        assert (fingerprints(), home.files()) == (here, files), change.__name__
        assert not restore.workroom().exists()


def test_a_file_that_is_not_there_is_a_plain_sentence(home: Home, tmp_path: Path) -> None:
    assert "No such file" in home.refuses(tmp_path / "nowhere.zip")


def test_nothing_is_restored_under_a_running_installation(home: Home) -> None:
    made = home.backup()
    home.lose_everything()
    lock = supervisor.only_one(home.data)
    try:
        assert "already runs" in home.refuses(made)
    finally:
        os.close(lock)


# --- A full disk, and a power cut -------------------------------------------------------------------


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """The kernel refuses to let any file grow beyond this, as a full disk would.

    Python does not notice when it can write only half of a compiled module, so it has to write none meanwhile.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sys.dont_write_bytecode = writes_none


@pytest.mark.parametrize("size", [0, 900, 5000])
def test_a_full_disk_makes_no_half_backup(home: Home, size: int) -> None:
    with disk_full_after(size), pytest.raises(CommandError):
        home.backup()
    assert [path for path in home.kept.rglob("*") if path.suffix in {".zip", ".part"}] == []
    assert backup.last_made_at() is None


@pytest.mark.parametrize("size", [20, pytest.param(0, marks=pytest.mark.audit)])
def test_a_full_disk_makes_no_half_restore(home: Home, size: int) -> None:
    made = home.backup()
    here, files = fingerprints(), home.files()
    with disk_full_after(size):
        home.refuses(made, "--replace")
    assert (fingerprints(), home.files()) == (here, files)


def test_too_little_room_is_said_before_anything_begins(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    made = home.backup()
    home.lose_everything()
    monkeypatch.setattr(restore, "ROOM_LEFT", 2**60)
    assert "too little room" in home.refuses(made)


STEPS = ("databases.put_in_place", "_photos_in_place", "journal.merge", "journal.replay")


@pytest.mark.audit
def test_a_restore_that_is_cut_off_again_and_again_is_ended_by_the_next_start(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, photos = fingerprints(), home.photos()
    made = home.backup()
    home.lose_everything()
    begin: Callable[[], object] = lambda: home.restore(made)  # noqa: E731
    for step in STEPS:
        with monkeypatch.context() as cut:
            cut.setattr(f"kindness_platform.backups.restore.{step}", _power_cut)
            with pytest.raises(SystemExit):
                begin()
        begin = restore.finish
    assert restore.finish()
    assert (fingerprints(), home.photos()) == (before, photos)
    assert not restore.finish()


def _power_cut(*_arguments: object) -> None:
    raise SystemExit


# --- Keys -------------------------------------------------------------------------------------------


def test_keys_travel_apart_and_come_back(home: Home, settings: Settings) -> None:
    (home.data / "keys").mkdir()
    (home.data / "keys" / "private_text").write_text("canary-of-the-key\n")
    made = home.backup()
    with zipfile.ZipFile(made) as opened:
        content = b"".join(map(opened.read, opened.namelist()))
    assert b"canary-of" not in content
    assert settings.SECRET_KEY.encode() not in content
    (file,) = (home.kept / "keys").iterdir()
    assert file.stat().st_mode & 0o077 == made.stat().st_mode & 0o077 == 0
    home.lose_everything()
    assert "--keys" in home.refuses(made)
    keys.put_in_place(keys.read(file))
    assert (home.data / "keys" / "private_text").read_text() == "canary-of-the-key\n"
    assert (home.data / "keys" / "private_text").stat().st_mode & 0o077 == 0


@pytest.mark.audit
def test_other_keys_are_refused_unless_that_is_wanted(home: Home, settings: Settings, tmp_path: Path) -> None:
    made = home.backup()
    home.lose_everything()
    settings.SECRET_KEY = "another-key-that-is-long-enough-to-be-one-0123456789abcdef"
    (tmp_path / "none.json").write_text("{}")
    assert "no keys" in home.refuses(made, "--keys", str(tmp_path / "none.json"))
    (file,) = (home.kept / "keys").iterdir()
    file.write_text(file.read_text().replace("demo", "omed"))
    assert "not the ones" in home.refuses(made, "--keys", str(file))
    home.restore(made, "--new-keys")
    assert User.objects.exists()


def test_the_same_keys_make_no_second_file(home: Home) -> None:
    home.backup()
    home.backup()
    assert len(list((home.kept / "keys").iterdir())) == 1


# --- The journal --------------------------------------------------------------------------------------


def test_who_was_erased_after_the_backup_stays_erased(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(journal._kinds, "person", lambda public_id: User.objects.filter(public_id=public_id).delete())
    first, second = make_user("First"), make_user("Second")
    journal.record("person", first.public_id)
    first.delete()
    made = home.backup()
    journal.record("person", second.public_id)
    second.delete()
    kept = journal.path().read_bytes()
    home.lose_everything()
    journal.append(journal.whole_lines(kept)[1:])  # the operator brought the journal along, and it is not all there
    home.restore(made)
    assert User.objects.filter(email=home.mia.email).exists()
    assert not User.objects.filter(public_id__in=[first.public_id, second.public_id]).exists()
    assert len(journal.lines()) == 2


# --- When, and how many -------------------------------------------------------------------------------


def test_all_backups_stay_two_days_and_one_a_day_thirty() -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    hourly = [now - timedelta(hours=n) for n in range(24 * 40)]
    kept = sorted(set(hourly) - set(backup.outdated(hourly, now)))
    assert len([at for at in kept if now - at <= timedelta(hours=48)]) == 49
    older = [at for at in kept if now - at > timedelta(hours=48)]
    assert {at.hour for at in older} == {23}
    assert len(older) == len({at.date() for at in older}) == 28
    assert backup.outdated(kept, now) == []


def test_thinning_touches_nothing_but_backups(home: Home) -> None:
    with time_machine.travel(datetime(2026, 1, 5, 8, tzinfo=UTC), tick=False):
        old = home.backup()
    (home.kept / "goodturn-holiday.zip").write_bytes(b"photos of mine")
    with time_machine.travel(datetime(2026, 3, 5, 8, tzinfo=UTC), tick=False):
        newest = backup.make(home.kept, home.kept / "keys").path
        assert backup.thin_out(home.kept) == [old]
        assert backup.last_made_at() == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert newest.name == "goodturn-2026-03-05T080000Z.zip"
    assert newest.is_file()
    assert (home.kept / "goodturn-holiday.zip").is_file()


def test_two_backups_at_once_do_not_spoil_each_other(home: Home) -> None:
    with backup._workroom(), pytest.raises(CommandError, match="Another backup"):
        home.backup()
    assert re.fullmatch(r"goodturn-.*Z\.zip", home.backup().name)
