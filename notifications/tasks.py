"""The bell and the clock: Celery only says "look now"; what is due stands in the database."""

import logging
import time

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import sender
from notifications.models import Delivery

log = logging.getLogger(__name__)
PER_TICK = 5000
PER_TASK = 50
# A chunk that no worker has begun by the next tick is dropped: that tick finds the same rows again.
CHUNK_LIFE = 55
QUIET_SECONDS = 30.0
_quiet_until = 0.0


@shared_task(name="notifications.tasks.send")
def send(delivery_pk: int) -> None:
    """Send one delivery now, if nobody else has."""
    sender.deliver(delivery_pk)


@shared_task(name="notifications.tasks.send_some")
def send_some(delivery_pks: list[int]) -> None:
    """Send a handful; stops after a minute, and the next tick finds the rest."""
    started = time.monotonic()
    for pk in delivery_pks:
        if time.monotonic() - started > 60:
            return
        sender.deliver(pk)


@shared_task(name="notifications.tasks.tick")
def tick() -> None:
    """Each minute: find what is due and wake senders. May run twice, late, or on two workers at once."""
    sender.settle_lost_nudges()
    due = list(Delivery.objects.due().values_list("pk", flat=True)[:PER_TICK])
    for start in range(0, len(due), PER_TASK):
        _wake_some(due[start : start + PER_TASK])


def _wake_some(pks: list[int]) -> None:
    """Hand a chunk to any worker; without a broker (a tick run by hand) send it here."""
    try:
        send_some.apply_async((pks,), expires=CHUNK_LIFE)
    except (OSError, OperationalError):
        send_some(pks)


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
