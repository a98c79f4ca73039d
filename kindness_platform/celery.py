"""The bell: Celery carries wake-ups only. The list of work is in the database (`notifications`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
app = Celery("kindness_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
