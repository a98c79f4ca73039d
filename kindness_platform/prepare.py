"""Makes an installation ready to start: tables, cache and queue, static files and, in the demo, people to sign in as.

    python -m kindness_platform.prepare

It may run at every start and loses nothing. The supervisor runs it as a process of its own, so that
the supervisor itself stays small; where web and worker run elsewhere, run it once before them.
"""

import contextlib
import hashlib
import json
import os
import sys
from typing import Any

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from kindness_platform import supervisor

EACH = 3  # so many leaders and members are named to a visitor of the demo


def main() -> int:
    """Progress goes to the error stream; the answer, what the supervisor tells people, is one line of JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            # Where web and worker are started apart, nobody has made the key yet.
            supervisor.secret_key(supervisor.data_folder())
            from django.conf import settings

            from kindness_platform.translations import compile_into

            django.setup()
            _interrupted_restore()
            make_tables()
            _push_key()
            _forget_signs_of_life()
            compile_into(settings.LOCALE_PATHS[0])
            _static_files()
            answer = _demo_people()
    except (supervisor.CannotStart, ImproperlyConfigured, CommandError, DatabaseError, OSError) as problem:
        print(f"Goodturn cannot start: {' '.join(str(problem).split())}", file=sys.stderr)
        return 1
    print(json.dumps(answer))
    return 0


def _interrupted_restore() -> None:
    """A restore that was cut off while things changed places is ended before anybody sees half of it."""
    from kindness_platform.backups import restore

    if restore.finish():
        print("Goodturn: a restore that had been interrupted is complete now.")


def _forget_signs_of_life() -> None:
    """Whoever starts anew has not been seen yet: a night in which the machine was off is no silence."""
    from kindness_platform.celery import BEAT, WORKER
    from notifications.models import Sign

    Sign.objects.filter(name__in=(BEAT, WORKER, "tick")).delete()


def make_tables() -> None:
    """Folders, the tables of every database, and those of the cache and the queue where they are embedded."""
    from django.conf import settings

    for folder in (settings.DATA_DIR, settings.MEDIA_ROOT, settings.KEYS_DIR):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    if "queue" in connections:
        call_command("createcachetable", database="queue", verbosity=0)
        _queue_tables()


def _push_key() -> None:
    """Make the key that signs messages to people's devices, once; PUSH_KEY in the environment comes first."""
    from django.conf import settings

    from notifications import web_push

    if not os.environ.get("PUSH_KEY"):
        web_push.make_key(settings.KEYS_DIR / "push_key")


def _queue_tables() -> None:
    """Web, worker and beat start at the same moment; none of them should have to make the tables of the queue."""
    from kindness_platform.tasks import sweep_queue

    with connections["queue"].cursor() as cursor:
        made = "kombu_message" in connections["queue"].introspection.table_names(cursor)
    if made:
        sweep_queue()
        return
    from kindness_platform.celery import app

    with app.connection_for_write() as connection:
        app.amqp.queues["celery"](connection.default_channel).declare()


def _static_files() -> None:
    """Collect and compress them, if any of them changed since the last time: it takes seconds."""
    from django.conf import settings

    mark = settings.DATA_DIR / "static.collected"
    sources = _fingerprint_of_static_files()
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.is_file() and mark.is_file() and mark.read_text() == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(sources)


def _fingerprint_of_static_files() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path}\0{storage.get_modified_time(path).timestamp()}\0{storage.size(path)}\n".encode())
    return digest.hexdigest()


def _demo_people() -> dict[str, Any]:
    """In the demo: makes its data if nobody is there yet, and says whom a visitor can sign in as, and how."""
    from django.conf import settings

    if not settings.DEMO:
        return {"people": [], "password": "", "pupil": ""}
    from accounts.models import User
    from groups.models import JoinCode, Membership
    from kindness_platform import demo, demo_class

    demo.make()
    places = Membership.objects.active().filter(user__email__isnull=False).select_related("user", "group")
    chosen: dict[str, str] = {}
    for role, verb in ((Membership.Role.LEADER, "leads"), (Membership.Role.MEMBER, "is in")):
        groups: set[int] = set()
        for place in places.filter(role=role).order_by("pk")[:200]:
            email = place.user.email or ""
            if place.group_id not in groups and email not in chosen and len(groups) < EACH:
                groups.add(place.group_id)
                chosen[email] = f"{place.user.name} {verb} {place.group.name}"
    first = User.objects.filter(email__in=list(chosen)[:1]).first()
    known = first is not None and first.check_password(demo.PASSWORD)
    has_class = known and JoinCode.objects.live().filter(code=demo_class.CODE).exists()
    pupil = demo_class.way_in(settings.BASE_URL) if has_class else ""
    return {"people": list(chosen.items()), "password": demo.PASSWORD if known else "", "pupil": pupil}


if __name__ == "__main__":
    sys.exit(main())
