"""The bell: Celery carries wake-ups only. The list of work is in the database (`notifications`)."""

import contextlib
import os
import time
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import task_postrun

WORKER_SEEN = "worker-seen"

# Celery's words about running as root are many; the supervisor says it in one line.
warnings.filterwarnings("ignore", category=SecurityWarning)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
# The web process asks the system checks at its start (`web.py`). Asked here, they would load every page.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
app = Celery("kindness_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_postrun.connect
def _worker_is_alive(**kwargs: Any) -> None:
    """Leaves a sign of life for `/healthz`; losing one is harmless."""
    from django.core.cache import cache

    with contextlib.suppress(Exception):  # a cache that is away must not fail the task that ran
        cache.set(WORKER_SEEN, time.time(), None)
