"""The bell and the clock: Celery only says "look now"; what is due stands in the database."""

import logging
import time

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import planner, sender, wall_clock
from notifications.models import Delivery, Sign

log = logging.getLogger(__name__)
SENDERS = 4
"""So many workers are rung at once when there is much to send."""
# A bell that no worker has heard by the next tick is dropped: that tick rings again.
BELL_LIFE = 55
QUIET_SECONDS = 30.0
_quiet_until = 0.0


@shared_task(name="notifications.tasks.send")
def send(delivery_pk: int) -> None:
    """Send one delivery now, if nobody else has."""
    sender.deliver(delivery_pk)


@shared_task(name="notifications.tasks.look")
def look() -> None:
    """Send what is due for a while; if there may be more, another look follows, behind what else waits in the queue."""
    if sender.run():
        _ring_for_more(1)


@shared_task(name="notifications.tasks.tick")
def tick() -> None:
    """Each minute: plan what has come round, and see that it is sent. May run twice, late, or on two at once."""
    if not wall_clock.is_steady():
        return
    planner.plan()
    sender.settle_lost_nudges()
    Sign.objects.leave("tick")
    if wake() and sender.run():
        _ring_for_more(1)


def wake() -> bool:
    """Ring for senders if anything is due, at a cost that does not grow with it. True if whoever rings sends, too."""
    due = Delivery.objects.due()[: sender.BATCH * SENDERS].count()
    if settings.REDIS_URL:
        _ring_for_more(min(SENDERS, due))
        return False
    # Without a broker of its own, one machine does everything: the tick sends by itself and rings for help.
    if due:
        _ring_for_more(min(SENDERS, -(-due // sender.BATCH)) - 1)
    return due > 0


def _ring_for_more(times: int) -> None:
    """Wake senders; without a broker (a tick run by hand) send here."""
    try:
        for _n in range(times):
            look.apply_async(expires=BELL_LIFE)
    except (OSError, OperationalError):
        sender.run()


def ring_on_commit(delivery: Delivery) -> None:
    """Wake a sender when the caller's transaction is safe in the database."""
    if delivery.not_before <= timezone.now():
        pk = delivery.pk
        transaction.on_commit(lambda: ring(pk), robust=True)


def ring(delivery_pk: int) -> None:
    """Wake a sender. A broker that is down neither breaks nor keeps delaying requests: the tick finds the row."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        send.delay(delivery_pk)
    except Exception as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("wake-up not published: %s", type(error).__name__)
