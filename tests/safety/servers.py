"""Web servers of one process each, loaded once and forked, as the product starts its workers.

python -m tests.safety.servers CERTIFICATE KEY PORT…
"""

import os
import signal
import sys

from kindness_platform import web


def main(certificate: str, key: str, *ports: str) -> None:
    web.load()
    _cache_table()
    for port in ports:
        if not os.fork():
            sys.argv = [
                *["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port],
                *["--workers", "1", "--blocking-threads", "1"],
                *["--ssl-certificate", certificate, "--ssl-keyfile", key],
                "kindness_platform.wsgi:application",
            ]
            web.main()
    signal.pause()


def _cache_table() -> None:
    from django.core.management import call_command
    from django.db import connections

    if "queue" in connections:
        call_command("createcachetable", database="queue", verbosity=0)
    connections.close_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
