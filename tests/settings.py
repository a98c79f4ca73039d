"""The settings of the product with what only tests need; the environment is set before they are read."""

import os
import tempfile
from urllib.parse import urlsplit

os.environ.setdefault("GOODTURN_MODE", "demo")
# Of two workers each has a folder of its own: both inherit the run's, and would clear away each other's photos.
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="goodturn-tests-"))
os.environ["DATA_DIR"] = (
    os.environ["DATA_DIR"].removesuffix(worker := f"/{os.environ.get('PYTEST_XDIST_WORKER', '')}") + worker
)
if (redis := os.environ.get("REDIS_URL")) and (number := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")):
    # Nor the other's limits: each empties its cache before each test.
    os.environ["REDIS_URL"] = urlsplit(redis)._replace(path=f"/{int(number) + 1}").geturl()
os.environ.setdefault("LOG_LEVEL", "ERROR")

from kindness_platform.settings import *  # noqa: F403
from kindness_platform.settings import CACHE_ROWS, DATA_DIR, DATABASES, LOCALE_PATHS, REDIS_URL, STATIC_ROOT, STORAGES
from kindness_platform.translations import compile_into

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if not REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": CACHE_ROWS}}
DATABASES.pop("queue", None)
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
compile_into(LOCALE_PATHS[0])
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in the product: an in-memory database that threads share locks tables instead of waiting.
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=20000;"
    }
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
