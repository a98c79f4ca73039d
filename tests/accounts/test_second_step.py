import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import locking
from accounts.models import User
from tests.accounts.authenticator import Passkey
from tests.accounts.conftest import Send, code_in_the_mail, confirm, signed_in_as
from tests.accounts.test_passkeys import HOME, options_of

ON = "/accounts/app/on/"
STEP = "/accounts/login/second/"
CODES = "/accounts/recovery-codes/"


def code_at(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows now, or some half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def app(as_mia: Client, send: Send) -> str:
    """Mia's authenticator app: its secret. She has turned the second step on a while ago."""
    with time_machine.travel(time.time() // 30 * 30 - 290):
        confirm(as_mia, send)
        found = re.search(r'<strong translate="no">(\w+)</strong>', as_mia.get(ON).content.decode())
        assert found
        reply = send(ON, {"code": code_at(found[1])}, client=as_mia)
        assert reply["Location"] == CODES
        return found[1]


def first_step(client: Client, send: Send, user: User) -> Any:
    """Sign in with a mailed code, as far as that goes."""
    send("/accounts/login/", {"login": user.email or ""}, client=client)
    return send("/accounts/login/code/confirm/", {"code": code_in_the_mail()}, client=client)


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r'<li translate="no">(\d+)</li>', client.get(CODES).content.decode())


def test_the_second_step_is_asked_for(visitor: Client, send: Send, app: str, mia: User) -> None:
    assert first_step(visitor, send, mia)["Location"] == STEP
    assert signed_in_as(visitor) is None
    assert visitor.get("/you/").status_code == 302
    before = visitor.session.session_key
    assert send(STEP, {"code": code_at(app)})["Location"] == "/"
    assert signed_in_as(visitor) == mia.pk
    assert visitor.session.session_key != before


def test_turning_it_on_is_told_by_mail(app: str) -> None:
    assert "second step is on" in mail.outbox[-1].subject


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_the_code_of_another_half_minute_is_refused(
    visitor: Client, send: Send, app: str, mia: User, steps: int
) -> None:
    """SAFETY B24, BAD_INPUTS 38."""
    with time_machine.travel(time.time() // 30 * 30 + 10):
        first_step(visitor, send, mia)
        assert send(STEP, {"code": code_at(app, steps)}).status_code == 422
    assert signed_in_as(visitor) is None


def test_a_code_works_once(visitor: Client, send: Send, app: str, mia: User) -> None:
    with time_machine.travel(time.time() // 30 * 30 + 10):
        code = code_at(app)
        first_step(visitor, send, mia)
        send(STEP, {"code": code})
        other = Client()
        first_step(other, send, mia)
        assert send(STEP, {"code": code}, client=other).status_code == 422
    assert signed_in_as(other) is None


def test_the_code_that_turned_it_on_does_not_sign_in(as_mia: Client, send: Send, mia: User) -> None:
    with time_machine.travel(time.time() // 30 * 30 + 10):
        confirm(as_mia, send)
        secret = re.findall(r'<strong translate="no">(\w+)</strong>', as_mia.get(ON).content.decode())[0]
        send(ON, {"code": code_at(secret)}, client=as_mia)
        other = Client()
        first_step(other, send, mia)
        assert send(STEP, {"code": code_at(secret)}, client=other).status_code == 422


def spaced(code: str) -> str:
    return f" {code[:3]} {code[3:]} "


def arabic(code: str) -> str:
    return "".join(chr(0x660 + int(digit)) for digit in code)


@pytest.mark.parametrize("typed", [spaced, arabic])
def test_a_code_is_read_however_it_is_typed(visitor: Client, send: Send, app: str, mia: User, typed: Any) -> None:
    first_step(visitor, send, mia)
    assert send(STEP, {"code": typed(code_at(app))})["Location"] == "/"


@pytest.mark.parametrize("code", ["", "      ", "000000", "x" * 10_000, "12345", "\0", "²²²²²²"])
def test_what_is_no_code_is_refused(visitor: Client, send: Send, app: str, mia: User, code: str) -> None:
    first_step(visitor, send, mia)
    assert send(STEP, {"code": code}).status_code == 422
    assert signed_in_as(visitor) is None


def test_guessing_is_soon_too_often_even_from_new_browsers(send: Send, app: str, mia: User) -> None:
    statuses = []
    for _ in range(2):
        client = Client()
        first_step(client, send, mia)
        statuses += [send(STEP, {"code": "000000"}, client=client).status_code for _ in range(3)]
    assert statuses == [422] * 5 + [429]


def test_a_recovery_code_stands_in_once(as_mia: Client, visitor: Client, send: Send, app: str, mia: User) -> None:
    codes = recovery_codes(as_mia)
    assert len(set(codes)) == 10
    first_step(visitor, send, mia)
    assert send(STEP, {"code": codes[3]})["Location"] == "/"
    other = Client()
    first_step(other, send, mia)
    assert send(STEP, {"code": codes[3]}, client=other).status_code == 422
    assert send(STEP, {"code": codes[4]}, client=other)["Location"] == "/"


def test_recovery_codes_are_shown_once(as_mia: Client, send: Send, app: str) -> None:
    assert len(recovery_codes(as_mia)) == 10
    assert recovery_codes(as_mia) == []
    assert b"not shown again" in as_mia.get(CODES).content
    send(CODES + "new/", client=as_mia)
    assert "recovery codes" in mail.outbox[-1].subject
    assert len(recovery_codes(as_mia)) == 10


def test_new_recovery_codes_end_the_old_ones(as_mia: Client, visitor: Client, send: Send, app: str, mia: User) -> None:
    old = recovery_codes(as_mia)
    send(CODES + "new/", client=as_mia)
    first_step(visitor, send, mia)
    assert send(STEP, {"code": old[0]}).status_code == 422


def test_there_are_no_recovery_codes_without_an_app(as_mia: Client, send: Send) -> None:
    confirm(as_mia, send)
    assert as_mia.get(CODES).status_code == 404
    assert send(CODES + "new/", client=as_mia).status_code == 422


def test_a_new_password_does_not_skip_it(visitor: Client, send: Send, app: str, mia: User) -> None:
    send("/accounts/password/reset/", {"email": mia.email or ""})
    send("/accounts/password/reset/confirm/", {"code": code_in_the_mail()})
    reply = send("/accounts/password/reset/complete/", {"password1": "another five quiet words"})
    assert reply["Location"] == STEP
    assert signed_in_as(visitor) is None


def test_the_mailbox_alone_does_not_turn_it_off(
    as_mia: Client, visitor: Client, send: Send, app: str, mia: User
) -> None:
    """A second step that a mailed code could remove would be none."""
    stolen = Client()
    stolen.force_login(mia)
    assert send("/accounts/app/off/", client=stolen)["Location"].startswith("/accounts/confirm/code/")
    assert send("/accounts/confirm/mail/", {"action": "send"}, client=stolen)["Location"].startswith(
        "/accounts/confirm/code/"
    )
    assert Authenticator.objects.filter(type="totp").exists()


def test_mia_turns_it_off_again(as_mia: Client, visitor: Client, send: Send, app: str, mia: User) -> None:
    assert as_mia.get("/accounts/app/off/").status_code == 200
    send("/accounts/app/off/", client=as_mia)
    assert not Authenticator.objects.exists()
    assert "second step is off" in mail.outbox[-1].subject
    assert first_step(visitor, send, mia)["Location"] == "/"


def test_the_secret_is_locked_in_the_database(app: str, mia: User, settings: Any) -> None:
    stored = str([factor.data for factor in Authenticator.objects.all()])
    assert app not in stored
    locked = Authenticator.objects.get(type="totp").data["secret"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert locking.unlock(locked) == app


def test_a_passkey_may_be_the_second_step(as_mia: Client, visitor: Client, send: Send, app: str, mia: User) -> None:
    key = Passkey()
    answer = key.create(options_of(as_mia.get("/accounts/passkeys/add/", **HOME)))
    send("/accounts/passkeys/add/", {"credential": answer}, client=as_mia, **HOME)
    first_step(visitor, send, mia)
    asked = options_of(visitor.get(STEP, **HOME))
    key.verified = False
    assert send(STEP, {"credential": key.get(asked)}, **HOME).status_code == 422
    key.verified = True
    assert send(STEP, {"credential": key.get(options_of(visitor.get(STEP, **HOME)))}, **HOME)["Location"] == "/"
    assert signed_in_as(visitor) == mia.pk


def test_signing_in_with_a_passkey_is_both_steps(
    as_mia: Client, visitor: Client, send: Send, app: str, mia: User
) -> None:
    from tests.accounts.test_passkeys import sign_in

    key = Passkey()
    answer = key.create(options_of(as_mia.get("/accounts/passkeys/add/", **HOME)))
    send("/accounts/passkeys/add/", {"credential": answer}, client=as_mia, **HOME)
    assert sign_in(visitor, key, send)["Location"] == "/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_of_twenty_at_once_one_code_lets_one_in(mia: User, kind: str) -> None:
    """SAFETY B22, BAD_INPUTS 39."""
    factor = TOTP.activate(mia, "JBSWY3DPEHPK3PXP") if kind == "totp" else RecoveryCodes.activate(mia)
    code = code_at("JBSWY3DPEHPK3PXP") if kind == "totp" else factor.generate_codes()[0]

    def use(_number: int) -> bool:
        try:
            return bool(Authenticator.objects.get(pk=factor.instance.pk).wrap().validate_code(code))
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(use, range(20))) == 1
