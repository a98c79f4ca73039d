"""Housekeeping; what is told to people is in `notifications.tasks`."""

from celery import shared_task
from django.core.cache import cache
from django.db import connections

from accounts.retention import purge_accounts
from feed.retention import purge_feed
from groups.retention import purge_classes
from kindness_platform.purge import purge_groups
from notifications.retention import purge_notifications

FORGOTTEN = "forgotten-today"
DAY = 24 * 60 * 60


@shared_task
def forget() -> None:
    """Deletes once a day what each room keeps no longer. It is woken each hour: a machine may be off at night."""
    if not cache.add(FORGOTTEN, "1", timeout=DAY - 60):
        return
    try:
        purge_notifications()
        purge_accounts()
        purge_feed()
        purge_classes()
        purge_groups()
    except Exception:
        cache.delete(FORGOTTEN)  # the next hour tries again
        raise


@shared_task
def sweep_queue() -> None:
    """In the embedded installation: forgets wake-ups that were delivered.

    The queue in SQLite only marks them, so its file would grow for ever.
    """
    if "queue" not in connections:
        return
    with connections["queue"].cursor() as cursor:
        if "kombu_message" in connections["queue"].introspection.table_names(cursor):
            cursor.execute("DELETE FROM kombu_message WHERE visible = 0")
