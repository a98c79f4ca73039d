"""Housekeeping of the embedded installation; what is told to people is in `notifications.tasks`."""

from celery import shared_task
from django.db import connections


@shared_task
def sweep_queue() -> None:
    """Forgets wake-ups that were delivered: the queue in SQLite only marks them, so its file would grow for ever."""
    if "queue" not in connections:
        return
    with connections["queue"].cursor() as cursor:
        if "kombu_message" in connections["queue"].introspection.table_names(cursor):
            cursor.execute("DELETE FROM kombu_message WHERE visible = 0")
