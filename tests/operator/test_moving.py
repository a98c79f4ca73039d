"""The real commands in real folders: an installation moves to an empty machine, and people go on where they were (F1).

With SQLite it moves into an empty folder; where the tests run on PostgreSQL, into an empty database there.
"""

import json
import os
import stat
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]

PHONE = """
from cryptography.hazmat.primitives.asymmetric import ec
from tests.accounts.authenticator import Passkey
# The phone is in nobody's backup: it is the same one before and after.
phone = Passkey(origin="https://kind.example.org", rp="kind.example.org",
                key=ec.derive_private_key(20261124, ec.SECP256R1()))
"""

FOUND = (
    PHONE
    + """
import django; django.setup()
from django.core.management import call_command
from django.db import connections
from kindness_platform import demo, prepare, supervisor
prepare.make_tables()
with connections["queue"].cursor() as cursor:
    cursor.execute("INSERT INTO cache VALUES ('limit', 'address 203.0.113.7', '2099-01-01')")
demo.make()
from allauth.mfa.models import Authenticator
from accounts.models import User
mina = User.objects.get(email="mina@example.org")
Authenticator.objects.create(user=mina, type="webauthn", data=phone.stored("my phone"))
"""
)

VISIT = (
    PHONE
    + """
import django
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django.setup()
from django.test import Client
from accounts.models import AccountMail, User
from feed.models import Photo
from groups.models import Group

mina = User.objects.get(email="mina@example.org")
def visitor():
    return Client(SERVER_NAME="kind.example.org", headers={"x-forwarded-proto": "https"})
client = visitor()
client.post("/accounts/login/", {"login": mina.email})
client.post("/accounts/login/code/confirm/", {"code": AccountMail.objects.get(address=mina.email).code})
photo = Photo.objects.visible_to(mina).first()
group = Group.objects.visible_to(mina).first()
feed = client.get(group.get_absolute_url())
picture = client.get(f"/photos/{photo.public_id}/small/")
from allauth.account.utils import user_pk_to_url_str
from fido2.utils import websafe_encode
other = visitor()
asked = other.get("/accounts/login/passkey/", headers={"accept": "application/json"}).json()["request_options"]
answer = phone.get(asked, handle=websafe_encode(user_pk_to_url_str(mina).encode()))
other.post("/accounts/login/passkey/", {"credential": answer})
print(feed.status_code, b'class="act' in feed.content, picture.status_code, b"".join(picture)[:4] == b"RIFF",
      mina.check_password("a-good-turn-a-day"), other.session.get("_auth_user_id") == str(mina.pk))
"""
)


@dataclass
class Machine:
    """A folder, and the environment an operator would have there. Production: there is no key but the one it makes."""

    data: Path
    database_url: str = ""

    def run(self, *arguments: str, fails: bool = False) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "kindness_platform.settings",
            "BASE_URL": "https://kind.example.org",
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "CRITICAL",
            "DATA_DIR": str(self.data),
        } | ({"DATABASE_URL": self.database_url} if self.database_url else {})
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout


@pytest.fixture
def empty_machine(tmp_path: Path) -> Iterator[Machine]:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield Machine(tmp_path / "new")
        return
    name = f"moving_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield Machine(tmp_path / "new", urlsplit(url)._replace(path=f"/{name}").geturl())
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def manifest(archive: Path) -> dict[str, object]:
    with zipfile.ZipFile(archive) as opened:
        told: dict[str, object] = json.loads(opened.read("manifest.json"))
    return told


@pytest.mark.audit
def test_an_installation_moves_to_an_empty_machine(tmp_path: Path, empty_machine: Machine) -> None:
    old = Machine(tmp_path / "old")
    (old.data / "keys").mkdir(parents=True)
    (old.data / "keys" / "secret_key").write_text("an-old-key-" + uuid.uuid4().hex * 2)
    old.run("-c", FOUND)
    old.run("manage.py", "backup", str(tmp_path / "kept"), "--keys", str(tmp_path / "safe"))
    (archive,), (keys,) = (tmp_path / "kept").iterdir(), (tmp_path / "safe").iterdir()
    assert b"203.0.113.7" not in zipfile.ZipFile(archive).read("queue.sqlite3")

    assert "--keys" in empty_machine.run("manage.py", "restore", str(archive), fails=True)
    assert [path.name for path in empty_machine.data.rglob("*") if path.name != ".lock"] == []
    empty_machine.run("manage.py", "restore", str(archive), "--keys", str(keys))
    empty_machine.run("manage.py", "backup", str(tmp_path / "again"), "--keys", str(tmp_path / "safe"))

    before, after = manifest(archive), manifest(next((tmp_path / "again").iterdir()))
    for part in ("migrations", "tables", "sequences", "settings", "keys"):
        assert after[part] == before[part], part
    photos = [
        {name: told for name, told in dict(found["files"]).items() if name.startswith("media/")}  # type: ignore[call-overload]
        for found in (before, after)
    ]
    assert photos[0] == photos[1]
    assert len(photos[0]) >= 2
    assert stat.S_IMODE((empty_machine.data / "keys" / "secret_key").stat().st_mode) == 0o600
    assert empty_machine.run("-c", VISIT).strip() == "200 True 200 True True True"
