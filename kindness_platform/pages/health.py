"""`GET /healthz`: is this installation well? For monitors, so it is public, cheap and tells no secrets."""

import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kindness_platform import status
from kindness_platform.celery import BEAT, WORKER
from notifications import wall_clock
from notifications.models import Sign

ROOM_NEEDED = 64 * 1024 * 1024
# Each says something once a minute at least, and two minutes may pass until somebody is told.
SILENCE_ALLOWED = timedelta(seconds=110)


class Unwell(Exception):
    """What is wrong with a part, in words that may be read by anybody."""


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


_migrated: set[str] = set()


def _migrations() -> None:
    """Whether this code's migrations have run. Once they have, they have for as long as this process lives."""
    if "default" in _migrated:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unwell("not all applied")
    _migrated.add("default")


def _cache() -> None:
    mark = str(time.monotonic_ns())
    cache.set("healthz", mark, 30)
    if cache.get("healthz") is None:
        raise Unwell("forgets")


def _broker() -> None:
    if settings.REDIS_URL:
        import redis

        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        try:
            client.ping()
        finally:
            client.close()
    elif "queue" in connections:
        with connections["queue"].cursor() as cursor:
            cursor.execute("SELECT 1")


def _sign(name: str) -> None:
    """A part that was seen once has to be seen again; one that never ran here is none of this installation's."""
    sign = Sign.objects.filter(name=name).first()
    if sign and timezone.now() - sign.at > SILENCE_ALLOWED:
        raise Unwell("silent")


def _clock() -> None:
    if wall_clock.has_jumped():
        raise Unwell("jumped")


def _disk() -> None:
    if not os.access(settings.DATA_DIR, os.W_OK | os.X_OK):
        raise Unwell("not writable")
    if shutil.disk_usage(settings.DATA_DIR).free < ROOM_NEEDED:
        raise Unwell("full")


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "broker": _broker,
    "beat": partial(_sign, BEAT),
    "worker": partial(_sign, WORKER),
    "tick": partial(_sign, "tick"),
    "clock": _clock,
    "disk": _disk,
}


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except Unwell as why:
        return str(why)
    except Exception:  # whatever a driver raises; its words may hold addresses and passwords, so they stay here
        return "unreachable"
    return "ok"


def _warnings() -> dict[str, str]:
    """What somebody should look at, although people notice nothing of it yet; a monitor that restarts us must not."""
    line = status.last_backup()
    return {"backup": line.value} if line.state == status.BAD else {}


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    parts = {name: _state(check) for name, check in PARTS.items()}
    failing = [name for name, state in parts.items() if state != "ok"]
    answer: dict[str, object] = {"status": "failing" if failing else "ok", "parts": parts, "warnings": _warnings()}
    if failing:
        answer["failing"] = failing
    return JsonResponse(answer, status=503 if failing else 200)
