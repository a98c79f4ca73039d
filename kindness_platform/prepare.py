"""Makes an installation ready to start: tables, cache and queue, static files and, in the demo, people to sign in as.

    python -m kindness_platform.prepare

It may run at every start and loses nothing. The supervisor runs it as a process of its own, so that
the supervisor itself stays small; where web and worker run elsewhere, run it once before them.
"""

import contextlib
import json
import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError, connections


def main() -> int:
    """Progress goes to the error stream; the answer, what the supervisor tells people, is one line of JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            django.setup()
            _tables()
            _static_files()
            people = _demo_people()
    except (ImproperlyConfigured, CommandError, DatabaseError, OSError) as problem:
        print(f"Goodturn cannot start: {' '.join(str(problem).split())}", file=sys.stderr)
        return 1
    print(json.dumps({"people": people}))
    return 0


def _tables() -> None:
    from django.conf import settings

    for folder in (settings.DATA_DIR, settings.MEDIA_ROOT, settings.KEYS_DIR):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    if "queue" in connections:
        call_command("createcachetable", database="queue", verbosity=0)
        _queue_tables()


def _queue_tables() -> None:
    """Web, worker and beat start at the same moment; none of them should have to make the tables of the queue."""
    from kindness_platform.celery import app
    from kindness_platform.tasks import sweep_queue

    with app.connection_for_write() as connection:
        app.amqp.queues["celery"](connection.default_channel).declare()
    sweep_queue()


def _static_files() -> None:
    """The layers of the style sheet go out joined (`onesheet`), so on their own they stay behind."""
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["layers"])


def _demo_people() -> list[dict[str, str]]:
    """In the demo: makes its data if nobody is there yet, and says whom a visitor can sign in as."""
    from django.conf import settings

    from accounts.models import User
    from groups.models import Membership

    if not settings.DEMO:
        return []
    if "demo" in get_commands() and not User.objects.exists():
        call_command("demo")
    places = Membership.objects.active().filter(user__email__isnull=False).select_related("user", "group")
    people: list[dict[str, str]] = []
    for role, how_many in ((Membership.Role.LEADER, 2), (Membership.Role.MEMBER, 2)):
        seen: set[int] = set()
        for place in places.filter(role=role).order_by("pk")[:200]:
            if place.group_id in seen or any(person["email"] == place.user.email for person in people):
                continue
            seen.add(place.group_id)
            verb = "leads" if place.is_leader else "is in"
            people.append(
                {"name": place.user.name, "email": place.user.email or "", "what": f"{verb} {place.group.name}"}
            )
            if len(seen) == how_many:
                break
    return people


if __name__ == "__main__":
    sys.exit(main())
