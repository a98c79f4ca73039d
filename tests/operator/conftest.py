"""An installation to back up: folders of its own, a group with people, acts, a photo, a chain and waiting mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from accounts.models.audit import record
from feed.models import Act, ActDraft, Comment, Photo
from feed.pictures import Picture, keep
from kindness_platform.backups import tables
from notifications import outbox
from tests.factories import join, make_act, make_challenge, make_group, make_user

Fingerprints = dict[str, tuple[int, str]]
ODD = "Ça va\N{ZERO WIDTH JOINER} 🫖 \\N \\x41 \t\"'; DROP TABLE \r\n\u202e%s {0}"


def fingerprints() -> Fingerprints:
    """Every table there is, by its rows: taken from the models, so that a new one cannot be forgotten."""
    found = tables.tables_at(connection, tables.migrations_of(connection))
    return {table.name: tables.fingerprint(table, connection) for table in found}


@dataclass
class Home:
    """The installation of a test, in the database of the test and in a folder."""

    data: Path
    kept: Path
    mia: User
    act: Act
    photo: Photo
    gone: int

    def backup(self, *options: str) -> Path:
        """Make a backup; each has a name of its own, for they are made within a second."""
        for old in self.kept.glob("goodturn-2*.zip"):
            old.rename(old.with_name(f"older-{len(list(self.kept.iterdir()))}.zip"))
        call_command("backup", str(self.kept), "--keys", str(self.kept / "keys"), *options, stdout=StringIO())
        (made,) = self.kept.glob("goodturn-2*.zip")
        return made

    def restore(self, archive: Path, *options: str) -> str:
        said = StringIO()
        call_command("restore", str(archive), *options, stdout=said)
        return said.getvalue()

    def refuses(self, archive: Path, *options: str) -> str:
        with pytest.raises(CommandError) as refusal:
            self.restore(archive, *options)
        return str(refusal.value)

    def lose_everything(self) -> None:
        """The disk is gone: no rows, no files. The tables stay, as a new installation has them."""
        empty_the_database()
        for path in sorted(self.data.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()

    def files(self) -> dict[str, bytes]:
        """Everything in the data folder but its locks, by name."""
        found = (path for path in self.data.rglob("*") if path.is_file() and not path.name.endswith("lock"))
        return {str(path.relative_to(self.data)): path.read_bytes() for path in found}

    def photos(self) -> dict[str, bytes]:
        return {name: content for name, content in self.files().items() if name.startswith("media")}


def empty_the_database() -> None:
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


@pytest.fixture
def folders(settings: Settings, tmp_path: Path) -> Path:
    """A data folder for this test alone."""
    data = tmp_path / "data"
    settings.DATA_DIR, settings.KEYS_DIR, settings.MEDIA_ROOT = data, data / "keys", data / "media"
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": data / "media"}}
    }
    data.mkdir()
    return data


@pytest.fixture
def home(transactional_db: None, folders: Path, tmp_path: Path) -> Iterator[Home]:
    olive, mia = make_user("Olive Okafor"), make_user("Mia Marsh")
    EmailAddress.objects.create(user=mia, email=mia.email or "", verified=True, primary=True)
    group = make_group(olive, name="Ferry Lane Surgery")
    join(group, mia)
    challenge = make_challenge(group)
    photo = keep(drawn(), group, mia, "A teapot")
    act = make_act(group, mia, kind="saw", text=ODD, challenge=challenge, credited=[olive], photo=photo)
    make_act(group, olive, text="Passed it on.", parent=act, link_kind="passed_on")
    Comment.objects.post(act, olive, "So it was you.", form_key="one")
    ActDraft.objects.create(user=mia, group=group, fields={"text": ODD, "n": [1, 2.5, None, True]})
    record(olive, "removed", act, group_id=group.pk)
    outbox.queue(mia, "account", "x")
    gone = make_user("Gone")
    number = gone.pk
    gone.delete()
    yield Home(data=folders, kept=tmp_path / "kept", mia=mia, act=act, photo=photo, gone=number)
    # A restore brings back the numbers of another time; Django remembers those of this one.
    ContentType.objects.clear_cache()


def drawn() -> Picture:
    content = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(content, "WEBP")
    return Picture(content.getvalue(), content.getvalue() * 2, 4, 3)
