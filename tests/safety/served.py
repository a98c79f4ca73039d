"""The settings of a real installation, over TLS and in production, with what a test cannot make in a moment.

Static files are not collected, and one page is broken on purpose.
"""

from kindness_platform.settings import *  # noqa: F403
from kindness_platform.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ROOT_URLCONF = "tests.safety.served_urls"
