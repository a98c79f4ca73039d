"""What a mail service reports: who gets no more letters, and which reports are believed."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from kindness_platform.checks import mail_hooks_are_known
from notifications import outbox
from notifications.bounces import SERVICES, reader_of
from notifications.models import Suppression

SECRET = "postmark:a long and random word"
SIGNING = "key-of-mailgun"
HOOK = "/hooks/mail/postmark/"


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    settings.MAIL_HOOKS = ["postmark", "mailgun"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING}


def report(client: Client, body: Any, *, secret: str | None = SECRET, hook: str = HOOK) -> int:
    words = {} if secret is None else {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(hook, data, content_type="application/json", headers=words).status_code


def bounce(address: str | None, kind: str = "HardBounce", details: str = "", **changed: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": kind,
        "Email": address,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "BouncedAt": timezone.now().isoformat(),
        "Details": details,
        **changed,
    }


def complaint(address: str | None) -> dict[str, Any]:
    return bounce(address, "SpamComplaint", RecordType="SpamComplaint")


def stopped(person: User) -> str:
    row = Suppression.objects.stopped().filter(address=person.email).first()
    return row.why if row else ""


@pytest.mark.parametrize(
    ("kind", "details", "ends"),
    [
        ("HardBounce", "smtp;550 5.1.1 no such user", "bounced"),
        ("HardBounce", "", "bounced"),
        ("BadEmailAddress", "", "bounced"),
        ("SpamNotification", "", "complained"),
        ("HardBounce", "smtp;550 5.4.4 no answer of the name server", ""),
        ("HardBounce", "smtp;552 5.2.2 mailbox full", ""),
        ("HardBounce", "smtp;450 4.2.0 try later", ""),
        ("SoftBounce", "", ""),
        ("Blocked", "", ""),
        ("Transient", "", ""),
        ("AutoResponder", "out of office", ""),
        ("Unknown", "", ""),
    ],
)
def test_each_kind_of_report_has_its_end(kind: str, details: str, ends: str, visitor: Client, mia: User) -> None:
    assert report(visitor, bounce(mia.email, kind, details)) == 200
    assert stopped(mia) == ends


def test_a_complaint_stops_the_address(visitor: Client, mia: User) -> None:
    assert report(visitor, complaint(mia.email)) == 200
    assert stopped(mia) == "complained"


@pytest.mark.parametrize("kind", ["Delivery", "Open", "Click"])
def test_what_went_well_says_nothing(kind: str, visitor: Client, mia: User) -> None:
    assert report(visitor, {"RecordType": kind, "Recipient": mia.email, "DeliveredAt": "2026-11-30T12:00:00Z"}) == 200
    assert not Suppression.objects.exists()


def test_full_mailboxes_are_counted_and_four_points_are_enough(visitor: Client, mia: User) -> None:
    for n in range(2):
        assert stopped(mia) == ""
        report(visitor, bounce(mia.email, details="552 5.2.2 full", ID=n))
    assert stopped(mia) == "bounced"


def test_the_same_report_counts_once(visitor: Client, mia: User) -> None:
    again = bounce(mia.email, details="552 5.2.2 full")
    for _replay in range(5):
        assert report(visitor, again) == 200
    assert Suppression.objects.get(address=mia.email).score == 2
    assert stopped(mia) == ""


def test_a_replay_does_not_undo_what_she_said(visitor: Client, mia: User) -> None:
    report(visitor, again := bounce(mia.email))
    Suppression.objects.lift(mia.email or "")
    assert report(visitor, again) == 200
    assert stopped(mia) == ""


def test_what_is_older_than_two_days_is_history(visitor: Client, mia: User) -> None:
    old = (timezone.now() - timedelta(hours=49)).isoformat()
    assert report(visitor, bounce(mia.email, BouncedAt=old)) == 200
    assert stopped(mia) == ""


@pytest.mark.parametrize("secret", [None, "", "postmark:", "postmark:wrong", SECRET.upper()])
def test_who_does_not_know_the_secret_is_not_believed(secret: str | None, visitor: Client, mia: User) -> None:
    assert report(visitor, bounce(mia.email), secret=secret) == 400
    assert not Suppression.objects.exists()


def test_a_report_about_a_stranger_has_no_end(visitor: Client, mia: User) -> None:
    assert report(visitor, bounce("somebody@elsewhere.example")) == 200
    assert not Suppression.objects.exists()


def test_an_address_that_was_invited_is_known(visitor: Client, db: None) -> None:
    outbox.queue("ned@example.org", "account", "x")
    report(visitor, bounce("Ned@Example.org"))
    assert Suppression.objects.is_stopped("ned@example.org")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"RecordType": "Bounce"}', b"\xff\xfe", b'{"RecordType": "Bounce", "Email": 5}'],
)
def test_nonsense_breaks_nothing(body: bytes, visitor: Client) -> None:
    assert report(visitor, body) in {200, 400}
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("address", ["a\0b@example.org", "x" * 300 + "@example.org", "", None])
def test_what_is_no_address_has_no_end(address: str | None, visitor: Client, mia: User) -> None:
    assert report(visitor, bounce(address)) == 200
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("service", ["sendgrid", "nothing", "base", "__init__"])
def test_a_service_that_is_not_configured_has_no_address(service: str, visitor: Client, mia: User) -> None:
    assert report(visitor, bounce(mia.email), hook=f"/hooks/mail/{service}/") == 404


def test_a_name_that_was_misspelled_is_told_at_the_start(settings: Any) -> None:
    assert mail_hooks_are_known() == []
    settings.MAIL_HOOKS = ["postmrak"]
    (error,) = mail_hooks_are_known()
    assert "postmrak" in error.msg
    assert all(reader_of(service) for service in SERVICES)


def test_nobody_reads_there(visitor: Client, db: None) -> None:
    assert visitor.get(HOOK).status_code == 405


# --- Reports that are signed ------------------------------------------------------------------------


def signed(address: str | None, key: str = SIGNING, ago: timedelta = timedelta(), **changed: str) -> dict[str, Any]:
    at, token = str(int((timezone.now() - ago).timestamp())), "a" * 50
    signature = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": at, "token": token, "signature": signature, **changed},
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": timezone.now().timestamp(),
            "recipient": address,
            "delivery-status": {"code": 550, "message": "5.1.1 no such user", "description": ""},
            "message": {"headers": {"message-id": "one@example.org"}},
        },
    }


def test_a_report_with_its_signature_is_believed(visitor: Client, mia: User) -> None:
    assert report(visitor, signed(mia.email), hook="/hooks/mail/mailgun/") == 200
    assert stopped(mia) == "bounced"


def test_one_with_a_signature_that_was_made_up_is_not(visitor: Client, mia: User) -> None:
    unsigned: dict[str, Any] = {"event-data": {}}
    for forged in (signed(mia.email, "another key"), signed(mia.email, token="b" * 50), unsigned):
        assert report(visitor, forged, hook="/hooks/mail/mailgun/") == 400
    assert not Suppression.objects.exists()


def test_a_signature_that_was_read_along_does_for_no_other_report(visitor: Client, mia: User, olive: User) -> None:
    for person in (mia, olive):
        assert report(visitor, signed(person.email), hook="/hooks/mail/mailgun/") == 200
    assert (stopped(mia), stopped(olive)) == ("bounced", "")


def test_a_signature_of_last_week_does_for_none(visitor: Client, mia: User) -> None:
    report(visitor, signed(mia.email, ago=timedelta(days=7)), hook="/hooks/mail/mailgun/")
    assert stopped(mia) == ""
