"""The two standards of messages to browsers: locked for one browser (RFC 8291), signed by us (RFC 8292)."""

import stat
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from notifications import web_push
from notifications.web_push import decoded, encoded
from tests.notifications.push_service import Browser

# The example of RFC 8291, appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
LOCKED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_to_the_letter() -> None:
    once = web_push.read_key(OURS)
    assert encoded(web_push.locked(TEXT, decoded(THEIRS), decoded(SECRET), once=once, salt=decoded(SALT))) == LOCKED


def test_only_the_browser_it_is_for_can_read_it() -> None:
    browser, other = Browser(), Browser()
    first, second = (web_push.locked(b"something", browser.point, browser.secret) for _ in range(2))
    assert first != second
    assert browser.read(first) == browser.read(second) == b"something"
    assert b"something" not in first
    with pytest.raises(InvalidTag):
        other.read(first)


def test_it_says_who_we_are_to_this_service_and_for_hours_only() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    header = web_push.signed(key, "https://updates.push.services.mozilla.com/wpush/v2/abc", "https://kind.example.org")
    assert header.startswith("vapid t=")
    token, _comma, ours = header.removeprefix("vapid t=").partition(", k=")
    claims: dict[str, Any] = jwt.decode(
        token, key.public_key(), algorithms=["ES256"], audience="https://updates.push.services.mozilla.com"
    )
    assert claims["sub"] == "https://kind.example.org"
    assert claims["exp"] - time.time() <= 24 * 60 * 60
    assert decoded(ours) == web_push.point(key)


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "push_key"
    web_push.make_key(path)
    first = path.read_text()
    web_push.make_key(path)
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = web_push.read_key(first.strip())
    assert web_push.is_point(web_push.point(key))
    assert len(web_push.key_id(key)) == 16


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x04" + bytes(64),
        b"\x04" + b"\x01" * 64,
        decoded(THEIRS)[:64],
        decoded(THEIRS) + b"\x00",
        b"\x02" + bytes(32),
    ],
    ids=["nothing", "zeros", "off the curve", "cut", "too long", "compressed"],
)
def test_what_is_no_key_of_a_browser_is_told_apart(raw: bytes) -> None:
    assert not web_push.is_point(raw)
