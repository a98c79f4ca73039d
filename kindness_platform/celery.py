"""The bell: Celery carries wake-ups only. The list of work is in the database (`notifications`)."""

import contextlib
import os
import threading
import time
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, before_task_publish, task_postrun, worker_ready

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


# --- Signs of life in the database, which outlives a broker or a cache: `/healthz` says who stands still ----------

BEAT, WORKER = "beat", "worker"
SECONDS_BETWEEN_SIGNS = 20
_is_beat = False


def leave_sign(name: str) -> None:
    from django.db import close_old_connections

    from notifications.models import Sign

    with contextlib.suppress(Exception):  # a database that is away is noticed elsewhere
        close_old_connections()
        Sign.objects.leave(name)
        close_old_connections()


@worker_ready.connect
def _worker_signs(**kwargs: Any) -> None:
    """A worker says that it lives also when nobody gives it anything to do."""

    def sign() -> None:
        while True:
            leave_sign(WORKER)
            time.sleep(SECONDS_BETWEEN_SIGNS)

    threading.Thread(target=sign, name="sign-of-life", daemon=True).start()


@beat_init.connect
def _this_is_beat(**kwargs: Any) -> None:
    global _is_beat
    _is_beat = True


@before_task_publish.connect
def _beat_signs(**kwargs: Any) -> None:
    """The clock says that it lives whenever it rings, also when the broker does not take it."""
    if _is_beat:
        leave_sign(BEAT)
