"""Write `tests/access_table.txt` anew, to be read line by line before it is committed."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tests.access import make_world, write_table  # noqa: E402

setup_test_environment()
connection.creation.create_test_db(verbosity=0, autoclobber=True)
write_table(make_world())
