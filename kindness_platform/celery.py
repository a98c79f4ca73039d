"""The bell: Celery carries wake-ups only. The list of work is in the database (`notifications`)."""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import task_postrun

WORKER_SEEN = "worker-seen"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
app = Celery("kindness_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_postrun.connect
def _worker_is_alive(**kwargs: Any) -> None:
    """Leaves a sign of life for `/healthz`; losing one is harmless."""
    from django.core.cache import cache

    try:
        cache.set(WORKER_SEEN, time.time(), None)
    except Exception:  # noqa: BLE001, S110  (a cache that is away must not fail the task that ran)
        pass
