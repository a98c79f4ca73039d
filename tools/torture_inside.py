"""The inside of an installation that `tools.torture` torments: one process that has everything loaded.

It is told what to do line by line and answers each with a line of JSON. Workers and beats are forked from it, so that
one that was killed is followed by another at once; in every other way they are what `Procfile` starts.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django

WORKER = "--quiet worker --pool threads --concurrency 4 --loglevel ERROR"
WORKER += " --without-gossip --without-mingle --without-heartbeat"
BEAT = "--quiet beat --pidfile= --loglevel ERROR --schedule"
GROUPS = 4
FATE = ("state", "reason", "attempts", "deaths")


class NoMigrations:
    """Tables as the models are now; how they came to be is tried elsewhere, and takes long."""

    def __contains__(self, _app: str) -> bool:
        return True

    def __getitem__(self, _app: str) -> None:
        return None


def make(reminders: int, letters: int) -> dict[str, Any]:
    """So many people whose reminder is due now, and as many letters as are wanted besides."""
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    if not settings.REDIS_URL:
        call_command("createcachetable", database="queue")
    people(reminders)
    write(letters)
    return {}


def people(count: int) -> None:
    from django.utils import timezone

    from accounts.models import User
    from challenges.models import Challenge, Participation
    from groups.models import Group, Membership
    from notifications.models import Clock, Preferences

    now = timezone.now()
    # Wherever it is noon: no quiet hours, and no midnight in the middle.
    hours = 12 - now.hour
    zone = f"Etc/GMT{-hours:+d}" if hours else "UTC"
    local = now.astimezone(ZoneInfo(zone))
    at = (local - timedelta(minutes=1)).time().replace(second=0, microsecond=0)
    everybody = User.objects.bulk_create(
        [User(email=f"m{n}@example.org", name=f"Member {n}", time_zone=zone, password="!") for n in range(count)]
    )
    begun = local.date() - timedelta(days=2)
    for lane in range(GROUPS):
        those = everybody[lane::GROUPS]
        group = Group.objects.found(name=f"Group {lane}", mode="community", founder=those[0])
        Membership.objects.bulk_create([Membership(group=group, user=one) for one in those[1:]])
        challenge = Challenge.objects.start(group=group, program_key="t02", starts_on=begun, by=those[0])
        parts = [Participation(challenge=challenge, user=one, joined_on=begun) for one in those[1:]]
        Participation.objects.bulk_create(parts, ignore_conflicts=True)
    Preferences.objects.bulk_create([Preferences(user=one, remind_at=at) for one in everybody])
    Clock.objects.all().delete()
    yesterday = local.date() - timedelta(days=1)
    Clock.objects.bulk_create([Clock(user=one, rhythm="reminder", next_at=now, last_on=yesterday) for one in everybody])


def write(letters: int) -> None:
    """Letters of a kind that everybody has: "somebody asked about an account, and there is none"."""
    from django.utils import timezone

    from accounts.models import AccountMail
    from notifications.account_mail import queue

    until = timezone.now() + timedelta(hours=1)
    for n in range(letters):
        known = {"template": "unknown_account", "language": "en", "expires_at": until}
        queue(AccountMail.objects.create(address=f"l{n}@example.org", **known))


def left() -> dict[str, Any]:
    """What the database knows of everything that was due."""
    from django.db.models import F, Q, Sum
    from django.utils import timezone

    from notifications.models import Clock, Delivery, Notice

    rows = Delivery.objects.values_list("manner", "state", "reason")
    unknown = Delivery.objects.filter(state=Delivery.State.UNKNOWN)
    others = Delivery.objects.filter(state__in=["skipped", "failed"])
    return {
        "open": Delivery.objects.filter(state__in=["waiting", "claimed", "in_flight"]).count(),
        "clocks": Clock.objects.filter(next_at__lte=timezone.now()).count(),
        "rows": {" ".join(row).strip(): n for row, n in sorted(Counter(rows).items())},
        "caught": Delivery.objects.aggregate(n=Sum(F("attempts") - 1, filter=Q(attempts__gt=1)))["n"] or 0,
        "fates": [" ".join(map(str, row)) for row in others.values_list("notice__recipient__email", *FATE)],
        "unknown": list(unknown.values_list("notice__recipient__email", flat=True)),
        "days": Notice.objects.filter(kind="reminder").values("recipient", "key").distinct().count(),
    }


def fork(words: str) -> dict[str, Any]:
    """A worker or a beat, in a process group of its own. Nobody waits for it here: it is killed from outside."""
    pid = os.fork()
    if pid:
        return {"pid": pid}
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(os.path.join(os.environ["DATA_DIR"], "log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    from kindness_platform.celery import app

    try:
        app.start(words.split())
    finally:
        os._exit(1)


def worker() -> dict[str, Any]:
    return fork(WORKER)


def beat() -> dict[str, Any]:
    return fork(f"{BEAT} {os.environ['DATA_DIR']}/beat")


DOES: dict[str, Callable[..., dict[str, Any]]] = {"make": make, "left": left, "worker": worker, "beat": beat}


def main() -> None:
    django.setup()
    from django.db import connections

    from challenges import catalog
    from kindness_platform.celery import app

    catalog.programs()
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        name, *numbers = line.split()
        connections.close_all()  # a child must find none of ours open
        answer = DOES[name](*map(int, numbers))
        connections.close_all()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    main()
