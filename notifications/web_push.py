"""Messages to browsers: locked so that only the browser reads them, not the push service in between (RFC 8291), and
signed so that the service knows whose they are (RFC 8292).

`pywebpush` would bring a second HTTP library and three packages more for these lines; what is difficult in them is
`cryptography`, which is here already.
"""

import base64
import hashlib
import os
import secrets
import time
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT, SECRET = 65, 16
"""Bytes of a browser's public key, and of its secret."""
RECORD = 4096
TOKEN_LIFE = 12 * 60 * 60
Key = ec.EllipticCurvePrivateKey


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """
    Raises:
        ValueError: this is not base64url.
    """
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


# --- Our key ----------------------------------------------------------------------------------------


def make_key(path: Path) -> None:
    """Write the key that signs our messages, once: with another one no browser that subscribed could be reached."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(encoded(number.to_bytes(32, "big")) + "\n")


@lru_cache(maxsize=4)
def read_key(text: str) -> Key:
    """
    Raises:
        ValueError: this is no key.
    """
    return ec.derive_private_key(int.from_bytes(decoded(text), "big"), CURVE)


def point(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def key_id(key: Key) -> str:
    """What tells whether a browser subscribed with this key."""
    return hashlib.sha256(point(key)).hexdigest()[:16]


def signed(key: Key, endpoint: str, contact: str) -> str:
    """The header that says to the service at an address who we are, for the next hours."""
    at = urlsplit(endpoint)
    claims = {"aud": f"{at.scheme}://{at.netloc}", "exp": int(time.time()) + TOKEN_LIFE, "sub": contact}
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={encoded(point(key))}"


# --- A message --------------------------------------------------------------------------------------


def is_point(raw: bytes) -> bool:
    """Whether this is a public key of a browser at all: on our curve, and not cut short."""
    try:
        return len(raw) == POINT and bool(ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw))
    except ValueError:
        return False


def locked(text: bytes, browser: bytes, secret: bytes, *, once: Key | None = None, salt: bytes = b"") -> bytes:
    """A message that only one browser can open.

    Args:
        browser: its public key.
        secret: what it shares with us alone.
        once, salt: drawn anew for every message; a test may give its own.
    """
    once, salt = once or ec.generate_private_key(CURVE), salt or secrets.token_bytes(16)
    shared = once.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser))
    ours = point(once)
    base = _derived(shared, secret, b"WebPush: info\0" + browser + ours, 32)
    key = _derived(base, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(base, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    # A two ends the last record; there is only one.
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
