"""A passkey in software: what a phone or a security key would answer, and what a forged one might."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Passkey:
    """One key, made for one site and one person.

    Attributes:
        origin, rp: what the browser says it is at; a phishing site says its own.
        verified: whether finger, face or PIN was asked.
        counter: how often it has been used; a copy's lags behind.
    """

    origin: str = "http://localhost"
    rp: str = "localhost"
    verified: bool = True
    counter: int = 0
    id: bytes = b"a-credential-id-of-our-own"
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """The answer to a request to make a passkey."""
        public = options["publicKey"]
        self.handle = public["user"]["id"]
        cose = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(dict(cose))
        data = self._data(ATTESTED) + attested
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", public["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def stored(self, name: str) -> dict[str, Any]:
        """What the database holds of it."""
        answer = self.create({"publicKey": {"challenge": "AA", "user": {"id": "MQ"}}})
        return {"name": name, "credential": json.loads(answer)}

    def get(self, options: dict[str, Any], *, handle: str | None = None) -> str:
        """The answer to a request to sign in."""
        self.counter += 1
        data = self._data(0)
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle or self.handle
        )

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.rp.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes | str) -> str:
        return json.dumps(
            {
                "type": "public-key",
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "clientExtensionResults": {"credProps": {"rk": True}},
                "response": {k: v if isinstance(v, str) else websafe_encode(v) for k, v in response.items()},
            }
        )
