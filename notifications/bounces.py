"""What a mail service reports about letters: that one came back, or that somebody called it spam.

anymail reads what each service sends and proves that it comes from there; here it is decided what follows from it. What
mail servers answer at once is the sender's business (`notifications.sender`).
"""

import hashlib
import logging
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from notifications.models import Notice, Suppression
from notifications.models.suppression import HARD, SOFT

log = logging.getLogger(__name__)
SERVICES = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
"""The services whose reports are understood, each with anymail's name for what reads them."""
OLD = timedelta(hours=48)
REMEMBERED = 3 * 24 * 60 * 60
"""A report that is sent again within the time in which it counts at all is known again."""
PASSING = {"5.4.4"}
"""A name server that does not answer is not a mailbox that is gone, whatever the class of the code says."""
FULL = {"5.2.2", "5.2.3"}


def reader_of(service: str) -> Any:
    """anymail's view for a service, made anew so that it reads the settings as they are now."""
    return getattr(import_module(f"anymail.webhooks.{service}"), SERVICES[service]).as_view()


def take(sender: object, event: AnymailTrackingEvent, esp_name: str, **_signal: object) -> None:
    """Draw the conclusion from one report. Anything that is no news, too old or about a stranger has none."""
    address = (event.recipient or "").strip().lower()
    if not _is_news(event, address, esp_name):
        return
    if not _have_written_to(address):
        log.info("a report of %s about an address that nothing was sent to", esp_name)
        return
    code = _code(event)
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        Suppression.objects.stop(address, Suppression.Why.COMPLAINED, code)
    elif points := _points(event, code):
        Suppression.objects.score(address, points, code)
    elif event.event_type in {EventType.BOUNCED, EventType.REJECTED}:
        Suppression.objects.stop(address, Suppression.Why.BOUNCED, code)


def _is_news(event: AnymailTrackingEvent, address: str, esp_name: str) -> bool:
    """Whether there is anything to conclude: from a report of today that has not been seen before.

    Mailgun signs a moment and a token (its `event_id`) and not what the report says. So both have to be fresh, or one
    report that somebody has read along would do for every address.
    """
    told = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}
    if event.event_type not in told or not address or "\0" in address or len(address) > 254:
        return False
    if any(moment < timezone.now() - OLD for moment in (event.timestamp, _signed_at(event)) if moment):
        return False
    mark = event.event_id or f"{event.message_id}|{event.event_type}|{address}|{event.timestamp}"
    mark = f"{esp_name}|{mark}"
    return bool(cache.add(f"report:{hashlib.sha256(mark.encode()).hexdigest()}", 1, REMEMBERED))


def _signed_at(event: AnymailTrackingEvent) -> datetime | None:
    signature = event.esp_event.get("signature") if isinstance(event.esp_event, dict) else None
    if not isinstance(signature, dict) or "timestamp" not in signature:
        return None
    return datetime.fromtimestamp(int(signature["timestamp"]), UTC)


def _have_written_to(address: str) -> bool:
    return User.objects.filter(email=address).exists() or Notice.objects.filter(address=address).exists()


def _points(event: AnymailTrackingEvent, code: str) -> int:
    """How much a letter that came back counts; nothing, if it says that the mailbox is no more."""
    if event.event_type == EventType.FAILED or code.startswith("4.") or code in PASSING or _is_soft(event):
        return SOFT
    gone = event.reject_reason in {RejectReason.BOUNCED, RejectReason.INVALID}
    return HARD if code in FULL or not gone else 0


def _is_soft(event: AnymailTrackingEvent) -> bool:
    """Postmark reports a full mailbox under the name of a bounce, and says beside it that it is a soft one."""
    return isinstance(event.esp_event, dict) and event.esp_event.get("Type") == "SoftBounce"


def _code(event: AnymailTrackingEvent) -> str:
    """The code of the mail server behind it, if the service passes it on."""
    found = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", f"{event.mta_response or ''} {event.description or ''}")
    return found[0] if found else ""


tracking.connect(take, dispatch_uid="notifications.bounces")
