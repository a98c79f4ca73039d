"""The settings of the product with what only tests need; the environment is set before they are read."""

import os
import tempfile

os.environ.setdefault("GOODTURN_MODE", "demo")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="goodturn-tests-"))
os.environ.setdefault("LOG_LEVEL", "ERROR")

from kindness_platform.settings import *  # noqa: E402, F403
from kindness_platform.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATABASES.pop("queue", None)
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
