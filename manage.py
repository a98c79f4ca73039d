#!/usr/bin/env python
"""Django's command line for Goodturn."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    if sys.argv[1:2] == ["restore"]:
        from kindness_platform.supervisor import secret_key_to_restore_with

        secret_key_to_restore_with()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
