"""One letter over SMTP, in steps: it is known of each failure whether the letter may have arrived nevertheless."""

import contextlib
import email.policy
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

SECONDS_FOR_A_LETTER = 25
SECONDS_FOR_A_REPLY = 20
SECONDS_BETWEEN_ROUNDS = 0.5


class Unsure(Exception):
    """The line broke after the letter was under way: nobody knows whether it arrived (RFC 1047)."""


class Away(Exception):
    """There was no getting through to the mail server; no letter has anything to do with it."""


class Taken(Exception):
    """Somebody else has the letter now, so this sender leaves it alone."""


def not_asked() -> bool:
    return True


class LineBackend(EmailBackend):
    """Django's backend for SMTP, which asks `letter.about_to_go` once the recipient is accepted and before the letter
    leaves, and never waits longer than half a minute, however slowly the server speaks."""

    asks_before_data = True

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _HurriedTLS if self.use_ssl else _Hurried

    def open(self) -> bool | None:
        try:
            return super().open()
        except (OSError, smtplib.SMTPException) as problem:
            raise Away(type(problem).__name__) from problem

    def _send(self, email_message: EmailMessage) -> bool:
        line = self.connection
        assert line is not None  # noqa: S101 (opened by send_messages)
        sender = self.prep_address(email_message.from_email)
        recipients = [self.prep_address(address) for address in email_message.recipients()]
        letter = email_message.message(policy=email.policy.SMTP).as_bytes()
        about_to_go: Callable[[], bool] = getattr(email_message, "about_to_go", not_asked)
        with watched(line.sock, SECONDS_FOR_A_LETTER):
            self._address(line, sender, recipients)
            if not about_to_go():
                line.rset()
                raise Taken
            self._hand_over(line, letter)
        return True

    def _address(self, line: smtplib.SMTP, sender: str, recipients: list[str]) -> None:
        try:
            line.ehlo_or_helo_if_needed()
            code, said = line.mail(sender)
            if code != 250:
                _must_be_an_answer(code)
                raise smtplib.SMTPSenderRefused(code, said, sender)
            for recipient in recipients:
                code, said = line.rcpt(recipient)
                if code not in {250, 251}:
                    _must_be_an_answer(code)
                    raise smtplib.SMTPRecipientsRefused({recipient: (code, said)})
        except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused):
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.rset()
            raise
        except (OSError, smtplib.SMTPServerDisconnected) as problem:
            raise Away(type(problem).__name__) from problem

    def _hand_over(self, line: smtplib.SMTP, letter: bytes) -> None:
        try:
            code, said = line.data(letter)
        except smtplib.SMTPDataError:  # it did not even want to hear it
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.rset()
            raise
        except (OSError, smtplib.SMTPException) as problem:
            raise Unsure(type(problem).__name__) from problem
        if code != 250:
            raise smtplib.SMTPDataError(code, said)


def _must_be_an_answer(code: int) -> None:
    """What is left over from the letter before, or no SMTP at all, says nothing about this letter."""
    if not 400 <= code < 600:
        raise Away("nonsense")


class _Hurried(smtplib.SMTP):
    """A reply that comes byte by byte would never run into the timeout of a socket."""

    def getreply(self) -> tuple[int, bytes]:
        with watched(self.sock, SECONDS_FOR_A_REPLY):
            return super().getreply()


class _HurriedTLS(smtplib.SMTP_SSL):
    def getreply(self) -> tuple[int, bytes]:
        with watched(self.sock, SECONDS_FOR_A_REPLY):
            return super().getreply()


# --- The watch ----------------------------------------------------------------------------------

_watched: dict[int, tuple[float, Any]] = {}
_lock = threading.Lock()
_watchman: threading.Thread | None = None


@contextlib.contextmanager
def watched(sock: Any, seconds: float) -> Iterator[None]:
    """Hang up after so many seconds, whatever happens inside."""
    global _watchman
    mark = object()  # kept alive as long as its number is in use
    key = id(mark)
    with _lock:
        _watched[key] = (time.monotonic() + seconds, sock)
        if _watchman is None or not _watchman.is_alive():
            _watchman = threading.Thread(target=_watch, name="smtp-watch", daemon=True)
            _watchman.start()
    try:
        yield
    finally:
        with _lock:
            _watched.pop(key, None)


def _watch() -> None:
    while True:
        time.sleep(SECONDS_BETWEEN_ROUNDS)
        with _lock:
            late = [sock for deadline, sock in _watched.values() if deadline < time.monotonic()]
        for sock in late:
            with contextlib.suppress(OSError, AttributeError):
                sock.shutdown(2)
