"""A push service and the browser behind it: answers as it is told to, keeps what came, and can read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.web_push import encoded


@dataclass
class Browser:
    """The far end: the only one that can read what is sent to it (RFC 8291, seen from the other side)."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes ok"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, str]:
        return {"endpoint": endpoint, "p256dh": encoded(self.point), "auth": encoded(self.secret)}

    def read(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, text = body[21 : 21 + length], body[21 + length :]
        assert len(text) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        base = _derive(self.secret, b"WebPush: info\x00" + self.point + theirs, shared, 32)
        key, nonce = (_derive(salt, f"Content-Encoding: {what}\0".encode(), base, n) for what, n in NEEDED)
        plain = AESGCM(key).decrypt(nonce, text, None)
        assert plain.endswith(b"\x02"), "the last record ends with a two"
        return plain[:-1]


NEEDED = (("aes128gcm", 16), ("nonce", 12))


def _derive(salt: bytes, info: bytes, secret: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass
class Came:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Attributes:
    answers: by path, the statuses it answers with, each with its headers; the last one stays. 201 if there is none.
    """

    origin: str = ""
    came: list[Came] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)

    def endpoint(self, name: str) -> str:
        return f"{self.origin}/{name}"

    def answer(self, name: str, *statuses: int, **headers: str) -> None:
        said = {key.replace("_", "-"): value for key, value in headers.items()}
        self.answers[f"/{name}"] = [(status, said) for status in statuses]

    def next_answer(self, path: str) -> tuple[int, dict[str, str]]:
        planned = self.answers.get(path, [(201, {})])
        return planned.pop(0) if len(planned) > 1 else planned[0]


@contextmanager
def running() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.came.append(Came(self.path, dict(self.headers), body))
            status, headers = service.next_answer(self.path)
            if status == 0:  # hangs up without a word
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
