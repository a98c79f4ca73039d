import html
import json
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from tests.accounts.authenticator import Passkey
from tests.accounts.conftest import Send, code_in_the_mail, confirm, signed_in_as

ADD = "/accounts/passkeys/add/"
SIGN_IN = "/accounts/login/passkey/"
HOME: Any = {"HTTP_HOST": "localhost"}


def options_of(page: Any) -> dict[str, Any]:
    """What a page asks of the device."""
    found = re.search(r'data-options="([^"]+)"', page.content.decode())
    assert found
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def sign_in_options(client: Client) -> dict[str, Any]:
    options: dict[str, Any] = client.get(SIGN_IN, headers={"accept": "application/json"}, **HOME).json()[
        "request_options"
    ]
    return options


def sign_in(client: Client, key: Passkey, send: Send, **more: Any) -> Any:
    answer = key.get(sign_in_options(client), handle=more.pop("handle", None))
    return send(SIGN_IN, {"credential": answer, **more}, client=client, **HOME)


@pytest.fixture
def key(as_mia: Client, send: Send) -> Passkey:
    """A passkey that Mia has added."""
    confirm(as_mia, send)
    key = Passkey()
    answer = key.create(options_of(as_mia.get(ADD, **HOME)))
    reply = send(ADD, {"name": "my phone", "credential": answer}, client=as_mia, **HOME)
    assert reply["Location"] == "/you/signing-in/"
    return key


def test_mia_adds_a_passkey_and_signs_in_with_it(visitor: Client, send: Send, key: Passkey, mia: User) -> None:
    assert Authenticator.objects.get(user=mia).wrap().name == "my phone"
    assert "passkey was added" in mail.outbox[-1].subject
    assert AuditEntry.objects.filter(actor_id=mia.pk, verb="added a key").exists()
    assert sign_in(visitor, key, send)["Location"] == "/"
    assert signed_in_as(visitor) == mia.pk


def test_a_passkey_brings_no_recovery_codes_and_locks_no_other_way(
    visitor: Client, send: Send, key: Passkey, mia: User
) -> None:
    assert [factor.type for factor in Authenticator.objects.filter(user=mia)] == ["webauthn"]
    send("/accounts/login/", {"login": mia.email or ""})
    assert send("/accounts/login/code/confirm/", {"code": code_in_the_mail()})["Location"] == "/"


def test_the_way_after_signing_in_stays_here(visitor: Client, send: Send, key: Passkey) -> None:
    assert sign_in(visitor, key, send, next="/you/")["Location"] == "/you/"
    assert sign_in(Client(), key, send, next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "http://evil.example"),
        ("origin", "https://localhost.evil.example"),
        ("rp", "evil.example"),
        ("verified", False),
        ("counter", -1),
        ("id", b"somebody-elses-credential"),
    ],
    ids=["wrong origin", "look-alike origin", "wrong RP id", "nobody verified", "cloned counter", "unknown credential"],
)
def test_what_is_not_quite_the_passkey_opens_nothing(
    visitor: Client, send: Send, key: Passkey, name: str, value: Any
) -> None:
    """SAFETY B24, BAD_INPUTS 44."""
    for _ in range(3):
        sign_in(Client(), key, send)
    setattr(key, name, value)
    assert sign_in(visitor, key, send)["Location"] == "/accounts/login/"
    assert signed_in_as(visitor) is None


def test_an_answer_works_once_and_in_its_own_browser_only(visitor: Client, send: Send, key: Passkey) -> None:
    answer = key.get(sign_in_options(visitor))
    other = Client()
    sign_in_options(other)
    for client, expected in ((other, None), (visitor, True), (Client(), None)):
        send(SIGN_IN, {"credential": answer}, client=client, **HOME)
        assert bool(signed_in_as(client)) == bool(expected)


def test_a_passkey_opens_nobody_elses_account(visitor: Client, send: Send, key: Passkey, stan: User) -> None:
    from allauth.account.utils import user_pk_to_url_str
    from fido2.utils import websafe_encode

    sign_in(visitor, key, send, handle=websafe_encode(user_pk_to_url_str(stan).encode()))
    assert signed_in_as(visitor) is None


@pytest.mark.parametrize(
    "answer", ["", "null", "[]", "{}", '{"response": {}}', "x" * 5000, '{"id": 1, "rawId": "%%%"}']
)
def test_nonsense_is_refused_kindly(visitor: Client, db: None, answer: str) -> None:
    sign_in_options(visitor)
    assert visitor.post(SIGN_IN, {"credential": answer}, **HOME)["Location"] == "/accounts/login/"


def test_unknown_and_known_people_get_the_same_answer(send: Send, key: Passkey, mia: User) -> None:
    """SAFETY B8: a handle tells nobody whether there is an account."""
    replies = []
    for handle in ("MQ", "enp6eg"):
        client = Client()
        key.key = Passkey().key
        sign_in(client, key, send, handle=handle)
        replies.append(re.sub(r'value="[^"]{64}"', "", client.get("/accounts/login/", **HOME).content.decode()))
    assert replies[0] == replies[1]


def test_a_closed_account_has_no_passkey_either(visitor: Client, send: Send, key: Passkey, mia: User) -> None:
    mia.is_active = False
    mia.save()
    sign_in(visitor, key, send)
    assert signed_in_as(visitor) is None


def test_guessing_is_soon_too_often(visitor: Client, db: None) -> None:
    replies = [visitor.post(SIGN_IN, {"credential": "{}"}, **HOME) for _ in range(61)]
    assert replies[-1].status_code == 429
    assert int(replies[-1]["Retry-After"]) > 0


def test_mia_names_and_removes_it(as_mia: Client, send: Send, key: Passkey, mia: User) -> None:
    pk = Authenticator.objects.get(user=mia).pk
    assert send(f"/accounts/passkeys/{pk}/name/", {"name": " "}, client=as_mia).status_code == 422
    send(f"/accounts/passkeys/{pk}/name/", {"name": "old phone"}, client=as_mia)
    assert b"old phone" in as_mia.get("/you/signing-in/").content
    assert send(f"/accounts/passkeys/{pk}/remove/", client=as_mia)["Location"] == "/you/signing-in/"
    assert not Authenticator.objects.exists()
    assert "passkey was removed" in mail.outbox[-1].subject


@pytest.mark.parametrize("verb", ["name", "remove"])
def test_nobody_elses_passkey_exists(as_stan: Client, send: Send, key: Passkey, mia: User, verb: str) -> None:
    pk = Authenticator.objects.get(user=mia).pk
    confirm(as_stan, send)
    assert send(f"/accounts/passkeys/{pk}/{verb}/", {"name": "mine"}, client=as_stan).status_code == 404
    assert Authenticator.objects.get().wrap().name == "my phone"


def test_twenty_are_enough(as_mia: Client, send: Send, key: Passkey, mia: User) -> None:
    first = Authenticator.objects.get(user=mia)
    Authenticator.objects.bulk_create(Authenticator(user=mia, type="webauthn", data=first.data) for _ in range(19))
    answer = Passkey(id=b"another").create(options_of(as_mia.get(ADD, **HOME)))
    assert send(ADD, {"name": "one more", "credential": answer}, client=as_mia, **HOME).status_code == 422
    assert Authenticator.objects.count() == 20


@pytest.mark.parametrize("name", ["rp", "origin"])
def test_a_key_made_elsewhere_is_not_added(as_mia: Client, send: Send, name: str) -> None:
    confirm(as_mia, send)
    forged = Passkey()
    setattr(forged, name, "https://evil.example")
    answer = forged.create(options_of(as_mia.get(ADD, **HOME)))
    assert send(ADD, {"name": "x", "credential": answer}, client=as_mia, **HOME).status_code == 422
    assert not Authenticator.objects.exists()


def sign_up(visitor: Client, send: Send, **more: str) -> Any:
    send("/accounts/signup/", {"name": "Nia New", "email": "nia@example.org", **more}, **HOME)
    return send("/accounts/confirm-email/", {"code": code_in_the_mail()}, **HOME)


def test_nia_signs_up_with_a_passkey(visitor: Client, send: Send) -> None:
    assert sign_up(visitor, send, passkey="yes")["Location"] == "/accounts/signup/passkey/"
    assert signed_in_as(visitor) is None
    key = Passkey()
    answer = key.create(options_of(visitor.get("/accounts/signup/passkey/", **HOME)))
    send("/accounts/signup/passkey/", {"name": "", "credential": answer}, **HOME)
    nia = User.objects.get(name="Nia New")
    assert signed_in_as(visitor) == nia.pk
    assert EmailAddress.objects.get(user=nia).verified
    other = Client()
    sign_in(other, key, send)
    assert signed_in_as(other) == nia.pk


def test_nia_may_leave_the_passkey_for_later(visitor: Client, send: Send) -> None:
    sign_up(visitor, send, passkey="yes")
    send("/accounts/signup/passkey/", {"action": "later"}, **HOME)
    assert signed_in_as(visitor) == User.objects.get(name="Nia New").pk


def test_signing_up_without_one_does_not_ask(visitor: Client, send: Send) -> None:
    assert sign_up(visitor, send)["Location"] == "/"


def test_a_taken_address_sees_the_same_page_with_a_passkey(visitor: Client, send: Send, mia: User) -> None:
    reply = send("/accounts/signup/", {"name": "Mia", "email": mia.email or "", "passkey": "yes"})
    assert reply["Location"] == "/accounts/confirm-email/"
    assert "already" in mail.outbox[-1].subject
