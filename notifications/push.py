"""What people are told on their devices: that there is something, and the page to look at. Never what or from whom, for
a locked screen shows it to whoever passes by."""

import json
import logging
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from urllib.parse import urlsplit

import requests
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from notifications import channels, web_push
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, PushDevice

log = logging.getLogger(__name__)

SERVICES = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.notify.windows.com",
    "https://*.push.apple.com",
)
"""The push services of Chrome, Firefox, Edge and Safari. A browser's address is a wish to be connected to, and whoever
signs in can send any: nothing else is ever connected to but these and what the operator adds."""
LONGEST = 1000
PATIENCE = (3.05, 7)
"""Seconds to connect and to wait. With ten devices that all hang, a sender still ends before its claim does."""
DAY = timedelta(days=1)
RETRY, LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=6)


def key() -> web_push.Key | None:
    """Our key, if this installation has one; else nobody can be reached, and nobody is offered it."""
    return web_push.read_key(settings.PUSH_KEY) if settings.PUSH_KEY else None


def is_service(endpoint: str) -> bool:
    """Whether this is an address at a push service that we know."""
    if len(endpoint) > LONGEST or not re.fullmatch(r"[!-~]+", endpoint) or "\\" in endpoint:
        return False
    try:
        at = urlsplit(endpoint)
        port = at.port
    except ValueError:
        return False
    if at.username is not None or at.password is not None or not at.hostname:
        return False
    origin = f"{at.scheme}://{at.hostname}" + (f":{port}" if port else "")
    return any(_fits(origin, service) for service in (*SERVICES, *settings.PUSH_SERVICES))


def _fits(origin: str, service: str) -> bool:
    scheme, star, domain = service.partition("*.")
    if not star:
        return origin == service
    return (
        origin.startswith(scheme)
        and re.fullmatch(rf"[a-z0-9.-]+\.{re.escape(domain)}", origin[len(scheme) :]) is not None
    )


class Outcome(Enum):
    TAKEN = "taken"
    GONE = "gone"
    LATER = "later"
    UNSURE = "unsure"
    REFUSED = "refused"


def send(delivery: Delivery, kind: Kind) -> None:
    """Tell somebody on every device on which they are signed in.

    Raises:
        channels.Later: no service took it, and one of them may take it some time later.
        channels.Nobody: there is no device to tell.
    """
    person, ours = delivery.notice.recipient, key()
    if person is None or ours is None:
        raise channels.Nobody
    devices = list(PushDevice.objects.signed_in().filter(user=person))
    text, headers = json.dumps(words(delivery, kind)).encode(), _headers(delivery, kind)
    found = [_hand_over(device, text, headers, ours) for device in devices]
    if any(outcome == Outcome.TAKEN for outcome, _pause in found):
        return
    if pauses := [pause for outcome, pause in found if outcome in {Outcome.LATER, Outcome.UNSURE}]:
        raise channels.Later(min(pauses), perhaps=Outcome.UNSURE in {outcome for outcome, _pause in found})
    raise channels.Nobody


def words(delivery: Delivery, kind: Kind) -> dict[str, str]:
    """All that a device is told. It names nobody and quotes nothing, and so does the page that it opens."""
    reminder = kind.nudge
    return {
        "title": settings.SITE_NAME,
        "body": _("Your prompt for today is here.") if reminder else _("Something new in your group."),
        "path": reverse("notices" if kind.in_app else "home"),
        "tag": _together(kind),
        "lang": get_language() or settings.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
    }


def _together(kind: Kind) -> str:
    """Under this, a device shows one message, however much there is of it: they all say the same."""
    return (kind.topic or kind.name)[:32]


def _headers(delivery: Delivery, kind: Kind) -> dict[str, str]:
    """What is newer takes the place of what nobody has looked at yet, and so does a second try (Topic); what is too
    late is not shown at all (TTL)."""
    until = delivery.notice.expires_at
    left = min(max(until - timezone.now(), timedelta()), DAY) if until else DAY
    return {
        "TTL": str(int(left.total_seconds())),
        "Topic": _together(kind),
        "Urgency": "normal",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }


def _hand_over(
    device: PushDevice, text: bytes, headers: dict[str, str], ours: web_push.Key
) -> tuple[Outcome, timedelta]:
    """Hand one message to the push service of one device; who is gone is forgotten."""
    if not is_service(device.endpoint):  # it was one when the device came, and the operator has taken it out since
        return Outcome.REFUSED, RETRY
    try:
        secret = web_push.decoded(device.auth)
    except InvalidToken:  # locked with a SECRET_KEY that is gone
        PushDevice.objects.filter(pk=device.pk).delete()
        return Outcome.GONE, RETRY
    body = web_push.locked(text, web_push.decoded(device.p256dh), secret)
    signature = web_push.signed(ours, device.endpoint, settings.BASE_URL)
    try:
        with requests.post(
            device.endpoint,
            data=body,
            headers={**headers, "Authorization": signature},
            timeout=PATIENCE,
            allow_redirects=False,
            stream=True,  # what it says besides is nothing to us
        ) as answer:
            outcome, pause = _outcome(answer.status_code, answer.headers.get("Retry-After", ""))
    except requests.RequestException as problem:
        log.warning("push service not reached: %s", type(problem).__name__)
        never_left = isinstance(problem, requests.ConnectTimeout)
        return Outcome.LATER if never_left else Outcome.UNSURE, RETRY
    if outcome == Outcome.TAKEN:
        PushDevice.objects.filter(pk=device.pk).update(seen_at=timezone.now())
    elif outcome == Outcome.GONE or (outcome == Outcome.REFUSED and device.key_id != web_push.key_id(ours)):
        PushDevice.objects.filter(pk=device.pk).delete()
    elif outcome == Outcome.REFUSED:
        log.warning("push service refuses: %s", answer.status_code)
    return outcome, pause


def _outcome(status: int, retry_after: str) -> tuple[Outcome, timedelta]:
    if 200 <= status < 300:
        return Outcome.TAKEN, RETRY
    if status in {404, 410}:
        return Outcome.GONE, RETRY
    if status == 429 or status >= 500:
        return Outcome.LATER, _pause(retry_after)
    return Outcome.REFUSED, RETRY


def _pause(retry_after: str) -> timedelta:
    """How long a service wants to be left alone: seconds, or a moment; a few minutes if it does not say."""
    try:
        moment: datetime | None = None if retry_after.isdecimal() else parsedate_to_datetime(retry_after)
        pause = moment - timezone.now() if moment else timedelta(seconds=int(retry_after))
    except (ValueError, TypeError, OverflowError):
        pause = RETRY
    return min(max(pause, timedelta(seconds=1)), LONGEST_RETRY)


def reached(users: Collection[int]) -> set[int]:
    return PushDevice.objects.owners(list(users)) if settings.PUSH_KEY else set()


channels.register(Channel.PUSH, channels.Way(reached, send))
