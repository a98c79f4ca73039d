"""The web server: loaded once, forked for each worker."""

import subprocess
import sys
from pathlib import Path

LOADED = "import sys; {first}; print('accounts.views.sign_in' in sys.modules, 'celery' in sys.modules)"
OPEN = "from django.db import connections; print([c.connection for c in connections.all(initialized_only=True)])"
THREADS = "import threading; print(threading.active_count())"


def answer(statement: str, folder: Path) -> str:
    env = {"GOODTURN_MODE": "demo", "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "kindness_platform.settings"}
    done = subprocess.run([sys.executable, "-c", statement], env=env, check=True, capture_output=True, timeout=60)
    return done.stdout.decode()


def test_all_pages_are_loaded_before_the_fork_and_nothing_is_open(tmp_path: Path) -> None:
    first = "from kindness_platform import web; web.load()"
    told = answer(f"{LOADED.format(first=first)}; {OPEN}; {THREADS}", tmp_path).splitlines()
    assert told[0] == "True True"
    assert set(told[1].strip("[]").split(", ")) == {"None"}
    assert told[2] == "1"


def test_a_worker_loads_its_tasks_and_no_pages(tmp_path: Path) -> None:
    first = "from kindness_platform.celery import app; app.loader.import_default_modules()"
    assert answer(LOADED.format(first=first), tmp_path) == "False True\n"
