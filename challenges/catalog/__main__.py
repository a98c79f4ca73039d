"""`python -m challenges.catalog` says OK, or what is wrong and where."""

import sys

from .loader import check_catalog

errors = check_catalog()
sys.stdout.write("\n".join(errors or ["OK"]) + "\n")
sys.exit(1 if errors else 0)
