"""Everything a mail server can do to a letter, over a real socket, and what becomes of it (SAFETY A16)."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.core import mail as django_mail
from pytest_django import Settings

from accounts.models import User
from notifications import mail, outbox, sender, smtp
from notifications.models import Delivery, Suppression

State = Delivery.State


@dataclass
class Server:
    """A mail server that does what it is told. `answers` are given in place of the ordinary ones."""

    answers: dict[str, bytes] = field(default_factory=dict)
    received: list[bytes] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    stuck: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                line, _address = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._speak, args=(line,), daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        try:
            with line, line.makefile("rb") as heard:
                self._say(line, "GREETING", b"220 sink ESMTP")
                for words in heard:
                    verb = words[:4].strip().upper().decode()
                    if verb == "DATA":
                        self._data(line, heard)
                    elif verb == "QUIT":
                        self._say(line, verb, b"221 bye")
                        return
                    else:
                        self._say(line, verb, b"250 sink")
        except (OSError, StopIteration):
            return

    def _data(self, line: socket.socket, heard: "Iterator[bytes]") -> None:
        self._say(line, "DATA", b"354 go on")
        if "DATA" in self.answers:
            return
        if self.answers.get("INSIDE") == b"cut":
            next(heard)
            raise StopIteration
        letter = b""
        for words in heard:
            if words == b".\r\n":
                break
            letter += words
        self.received.append(letter)
        self._say(line, "DOT", b"250 thank you")

    def _say(self, line: socket.socket, verb: str, usual: bytes) -> None:
        words = self.answers.get(verb, usual)
        if words == b"cut":
            raise StopIteration
        if words in {b"hang", b"slow"}:
            self.stuck.set()
        if words == b"hang":
            self.over.wait(60)
            raise StopIteration
        if words == b"slow":  # a byte now and then, for ever
            while not self.over.wait(0.02):
                line.sendall(b"2")
            raise StopIteration
        line.sendall(words + b"\r\n")

    def close(self) -> None:
        self.over.set()
        self.stuck.set()
        with contextlib.suppress(OSError):  # closing alone would not wake the thread that listens
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    point_to(settings, server.port)
    monkeypatch.setattr(smtp, "SECONDS_BETWEEN_ROUNDS", 0.05)
    threading.Thread(target=time_is_over, args=(server,), daemon=True).start()
    yield server
    server.close()


def time_is_over(server: Server) -> None:
    """Once the server is stuck, let the half minute be over that a sender waits."""
    server.stuck.wait()
    while not server.over.wait(0.05):
        with smtp._lock:
            smtp._watched.update({key: (0.0, sock) for key, (_deadline, sock) in smtp._watched.items()})


def point_to(settings: Settings, port: int, **options: object) -> None:
    options = {"host": "127.0.0.1", "port": port, "timeout": 5, **options}
    settings.MAILERS = {"default": {"BACKEND": "notifications.smtp.LineBackend", "OPTIONS": options}}


def again(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def refuse(server: Server, settings: Settings) -> None:
    server.close()


def want_tls(server: Server, settings: Settings) -> None:
    point_to(settings, server.port, use_tls=True)


def saying(**answers: bytes) -> Callable[[Server, Settings], None]:
    return lambda server, settings: server.answers.update(answers)


FAULTS: list[tuple[str, Callable[[Server, Settings], None], str, str]] = [
    ("refused", refuse, State.WAITING, State.WAITING),
    ("tls broken", want_tls, State.WAITING, State.WAITING),
    ("a byte a second", saying(GREETING=b"slow"), State.WAITING, State.WAITING),
    ("421", saying(MAIL=b"421 4.3.2 closing"), State.WAITING, State.WAITING),
    ("450", saying(RCPT=b"450 4.2.0 greylisted"), State.WAITING, State.WAITING),
    ("452", saying(RCPT=b"452 4.2.2 full"), State.WAITING, State.WAITING),
    ("550 for the recipient", saying(RCPT=b"550 5.1.1 nobody here"), State.FAILED, State.FAILED),
    ("451 after data", saying(DOT=b"451 4.3.0 later"), State.WAITING, State.WAITING),
    ("552 after data", saying(DOT=b"552 5.3.4 too big"), State.FAILED, State.FAILED),
    ("554 after data", saying(DOT=b"554 5.7.1 spam"), State.FAILED, State.FAILED),
    ("554 for DATA", saying(DATA=b"554 5.5.1 no"), State.FAILED, State.FAILED),
    ("hangs after the dot", saying(DOT=b"hang"), State.WAITING, State.UNKNOWN),
    ("cut after the dot", saying(DOT=b"cut"), State.WAITING, State.UNKNOWN),
    ("cut inside the letter", saying(INSIDE=b"cut"), State.WAITING, State.UNKNOWN),
    ("250 with more behind it", saying(DOT=b"250 OK\r\n999 junk"), State.SENT, State.SENT),
    ("all well", saying(), State.SENT, State.SENT),
]


@pytest.mark.parametrize("kind", ["letter", "nudge"])
@pytest.mark.parametrize(("fault", "letter", "nudge"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_each_fault_leads_where_it_should(
    fault: Callable[[Server, Settings], None],
    letter: str,
    nudge: str,
    kind: str,
    mia: User,
    server: Server,
    settings: Settings,
) -> None:
    """A letter that may have arrived goes once more; a reminder that may have arrived does not."""
    delivery = outbox.queue(mia, kind, "one").deliveries.get()
    fault(server, settings)
    assert sender.deliver(delivery.pk) == {"letter": letter, "nudge": nudge}[kind]
    assert again(delivery).state == {"letter": letter, "nudge": nudge}[kind]


def test_no_sender_waits_longer_than_half_a_minute() -> None:
    assert max(smtp.SECONDS_FOR_A_LETTER, smtp.SECONDS_FOR_A_REPLY) + smtp.SECONDS_BETWEEN_ROUNDS <= 30


def test_an_address_that_does_not_exist_gets_no_more_mail_but_what_it_asks_for(mia: User, server: Server) -> None:
    server.answers["RCPT"] = b"550 5.1.1 nobody here"
    sender.deliver(outbox.queue(mia, "letter", "one").deliveries.get().pk)
    row = Suppression.objects.get()
    assert (row.address, row.code) == (mia.email, "550 5.1.1")
    server.answers.clear()
    later = outbox.queue(mia, "letter", "two").deliveries.get()
    assert sender.deliver(later.pk) == State.SKIPPED
    assert again(later).reason == "suppressed"
    Suppression.objects.lift(mia.email or "")
    third = outbox.queue(mia, "letter", "three").deliveries.get()
    assert sender.deliver(third.pk) == State.SENT


@pytest.mark.parametrize("said", [b"550 5.7.1 not from you", b"554 5.7.1 listed", b"450 4.2.0 greylisted"])
def test_what_is_not_the_address_s_fault_does_not_stop_it(said: bytes, mia: User, server: Server) -> None:
    server.answers["RCPT"] = said
    sender.deliver(outbox.queue(mia, "letter", "one").deliveries.get().pk)
    assert not Suppression.objects.is_stopped(mia.email or "")


def test_letters_share_a_line_and_a_new_one_is_opened_when_it_broke(mia: User, server: Server) -> None:
    with mail.line():
        for key in ("one", "two"):
            sender.deliver(outbox.queue(mia, "letter", key).deliveries.get().pk)
        assert server.connections == 1
        server.answers["DOT"] = b"250 OK\r\n999 junk"
        sender.deliver(outbox.queue(mia, "letter", "three").deliveries.get().pk)
        server.answers.clear()
        assert sender.deliver(outbox.queue(mia, "letter", "four").deliveries.get().pk) == State.SENT
    assert (server.connections, len(server.received)) == (2, 4)
    assert django_mail.outbox == []


def test_a_server_that_is_away_is_tried_once_in_a_run_and_costs_no_letter_an_attempt(
    mia: User, stan: User, server: Server
) -> None:
    for person in (mia, stan):
        outbox.queue(person, "letter", "one")
    server.close()
    assert not sender.run()
    rows = Delivery.objects.order_by("not_before")
    assert [(row.state, row.attempts) for row in rows] == [(State.WAITING, 0)] * 2
    assert [row.reason for row in rows] == ["", "ConnectionRefusedError"]


def test_one_that_was_taken_in_the_meantime_does_not_leave(mia: User, server: Server) -> None:
    delivery = outbox.queue(mia, "letter", "one").deliveries.get()
    token = Delivery.objects.claim(delivery.pk)
    mine = Delivery.objects.claimed_as(token).select_related("notice__recipient").get()
    Delivery.objects.update(claim_token="somebody else")
    assert sender._deliver(mine) == ""
    assert server.received == []
