"""Messages to devices, with a push service that answers everything there is to answer (SAFETY A17)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
import requests
from django.utils import timezone, translation

from accounts.models import User
from notifications import channels, kinds, outbox, push, sender, web_push
from notifications.kinds import Kind, Message
from notifications.models import Channel, Delivery, Notice, PushDevice
from tests.client import CheckedClient
from tests.notifications.push_service import Browser, PushService, running
from tests.notifications.test_devices import KEY

NAMED = Message(subject="Olive thanks you", line="Olive Okafor thanked you", path="/groups/ferry-lane/", template="")
NEWS = Kind(name="test-news", mail=False, in_app=True, still_wanted=lambda _n: True, render=lambda _n: NAMED)
NUDGE = Kind(
    name="test-nudge", mail=False, in_app=False, nudge=True, still_wanted=lambda _n: True, render=lambda _n: NAMED
)


@pytest.fixture(scope="module")
def _service() -> Iterator[PushService]:
    with running() as service:
        yield service


@pytest.fixture
def service(_service: PushService, settings: Any) -> PushService:
    settings.PUSH_KEY = KEY
    settings.PUSH_SERVICES = [_service.origin]
    _service.came.clear()
    _service.answers.clear()
    return _service


def device(user: User, service: PushService, name: str = "one") -> Browser:
    """A browser in which somebody has signed in and switched it on."""
    browser, client = Browser(), CheckedClient()
    client.force_login(user)
    assert client.post("/you/devices/add/", browser.subscription(service.endpoint(name))).status_code == 302
    return browser


def news(user: User, key: str = "1", **fields: Any) -> Delivery:
    notice = Notice.objects.create(recipient=user, kind="test-news", key=key, in_app=True, **fields)
    return Delivery.objects.create(notice=notice, channel=Channel.PUSH)


def test_her_device_is_told_that_there_is_something_and_nothing_else(mia: User, service: PushService) -> None:
    browser = device(mia, service)
    push.send(news(mia), NEWS)
    (came,) = service.came
    said = browser.read(came.body).decode()
    assert json.loads(said) == {
        "title": "Goodturn",
        "body": "Something new in your group.",
        "path": "/notices/",
        "tag": "test-news",
        "lang": "en",
        "dir": "ltr",
    }
    for word in ("Olive", "thank", "ferry", mia.name, mia.email or "", mia.public_id):
        assert word not in said
    assert PushDevice.objects.get().seen_at is not None


def test_a_reminder_opens_today(mia: User, service: PushService) -> None:
    browser = device(mia, service)
    push.send(news(mia), NUDGE)
    said = json.loads(browser.read(service.came[0].body))
    assert said["path"] == "/"
    assert "prompt" in said["body"]


def test_it_is_in_the_readers_language(mia: User, service: PushService) -> None:
    browser = device(mia, service)
    with translation.override("es"):
        push.send(news(mia), NEWS)
    said = json.loads(browser.read(service.came[0].body))
    assert said["lang"] == "es"
    assert said["body"] != "Something new in your group."


def test_what_is_too_late_is_not_shown_and_a_second_try_replaces_the_first(mia: User, service: PushService) -> None:
    device(mia, service)
    expiring = news(mia, expires_at=timezone.now() + timedelta(minutes=90))
    push.send(expiring, NEWS)
    push.send(news(mia, key="2"), NEWS)
    first, second = (came.headers for came in service.came)
    assert 89 * 60 < int(first["TTL"]) <= 90 * 60
    assert second["TTL"] == str(24 * 60 * 60)
    assert first["Topic"] == second["Topic"] == "test-news"
    assert first["Content-Encoding"] == "aes128gcm"


def test_every_request_is_signed_for_its_service(mia: User, service: PushService) -> None:
    device(mia, service)
    push.send(news(mia), NEWS)
    token = service.came[0].headers["Authorization"].removeprefix("vapid t=").partition(",")[0]
    key = web_push.read_key(KEY).public_key()
    jwt.decode(token, key, algorithms=["ES256"], audience=service.origin)


@pytest.mark.parametrize(
    ("status", "ends", "stays"),
    [
        (200, None, True),
        (201, None, True),
        (202, None, True),
        (301, channels.Nobody, True),
        (400, channels.Nobody, True),
        (401, channels.Nobody, True),
        (403, channels.Nobody, True),
        (404, channels.Nobody, False),
        (410, channels.Nobody, False),
        (413, channels.Nobody, True),
        (429, channels.Later, True),
        (500, channels.Later, True),
        (502, channels.Later, True),
        (503, channels.Later, True),
        (0, channels.Later, True),
    ],
)
def test_every_answer_ends_as_it_should(
    status: int, ends: type[Exception] | None, stays: bool, mia: User, service: PushService
) -> None:
    device(mia, service)
    service.answer("one", status, Location=service.endpoint("elsewhere"))
    if ends is None:
        push.send(news(mia), NEWS)
    else:
        with pytest.raises(ends):
            push.send(news(mia), NEWS)
    assert PushDevice.objects.exists() is stays
    assert [came.path for came in service.came] == ["/one"], "a redirection was followed"


@pytest.mark.parametrize("status", [401, 403])
def test_a_device_that_knows_another_key_of_ours_is_forgotten(status: int, mia: User, service: PushService) -> None:
    device(mia, service)
    PushDevice.objects.update(key_id="of-a-former-key")
    service.answer("one", status)
    with pytest.raises(channels.Nobody):
        push.send(news(mia), NEWS)
    assert not PushDevice.objects.exists()


def test_a_service_that_does_not_answer_is_tried_later(
    mia: User, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    device(mia, service)
    asked: dict[str, Any] = {}

    def hang(_address: str, **how: Any) -> None:
        asked.update(how)
        raise requests.ReadTimeout

    monkeypatch.setattr(requests, "post", hang)
    with pytest.raises(channels.Later):
        push.send(news(mia), NEWS)
    assert sum(asked["timeout"]) * 10 < 120, "ten devices that hang must not outlast a claim"


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("120", 120, 120),
        ("", 300, 300),
        ("soon", 300, 300),
        ("-5", 300, 300),
        ("999999999999", 6 * 3600, 6 * 3600),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 1, 1),
        ("Wed, 01 Jan 2120 00:00:00 GMT", 6 * 3600, 6 * 3600),
    ],
)
def test_a_service_says_when_it_wants_to_be_asked_again(
    said: str, least: int, most: int, mia: User, service: PushService
) -> None:
    device(mia, service)
    service.answer("one", 429, Retry_After=said)
    with pytest.raises(channels.Later) as later:
        push.send(news(mia), NEWS)
    assert least <= later.value.pause.total_seconds() <= most


def test_each_of_her_devices_is_told_and_a_dead_one_is_in_nobodys_way(mia: User, service: PushService) -> None:
    browsers = [device(mia, service, name) for name in ("one", "two", "three")]
    service.answer("two", 410)
    service.answer("three", 503)
    push.send(news(mia), NEWS)
    assert sorted(came.path for came in service.came) == ["/one", "/three", "/two"]
    body = next(came.body for came in service.came if came.path == "/one")
    assert json.loads(browsers[0].read(body))["title"] == "Goodturn"
    assert set(PushDevice.objects.values_list("endpoint", flat=True)) == {
        service.endpoint("one"),
        service.endpoint("three"),
    }


def test_nobody_elses_device_is_told(mia: User, olive: User, service: PushService) -> None:
    device(olive, service)
    with pytest.raises(channels.Nobody):
        push.send(news(mia), NEWS)
    assert service.came == []


def test_a_device_on_which_she_signed_out_is_not_told(mia: User, service: PushService) -> None:
    device(mia, service)
    mia.sessions.all().delete()
    with pytest.raises(channels.Nobody):
        push.send(news(mia), NEWS)
    assert service.came == []


def test_a_service_that_the_operator_has_taken_out_is_not_connected_to(
    mia: User, service: PushService, settings: Any
) -> None:
    device(mia, service)
    settings.PUSH_SERVICES = []
    with pytest.raises(channels.Nobody):
        push.send(news(mia), NEWS)
    assert service.came == []


def test_a_secret_that_can_no_longer_be_opened_is_given_up(mia: User, service: PushService) -> None:
    device(mia, service)
    PushDevice.objects.update(auth_locked="gAAAAAB")
    with pytest.raises(channels.Nobody):
        push.send(news(mia), NEWS)
    assert not PushDevice.objects.exists()


def test_without_a_key_nobody_is_reached(mia: User, service: PushService, settings: Any) -> None:
    device(mia, service)
    settings.PUSH_KEY = ""
    assert push.reached([mia.pk]) == set()
    with pytest.raises(channels.Nobody):
        push.send(news(mia), NEWS)


# --- On its way through the outbox ------------------------------------------------------------------


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of notice that go to devices alone."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in (NEWS, NUDGE):
        kinds.register(replace(kind, push=True))


def queued(user: User, kind: Kind) -> Delivery:
    """Nothing is sent by itself here: the transaction of a test is never committed, so nobody rings."""
    delivery: Delivery = outbox.queue(user, kind.name, "1").deliveries.get()
    assert delivery.channel == Channel.PUSH
    return delivery


@pytest.mark.parametrize(
    ("statuses", "kind", "state", "reason"),
    [
        ([201], NEWS, "sent", ""),
        ([410], NEWS, "skipped", "no device"),
        ([503], NEWS, "waiting", "away"),
        ([503], NUDGE, "waiting", "away"),
        ([429], NEWS, "waiting", "away"),
        ([0], NEWS, "waiting", "away"),
        ([0], NUDGE, "unknown", "away"),
        ([400], NEWS, "skipped", "no device"),
    ],
)
def test_the_outbox_knows_what_became_of_it(
    statuses: list[int], kind: Kind, state: str, reason: str, known: None, mia: User, service: PushService
) -> None:
    device(mia, service)
    service.answer("one", *statuses)
    delivery = queued(mia, kind)
    assert sender.deliver(delivery.pk) == state
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (state, reason)


def test_it_is_tried_again_when_the_service_likes_and_given_up_after_five(
    known: None, mia: User, service: PushService
) -> None:
    device(mia, service)
    service.answer("one", 429, Retry_After="7200")
    delivery = queued(mia, NEWS)
    for attempt in range(1, 6):
        Delivery.objects.update(not_before=timezone.now())
        assert sender.deliver(delivery.pk) == ("waiting" if attempt < 5 else "failed")
        delivery.refresh_from_db()
        if attempt < 5:
            assert delivery.not_before - timezone.now() > timedelta(hours=1, minutes=59)
    assert len(service.came) == 5
    assert {came.headers["Topic"] for came in service.came} == {"test-news"}


def test_who_has_no_device_gets_no_delivery(known: None, mia: User, service: PushService) -> None:
    assert not outbox.queue(mia, NEWS.name, "1").deliveries.exists()


def test_a_day_of_reminders_comes_once(known: None, mia: User, service: PushService) -> None:
    device(mia, service)
    delivery = queued(mia, NUDGE)
    assert [sender.deliver(delivery.pk) for _ in range(3)] == ["sent", "", ""]
    assert len(service.came) == 1
