"""Starts the web server, with the application loaded once and shared by all of its workers.

    python -m kindness_platform.web --interface wsgi --workers 2 … kindness_platform.wsgi:application

All arguments are granian's. It loads the application anew in each worker; here it is loaded before they
are forked, so that what is only read is in memory once. That is a third of what two workers hold.
"""

import gc
import multiprocessing
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError
from django.db import connections
from granian.cli import entrypoint


def load() -> None:
    """Read all that answers requests, and leave no connection open, which two workers would share.

    The system checks ask every address for its view, so the workers have nothing left to load.
    """
    import kindness_platform.wsgi  # noqa: F401 (sets up Django, and makes the middleware)

    BaseCommand().check()
    connections.close_all()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    try:
        load()
    except (ImproperlyConfigured, CommandError) as problem:
        raise SystemExit(f"Goodturn cannot start: {problem}") from problem
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
        # What was loaded stays: the collector need not look through it, nor write its marks into shared pages.
        gc.collect()
        gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
