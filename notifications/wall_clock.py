"""Notices when the clock of the machine has jumped, so that a wrong date sends nothing (BAD_INPUTS 11).

A machine counts the seconds since it was started, whatever its clock on the wall says. The difference of the two stays
the same for as long as it runs; if it changes by more than an hour, somebody has set the clock.
"""

import hashlib
import logging
import platform
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from notifications.models import Sign

log = logging.getLogger(__name__)
NAME = "clock "
JUMP = 60 * 60
LONG_ENOUGH = timedelta(hours=1)
SMALL_ENOUGH = 2 * 24 * 60 * 60
"""A jump of up to two days is believed after an hour; after a larger one somebody has to say that it is right."""


def uptime() -> float:
    """Seconds since the machine was started, those in which it slept among them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def boot() -> str:
    """Which start of this machine it is."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:13]
    except OSError:
        return "here"


def name_here() -> str:
    """Each machine that ticks has a sign of its own."""
    return NAME + hashlib.sha256(platform.node().encode()).hexdigest()[:13]


def is_steady() -> bool:
    """Whether the clock may be believed. Sending waits as long as it may not."""
    name, offset = name_here(), time.time() - uptime()
    sign = Sign.objects.filter(name=name).first()
    if sign is None or sign.note.get("boot") != boot():
        # A machine that has not ticked for a day is none of this installation's any more.
        Sign.objects.filter(name__startswith=NAME, at__lt=timezone.now() - timedelta(days=1)).delete()
        _note(name, offset)
        return True
    before, seen_to, seen_at = (float(sign.note.get(key, 0)) for key in ("offset", "to", "seen"))
    if abs(offset - before) <= JUMP:
        # Written anew when it went back by itself, and now and then, to be known as a machine that ticks.
        if seen_at or abs(timezone.now() - sign.at) > LONG_ENOUGH:
            _note(name, before)
        return True
    if not seen_at or abs(offset - seen_to) > JUMP:
        log.error("the clock has jumped by %d minutes; nothing is sent for now", (offset - before) / 60)
        _note(name, before, to=offset, seen=uptime())
        return False
    if uptime() - seen_at >= LONG_ENOUGH.total_seconds() and abs(offset - before) <= SMALL_ENOUGH:
        _note(name, offset)
        return True
    return False


def _note(name: str, offset: float, **more: float) -> None:
    Sign.objects.leave(name, {"boot": boot(), "offset": offset, **more})


def has_jumped() -> bool:
    return any("seen" in note for note in Sign.objects.filter(name__startswith=NAME).values_list("note", flat=True))


def believe() -> None:
    """The operator says that the clock is right as it is."""
    Sign.objects.filter(name__startswith=NAME).delete()
