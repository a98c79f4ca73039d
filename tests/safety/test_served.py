"""Three real web processes over TLS, with the database and the cache that they share (B3, B9)."""

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feed.models import Act, Photo
from groups.models import Group
from groups.models.join_code import draw_code
from tests.factories import join, make_act, make_challenge, make_group, make_user
from tests.operator.test_writers import address_of_the_database

ROOT = Path(__file__).resolve().parents[2]
HOST = "kind.example.org"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes


class Served:
    """An installation that is served: three processes, each at a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        certificate, key = self._certificate()
        self.ports = [_free_port() for _ in range(3)]
        self.trust = ssl.create_default_context(cafile=str(certificate))
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.safety.served",
            "GOODTURN_MODE": "production",
            "BASE_URL": f"https://{HOST}",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": address_of_the_database(),
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "CRITICAL",
        }
        command = [sys.executable, "-m", "tests.safety.servers", str(certificate), str(key), *map(str, self.ports)]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def ask(self, path: str, headers: dict[str, str], port: int = 0) -> Reply:
        """One request over a connection of its own, to one of the three."""
        raw = socket.create_connection(("127.0.0.1", port or self.ports[0]), timeout=30)
        with self.trust.wrap_socket(raw, server_hostname=HOST) as line:
            asking = http.client.HTTPSConnection(HOST)
            asking.sock = line
            asking.request("GET", path, headers={"Host": HOST} | headers)
            got = asking.getresponse()
            told = {name.lower(): value for name, value in got.getheaders()}
            return Reply(got.status, told, got.headers.get_all("Set-Cookie") or [], got.read())

    def until_it_answers(self) -> None:
        deadline = time.monotonic() + 240
        for port in self.ports:
            while True:
                with contextlib.suppress(OSError):
                    if self.ask("/healthz", {}, port).status in {200, 503}:
                        break
                assert self.process.poll() is None, self.log()
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.05)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def _certificate(self) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        begun = datetime.now(UTC) - timedelta(days=1)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begun)
            .not_valid_after(begun + timedelta(days=3))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        paths = self.folder / "certificate.pem", self.folder / "key.pem"
        paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return paths


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Place:
    served: Served
    group: Group
    act: Act
    photo: Photo
    mia: User
    otto: User

    def session(self, user: User, **more: object) -> str:
        client = Client()
        client.force_login(user)
        session = client.session
        session.update(more)
        session.save()
        return f"__Host-session={session.session_key}"


@pytest.fixture
def place(transactional_db: None, tmp_path: Path) -> Iterator[Place]:
    served = Served(tmp_path)
    try:
        olive, mia = make_user("Olive Okafor"), make_user("Mia Marsh")
        group = make_group(olive)
        join(group, mia)
        make_challenge(group)
        act = make_act(group, olive, text="Brought tea.")
        photo = Photo.objects.create(group=group, act=act, uploader=olive, width=4, height=3, alt="Tea")
        file = tmp_path / "media" / photo.path("small")
        file.parent.mkdir(parents=True)
        file.write_bytes(b"RIFF")
        otto = make_user("Otto Operator", is_staff=True, is_superuser=True)
        served.until_it_answers()
        yield Place(served, group, act, photo, mia, otto)
    finally:
        served.stop()
        connection.close()


CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
EVERYWHERE = {
    "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}


@pytest.mark.audit
def test_three_processes_over_tls(place: Place) -> None:
    """Two promises in one test, for the processes take seconds to start."""
    eight_kinds_of_reply_have_the_same_headers(place)
    a_limit_is_one_limit_for_all_of_them(place)


def eight_kinds_of_reply_have_the_same_headers(place: Place) -> None:
    mia = place.session(place.mia)
    proof = [{"method": "mfa", "at": 1.0, "type": "webauthn"}]
    otto = place.session(
        place.otto,
        account_authentication_methods=proof,
        account_authentication_methods_user=str(place.otto.pk),
    )
    kinds = {
        "sign-in": (reverse("account_login"), 200, "", {}),
        "feed": (place.group.get_absolute_url(), 200, mia, {}),
        "settings": (reverse("settings"), 200, mia, {}),
        "admin": ("/admin/", 200, otto, {}),
        "media": (reverse("photo", args=[place.photo.public_id, "small"]), 200, mia, {}),
        "nothing there": ("/nothing-here/", 404, mia, {}),
        "broken": ("/broken/", 500, mia, {}),
        "fragment": ("/", 200, mia, {"HX-Request": "true", "HX-Target": "earlier"}),
    }
    for kind, (path, status, cookie, headers) in kinds.items():
        reply = place.served.ask(path, {"Cookie": cookie} | headers)
        assert reply.status == status, f"{kind}: {reply.status} {place.served.log()}"
        assert {name: reply.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, kind
        assert {"private", "no-store"} <= set(reply.headers["cache-control"].split(", ")), kind
        policy = reply.headers["content-security-policy"]
        assert policy == CSP if kind != "media" else {"sandbox", "default-src 'none'"} <= set(policy.split("; ")), kind
    for cookie in place.served.ask(reverse("account_login"), {}).cookies:
        assert cookie.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def a_limit_is_one_limit_for_all_of_them(place: Place) -> None:
    """Twenty wrong codes in five minutes, asked of three processes at once, from addresses that are made up."""

    def guess(number: int) -> Reply:
        claimed = f"203.0.113.{number}, 10.0.0.{number}"
        return place.served.ask(
            reverse("join", args=[draw_code()]), {"X-Forwarded-For": claimed}, place.served.ports[number % 3]
        )

    with ThreadPoolExecutor(3) as visitors:
        replies = list(visitors.map(guess, range(36)))
    assert {reply.status for reply in replies} == {404, 429}
    # Who waits for the count longer than a second is sent away as well, so it may be fewer and is never more.
    assert sum(reply.status == 404 for reply in replies) <= 20
    for port in range(3):
        last = guess(100 * 3 + port)
        assert last.status == 429
        assert int(last.headers["retry-after"]) > 0
