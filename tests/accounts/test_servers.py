"""Signing in at another server: a fake one, and what a dishonest one may try (SAFETY B23)."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.oidc import ProvidersAdapter
from tests.accounts.conftest import Send, code_in_the_mail, confirm, signed_in_as

ISSUER = "https://sso.example.org"
GO, BACK = "/accounts/at/sso/", "/accounts/at/sso/back/"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@dataclass
class FakeServer:
    """An OpenID Connect server in memory. A test changes what it says, and how it signs that."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = KEY
    alg: str = "RS256"
    kid: str = "one"
    published: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    nonce: str = ""
    spent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, **_more: Any) -> requests.Response:
        self.asked.append(url)
        if self.is_down:
            raise requests.ConnectionError
        if url.endswith("/openid-configuration"):
            return answer(
                {
                    "issuer": ISSUER,
                    "authorization_endpoint": f"{ISSUER}/authorize",
                    "token_endpoint": f"{ISSUER}/token",
                    "jwks_uri": f"{ISSUER}/keys",
                    **self.published,
                }
            )
        public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return answer({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})

    def request(self, method: str, url: str, data: dict[str, Any], **_more: Any) -> requests.Response:
        assert (method, url) == ("POST", f"{ISSUER}/token")
        assert data["code_verifier"]
        if data["code"] in self.spent:
            return answer({"error": "invalid_grant"}, status=400)
        self.spent.add(data["code"])
        return answer({"access_token": "a", "token_type": "bearer", "id_token": self.statement()})

    def statement(self) -> str:
        now = int(time.time())
        honest = {
            "iss": ISSUER,
            "aud": "goodturn",
            "sub": "nia-at-sso",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "nia@example.org",
            "email_verified": True,
            "name": "Nia New",
        }
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm=self.alg, headers={"kid": self.kid})

    def __enter__(self) -> "FakeServer":
        return self

    def __exit__(self, *_error: object) -> None:
        pass


def answer(content: dict[str, Any], status: int = 200) -> requests.Response:
    import json

    response = requests.Response()
    response.status_code = status
    response.headers["content-type"] = "application/json"
    response._content = json.dumps(content).encode()
    return response


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    app = {"provider_id": "sso", "name": "School SSO", "client_id": "goodturn", "secret": "s"}
    other = {**app, "provider_id": "google", "name": "Google", "settings": {"server_url": ISSUER}}
    settings.SOCIALACCOUNT_PROVIDERS = {"oidc": {"APPS": [{**app, "settings": {"server_url": ISSUER}}, other]}}
    server = FakeServer()
    monkeypatch.setattr(ProvidersAdapter, "get_requests_session", lambda self: server)
    return server


def go(client: Client, server: FakeServer, path: str = GO, **data: str) -> str:
    """On to the server; returns the state that it has to hand back."""
    reply = client.post(path, data)
    assert reply.status_code == 302, reply.content
    address = urlsplit(reply["Location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/authorize"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    server.nonce = asked["nonce"]
    return asked["state"]


def come_back(client: Client, state: str, code: str = "c", path: str = BACK, **more: str) -> Any:
    return client.get(path, {"state": state, "code": code, **more})


@pytest.fixture
def nia(visitor: Client, server: FakeServer, send: Send) -> User:
    """Nia has signed up with her account at the server."""
    come_back(visitor, go(visitor, server), code="sign-up")
    send("/accounts/at/signup/", {"name": "Nia New", "email": "nia@example.org"})
    visitor.post("/accounts/logout/")
    return User.objects.get(name="Nia New")


def test_nia_signs_up_and_in(visitor: Client, server: FakeServer, send: Send) -> None:
    assert b"Continue with School SSO" in visitor.get("/accounts/login/").content
    assert come_back(visitor, go(visitor, server))["Location"] == "/accounts/at/signup/"
    assert b'value="Nia New"' in visitor.get("/accounts/at/signup/").content
    assert not User.objects.exists()
    assert send("/accounts/at/signup/", {"name": "Nia", "email": "nia@example.org"})["Location"] == "/"
    nia = User.objects.get()
    assert (nia.name, nia.email, nia.has_usable_password()) == ("Nia", "nia@example.org", False)
    assert signed_in_as(visitor) == nia.pk
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("sso", "nia-at-sso", {})
    other = Client()
    come_back(other, go(other, server), code="again")
    assert signed_in_as(other) == nia.pk


NOW = int(time.time())
ATTACKS = {
    "foreign nonce": {"claims": {"nonce": "of-another-attempt"}},
    "no nonce": {"claims": {"nonce": None}},
    "foreign audience": {"claims": {"aud": "another-client"}},
    "no audience": {"claims": {"aud": None}},
    "made for another of several": {"claims": {"aud": ["goodturn", "other"], "azp": "other"}},
    "foreign issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"claims": {"iss": None}},
    "alg none": {"alg": "none", "key": None},
    "alg HS256 with a guessed secret": {"alg": "HS256", "key": "s" * 32},
    "wrong key": {"key": OTHER_KEY},
    "unknown key id": {"kid": "two"},
    "expired": {"claims": {"exp": NOW - 120, "iat": NOW - 600}},
    "no expiry": {"claims": {"exp": None}},
    "issued in the future": {"claims": {"iat": NOW + 3600, "exp": NOW + 7200}},
    "no subject": {"claims": {"sub": None}},
    "another subject with her address": {"claims": {"sub": "somebody-else"}},
    "endless subject": {"claims": {"sub": "x" * 10_000}},
    "publishes another issuer": {"published": {"issuer": "https://evil.example"}},
    "publishes no keys": {"published": {"jwks_uri": ""}},
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_dishonest_statement_signs_nobody_in(
    visitor: Client, server: FakeServer, nia: User, attack: dict[str, Any]
) -> None:
    accounts = SocialAccount.objects.count()
    state = go(visitor, server)
    for name, value in attack.items():
        setattr(server, name, value)
    reply = come_back(visitor, state)
    assert reply.status_code in {302, 401}
    assert signed_in_as(visitor) is None
    assert SocialAccount.objects.count() == accounts
    assert User.objects.count() == 1


def test_without_its_state_an_answer_is_nothing(visitor: Client, server: FakeServer, nia: User) -> None:
    state = go(visitor, server)
    for given in ("", "made-up", state[:-1]):
        assert visitor.get(BACK, {"code": "c", **({"state": given} if given else {})}).status_code == 401
    stranger = Client()
    assert come_back(stranger, state).status_code == 401
    assert signed_in_as(visitor) is signed_in_as(stranger) is None


def test_an_answer_counts_once(visitor: Client, server: FakeServer, nia: User) -> None:
    state = go(visitor, server)
    come_back(visitor, state)
    assert signed_in_as(visitor) == nia.pk
    visitor.post("/accounts/logout/")
    assert come_back(visitor, state).status_code == 401
    assert come_back(visitor, go(visitor, server)).status_code == 401, "the server refuses a code twice"
    assert signed_in_as(visitor) is None


def test_two_servers_are_not_mixed_up(visitor: Client, server: FakeServer, nia: User) -> None:
    """An attempt at one is not finished at the other, nor by an answer that names another (RFC 9207)."""
    state = go(visitor, server)
    assert come_back(visitor, state, path="/accounts/at/google/back/").status_code == 401
    assert come_back(visitor, go(visitor, server), iss="https://evil.example").status_code == 401
    assert signed_in_as(visitor) is None
    come_back(visitor, go(visitor, server), iss=ISSUER)
    assert signed_in_as(visitor) == nia.pk


def test_the_same_subject_elsewhere_is_somebody_else(visitor: Client, server: FakeServer, nia: User) -> None:
    state = go(visitor, server, path="/accounts/at/google/")
    assert come_back(visitor, state, path="/accounts/at/google/back/")["Location"] == "/accounts/at/signup/"
    assert signed_in_as(visitor) is None


@pytest.mark.parametrize("verified", [True, False])
def test_the_address_of_an_account_links_nothing(
    visitor: Client, server: FakeServer, send: Send, mia: User, verified: bool
) -> None:
    """Who controls a server could say any address: only signing in here connects the two."""
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    server.claims = {"email": mia.email, "email_verified": verified}
    come_back(visitor, go(visitor, server))
    send("/accounts/at/signup/", {"name": "Mia", "email": mia.email or ""})
    assert signed_in_as(visitor) is None
    assert not SocialAccount.objects.exists()
    assert mail.outbox[-1].to == [mia.email]
    assert "already have an account" in mail.outbox[-1].subject
    assert send("/accounts/confirm-email/", {"code": "123456"}).status_code == 422


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_server_has_not_proven_is_proven_here(
    visitor: Client, server: FakeServer, send: Send, verified: Any
) -> None:
    server.claims = {"email_verified": verified}
    come_back(visitor, go(visitor, server))
    reply = send("/accounts/at/signup/", {"name": "Nia", "email": "nia@example.org"})
    assert reply["Location"] == "/accounts/confirm-email/"
    assert signed_in_as(visitor) is None
    send("/accounts/confirm-email/", {"code": code_in_the_mail()})
    assert signed_in_as(visitor)


def test_another_address_than_the_proven_one_is_proven_too(visitor: Client, server: FakeServer, send: Send) -> None:
    come_back(visitor, go(visitor, server))
    send("/accounts/at/signup/", {"name": "Nia", "email": "else@example.org"})
    assert signed_in_as(visitor) is None
    assert mail.outbox[-1].to == ["else@example.org"]


def test_mia_connects_and_disconnects_it_herself(as_mia: Client, server: FakeServer, send: Send, mia: User) -> None:
    page = "/accounts/at/"
    assert b"Connect School SSO" in as_mia.get(page).content
    assert as_mia.post(GO, {"process": "connect"})["Location"].startswith("/accounts/confirm/")
    confirm(as_mia, send)
    state = go(as_mia, server, process="connect")
    with_mail = send
    assert come_back(as_mia, state)["Location"] == page
    account = SocialAccount.objects.get(user=mia)
    other = Client()
    come_back(other, go(other, server), code="d")
    assert signed_in_as(other) == mia.pk
    assert with_mail(f"/accounts/at/{account.pk}/disconnect/", client=as_mia)["Location"] == page
    assert not SocialAccount.objects.exists()
    assert "no longer opens" in mail.outbox[-1].subject


def test_an_account_of_a_server_that_is_offered_no_more_can_go(as_mia: Client, send: Send, mia: User) -> None:
    confirm(as_mia, send)
    account = SocialAccount.objects.create(user=mia, provider="gone", uid="mia")
    assert send(f"/accounts/at/{account.pk}/disconnect/", client=as_mia)["Location"] == "/accounts/at/"
    assert not SocialAccount.objects.exists()
    assert "no longer opens" in mail.outbox[-1].subject
    assert AuditEntry.objects.filter(actor_id=mia.pk, verb="disconnected an account").exists()


def test_nobody_elses_account_is_connected_or_disconnected(
    as_mia: Client, server: FakeServer, send: Send, nia: User, mia: User
) -> None:
    confirm(as_mia, send)
    come_back(as_mia, go(as_mia, server, process="connect"))
    account = SocialAccount.objects.get()
    assert account.user == nia
    assert as_mia.post(f"/accounts/at/{account.pk}/disconnect/").status_code == 404
    assert SocialAccount.objects.exists()


def test_a_server_that_is_away_says_so_kindly(visitor: Client, server: FakeServer, nia: User) -> None:
    state = go(visitor, server)
    server.is_down = True
    for reply in (visitor.post(GO), come_back(visitor, state)):
        assert reply.status_code == 401
        assert b"did not confirm that it is you" in reply.content


def test_stopping_there_is_fine(visitor: Client, server: FakeServer, db: None) -> None:
    reply = visitor.get(BACK, {"state": go(visitor, server), "error": "access_denied"})
    assert visitor.get(reply["Location"]).status_code == 200


def test_a_link_or_an_image_starts_nothing(visitor: Client, server: FakeServer, db: None) -> None:
    assert visitor.get(GO).status_code == 405
    assert server.asked == []


def test_the_address_bar_adds_nothing_to_what_is_asked(visitor: Client, server: FakeServer, db: None) -> None:
    go(visitor, server, path=f"{GO}?scope=calendar&auth_params=prompt%3Dnone")


def test_the_second_step_is_asked_for_here_as_well(visitor: Client, server: FakeServer, nia: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(nia, "JBSWY3DPEHPK3PXP")
    assert come_back(visitor, go(visitor, server))["Location"] == "/accounts/login/second/"
    assert signed_in_as(visitor) is None


def test_a_closed_account_stays_closed(visitor: Client, server: FakeServer, nia: User) -> None:
    nia.is_active = False
    nia.save()
    come_back(visitor, go(visitor, server))
    assert signed_in_as(visitor) is None


@pytest.mark.parametrize("path", [GO, BACK, "/accounts/at/google/", "/accounts/at/nothing/back/"])
def test_what_is_not_configured_does_not_exist(visitor: Client, db: None, path: str) -> None:
    assert (visitor.get if path.endswith("back/") else visitor.post)(path).status_code == 404
    assert b"Continue with" not in visitor.get("/accounts/login/").content


def test_no_redirect_of_a_server_is_followed() -> None:
    session = ProvidersAdapter().get_requests_session()
    assert session.request.keywords["allow_redirects"] is False  # type: ignore[attr-defined]
