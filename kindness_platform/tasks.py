"""Housekeeping; what is told to people is in `notifications.tasks`."""

from celery import shared_task
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from kindness_platform.purge import purge_groups
from kindness_platform.retention import PURGES

FORGOTTEN = "forgotten-today"
DAY = 24 * 60 * 60


@shared_task
def forget() -> None:
    """Deletes each hour the groups whose days of grace are over, and once a day what else is kept no longer.

    Once a day, yet woken each hour: a machine may be off at night.
    """
    purge_groups()
    if not cache.add(FORGOTTEN, "1", timeout=DAY - 60):
        return
    try:
        for purge in PURGES.values():
            purge()
    except Exception:
        cache.delete(FORGOTTEN)  # the next hour tries again
        raise


@shared_task
def sweep_queue() -> None:
    """In the embedded installation: forgets wake-ups that were delivered, and limits that hold no longer.

    The queue in SQLite only marks them, and the cache only overlooks them: the file would grow for ever, and
    addresses of visitors would stay in it.
    """
    if "queue" not in connections:
        return
    queue = connections["queue"]
    with queue.cursor() as cursor:
        tables = queue.introspection.table_names(cursor)
        if "kombu_message" in tables:
            cursor.execute("DELETE FROM kombu_message WHERE visible = 0")
        if "cache" in tables:
            now = queue.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute("DELETE FROM cache WHERE expires < %s", [now])
