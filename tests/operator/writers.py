"""Processes that write acts and note in a ledger what the database has told them is safe.

    python -m tests.operator.writers LEDGER    reads "WRITERS ACTS_EACH NAMING" and answers with their pids

Django is loaded once; each writer is a fork with a connection of its own, as the processes of the product are.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

import django


def main(ledger: Path) -> None:
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for asked in sys.stdin:
        writers, acts, naming = map(int, asked.split())
        print(*(_fork(ledger, acts, bool(naming)) for _ in range(writers)), flush=True)


def _fork(ledger: Path, acts: int, naming: bool) -> int:
    pid = os.fork()
    if not pid:
        handle = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _write(handle, acts, naming)
        except BaseException as problem:
            os.write(handle, f"error {type(problem).__name__}: {problem}\n".encode())
        os._exit(0)
    return pid


def _write(handle: int, acts: int, naming: bool) -> None:
    """Post acts: a row and a counter in one transaction, and with somebody named also a credit, a notice, a letter."""
    from accounts.models import User
    from challenges.models import Challenge
    from feed.models import Act

    challenge = Challenge.objects.select_related("group").get()
    mia = User.objects.get(name="Mia Marsh")
    olive = User.objects.get(name="Olive Okafor")
    for number in count() if acts == 0 else range(acts):
        key = f"writer-{os.getpid()}-{number}"
        Act.objects.post(
            mia,
            challenge.group,
            kind="saw",
            text=key,
            done_on=mia.today(),
            form_key=key,
            challenge=challenge,
            credited=[olive] if naming else [],
        )
        os.write(handle, f"{key}\n".encode())
    os.write(handle, b"done\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
