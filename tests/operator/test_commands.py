"""What an operator types in the first hour: the first administrator, a test mail, a tidy database."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AccountMail, AuditEntry, User
from notifications.models import KeptMail
from tests.client import CheckedClient


def said(*command: str) -> str:
    printed = StringIO()
    call_command(*command, stdout=printed)
    return printed.getvalue()


# --- The first administrator ---------------------------------------------------------------------


def test_the_first_administrator_signs_in_without_a_password(db: None) -> None:
    told = said("create_admin", " Ada@Example.org ", "--name", "Ada Admin")
    ada = User.objects.get(email="ada@example.org")
    assert (ada.name, ada.is_staff, ada.has_usable_password()) == ("Ada Admin", True, False)
    assert "/accounts/login/" in told
    assert "signin_code ada@example.org" in told
    client = CheckedClient()
    client.post("/accounts/login/", {"login": "ada@example.org"})
    code = said("signin_code", "ada@example.org").strip()
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.get("/status/").headers["Location"].startswith("/terms/accept/")
    ada.accept_terms()
    assert client.get("/status/").status_code == 200


def test_with_a_mail_server_the_code_comes_by_mail(db: None, settings: Settings) -> None:
    settings.MAIL_URL = "smtp://mail.example.org"
    told = said("create_admin", "ada@example.org")
    assert "comes by mail" in told
    assert "signin_code" not in told


def test_somebody_who_is_here_becomes_one_once(mia: User) -> None:
    assert "now an administrator" in said("create_admin", str(mia.email))
    said("create_admin", str(mia.email))
    mia.refresh_from_db()
    assert mia.is_staff
    assert AuditEntry.objects.filter(verb="made administrator", thing_id=mia.pk).count() == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["", "ada", "ada@", "ada@example.org, bob@example.org", "ada@exa mple.org"])
def test_what_is_no_address_makes_nobody(address: str, db: None) -> None:
    with pytest.raises(CommandError, match="no e-mail address"):
        said("create_admin", address)
    assert not User.objects.exists()


def test_a_closed_account_is_not_opened_again(mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(is_active=False)
    with pytest.raises(CommandError, match="closed"):
        said("create_admin", str(mia.email))


# --- A test mail -----------------------------------------------------------------------------------


class Server:
    """A mail server with one answer of its own; everything else it does as it should."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.letters: list[Any] = []

    async def handle_MAIL(self, _s: Any, _t: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, _s: Any, _t: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, _s: Any, _t: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(envelope)
        return self.answers.get("data", "250 OK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(server: Server, **options: Any) -> Iterator[int]:
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def mail_goes_to(settings: Settings) -> Callable[..., None]:
    def point(port: int, host: str = "127.0.0.1", **options: Any) -> None:
        settings.MAIL_URL = "smtp://somewhere"
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {
                    "host": host,
                    "port": port,
                    "username": "",
                    "password": "",
                    "use_ssl": False,
                    "use_tls": False,
                    "timeout": 3,
                    **options,
                },
            }
        }

    return point


def test_a_letter_that_goes_through_says_so(mail_goes_to: Callable[..., None]) -> None:
    server = Server()
    with running(server) as port:
        mail_goes_to(port)
        assert "has taken the letter" in said("test_mail", "mia@example.org")
    assert server.letters[0].rcpt_tos == ["mia@example.org"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"mail": "553 not your domain"}, "does not let this sender through (553 not your domain). Look at MAIL_FROM"),
        ({"rcpt": "550 nobody here"}, "refuses this recipient (550 nobody here)"),
        ({"data": "554 spam"}, "refuses the letter (554 spam)"),
    ],
)
def test_what_the_server_refuses_is_said_in_its_words(
    answers: dict[str, str], words: str, mail_goes_to: Callable[..., None]
) -> None:
    with running(Server(**answers)) as port:
        mail_goes_to(port)
        with pytest.raises(CommandError) as refusal:
            said("test_mail", "mia@example.org")
    assert words in str(refusal.value)


def test_a_wrong_password_is_named_and_not_shown(mail_goes_to: Callable[..., None]) -> None:
    def refuse(*_arguments: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    with running(Server(), authenticator=refuse, auth_require_tls=False) as port:
        mail_goes_to(port, username="goodturn", password="hunter2")
        with pytest.raises(CommandError) as refusal:
            said("test_mail", "mia@example.org")
    assert "user name and password" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_server_that_cannot_encrypt_is_named(mail_goes_to: Callable[..., None]) -> None:
    with running(Server()) as port:
        mail_goes_to(port, use_tls=True)
        with pytest.raises(CommandError, match="cannot do what MAIL_URL asks for"):
            said("test_mail", "mia@example.org")
        mail_goes_to(port, use_ssl=True)
        with pytest.raises(CommandError, match="does not speak TLS this way"):
            said("test_mail", "mia@example.org")


def test_nobody_there_and_no_such_name_are_different_things(mail_goes_to: Callable[..., None]) -> None:
    mail_goes_to(free_port())
    with pytest.raises(CommandError, match=r"Nothing listens at 127\.0\.0\.1"):
        said("test_mail", "mia@example.org")
    mail_goes_to(25, host="nowhere.invalid")
    with pytest.raises(CommandError, match=r"no server of this name: nowhere\.invalid"):
        said("test_mail", "mia@example.org")


def test_a_silent_server_does_not_hold_up_anybody(mail_goes_to: Callable[..., None]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mail_goes_to(silent.getsockname()[1], timeout=0.5)
        with pytest.raises(CommandError, match="does not answer"):
            said("test_mail", "mia@example.org")


def test_without_a_mail_server_the_setting_is_named() -> None:
    with pytest.raises(CommandError, match="MAIL_URL"):
        said("test_mail", "mia@example.org")


# --- What is not kept ------------------------------------------------------------------------------


def test_tidying_says_what_it_did_and_a_trial_changes_nothing(db: None, folders: Path) -> None:
    past = timezone.now() - timedelta(days=100)
    AccountMail.objects.create(address="a@example.org", template="login_code", code="1", expires_at=past)
    KeptMail.objects.create(address="a@example.org", subject="s", text="t", created_at=past)
    KeptMail.objects.create(address="b@example.org", subject="s", text="t")
    stray = folders / "media" / "photos" / "ab" / "abcd-small.webp"
    stray.parent.mkdir(parents=True)
    stray.touch()
    os.utime(stray, (past.timestamp(), past.timestamp()))
    trial = said("retention", "--dry-run")
    assert "notifications: 2 would be deleted" in trial
    assert (AccountMail.objects.count(), KeptMail.objects.count(), stray.exists()) == (1, 2, True)
    done = said("retention")
    assert "notifications: 2 deleted" in done
    assert "accounts: 0 deleted" in done
    assert "feed: 1 deleted" in done
    assert (AccountMail.objects.count(), KeptMail.objects.count(), stray.exists()) == (0, 1, False)
