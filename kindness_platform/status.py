"""How this installation does, for its operators: a line for each thing that can go wrong unseen."""

import platform
import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kindness_platform import mail_setup
from kindness_platform.backups import backup
from kindness_platform.celery import WORKER_SEEN
from kindness_platform.version import version
from notifications.health import tally
from notifications.models import Delivery

GOOD, LOOK, BAD = "good", "look", "bad"
BACKUP_AGE = timedelta(hours=26)
TICK_AGE = timedelta(minutes=10)
WAITING_AGE = timedelta(minutes=15)
LITTLE_ROOM = 1024**3
NO_ROOM = 64 * 1024**2


@dataclass(frozen=True)
class Line:
    """One thing, how it is, and whether somebody should look at it."""

    name: str
    value: str
    state: str = GOOD
    hint: str = ""

    @property
    def word(self) -> str:
        return {GOOD: _("well"), LOOK: _("look at this"), BAD: _("act now")}[self.state]


def lines() -> list[Line]:
    return [
        last_backup(),
        clock(),
        deliveries(),
        reminders(),
        mail(),
        disk(),
        migrations(),
        main_database(),
        queue(),
        versions(),
    ]


def last_backup() -> Line:
    name, hint = _("Last backup"), _("An hourly timer makes them; see the deployment guide.")
    made_at = backup.last_made_at()
    if made_at is None:
        return Line(name, _("none yet"), LOOK if settings.DEMO else BAD, hint)
    if timezone.now() - made_at > BACKUP_AGE:
        return Line(name, _ago(made_at), BAD, hint)
    return Line(name, _ago(made_at))


def clock() -> Line:
    """The tick each minute is the sign of life of both, the clock and the worker."""
    name = _("Clock and worker")
    seen = cache.get(WORKER_SEEN)
    if seen is None:
        return Line(name, _("not seen yet"), LOOK, _("Where they run, they are seen within a minute."))
    age = timedelta(seconds=time.time() - float(seen))
    value = _ago(timezone.now() - age)
    if age > TICK_AGE:
        return Line(name, value, BAD, _("Nothing is sent while they stand still. Start the worker and the beat."))
    return Line(name, value)


def deliveries() -> Line:
    name = _("Letters that wait")
    due = Delivery.objects.due()
    oldest = due.first()
    failed = Delivery.objects.filter(
        state=Delivery.State.FAILED, not_before__gt=timezone.now() - timedelta(days=1)
    ).count()
    hint = ngettext("%d could not be sent today.", "%d could not be sent today.", failed) % failed if failed else ""
    if oldest is None:
        return Line(name, _("none"), LOOK if failed else GOOD, hint)
    waiting = due.count()
    value = ngettext("%(n)d, for %(time)s", "%(n)d, the oldest for %(time)s", waiting) % {
        "n": waiting,
        "time": timesince(oldest.not_before, depth=1),
    }
    late = timezone.now() - oldest.not_before > WAITING_AGE
    return Line(name, value, BAD if late else LOOK if failed else GOOD, hint)


def reminders() -> Line:
    """What became of the reminders of the last day; the parts add up to what was due."""
    now = timezone.now()
    told = tally(now - timedelta(days=1), now)
    return Line(_("Reminders of the last day"), told.words(), LOOK if told.failed else GOOD)


def mail() -> Line:
    name = _("Mail")
    if not settings.MAIL_URL:
        hint = _("Letters are kept in the database; codes are read out by hand.")
        return Line(name, _("no server is set"), LOOK, hint)
    return Line(name, mail_setup.describe(), hint=_("From %s") % settings.DEFAULT_FROM_EMAIL)


def disk() -> Line:
    room = shutil.disk_usage(settings.DATA_DIR)
    value = _("%(free)s free of %(all)s") % {"free": filesizeformat(room.free), "all": filesizeformat(room.total)}
    state = BAD if room.free < NO_ROOM else LOOK if room.free < LITTLE_ROOM else GOOD
    return Line(_("Disk"), value, state)


def migrations() -> Line:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        value = ngettext("%d step waits", "%d steps wait", waiting) % waiting
        return Line(_("Tables"), value, BAD, _("Restart, and they are applied."))
    return Line(_("Tables"), _("up to date"))


def main_database() -> Line:
    if connection.vendor == "sqlite":
        return Line(_("Database"), f"SQLite, {filesizeformat(_size(Path(connection.settings_dict['NAME'])))}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    return Line(_("Database"), f"PostgreSQL, {filesizeformat(size)}")


def queue() -> Line:
    """Wake-ups on their way. Losing them is harmless, but many of them mean that no worker listens."""
    name = _("Queue")
    try:
        if settings.REDIS_URL:
            import redis

            with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
                return _waiting(name, "Redis", int(str(client.llen("celery"))))
        if "queue" not in connections:
            return Line(name, _("none"))
        size = filesizeformat(_size(Path(connections["queue"].settings_dict["NAME"])))
        with connections["queue"].cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM kombu_message WHERE visible = 1")
            return _waiting(name, f"SQLite, {size}", cursor.fetchone()[0])
    except Exception as problem:  # whatever the client of Redis raises; its words may hold the password
        return Line(name, _("cannot be reached"), BAD, type(problem).__name__)


def _waiting(name: str, where: str, count: int) -> Line:
    words = ngettext("%d wake-up waits", "%d wake-ups wait", count) % count
    return Line(name, f"{where}, {words}", LOOK if count > 1000 else GOOD)


def versions() -> Line:
    engine = ".".join(str(number) for number in _engine_version())
    value = f"Goodturn {version()} · Django {django.get_version()} · Python {platform.python_version()}"
    return Line(_("Versions"), f"{value} · {connection.display_name} {engine}")


def _engine_version() -> tuple[int, ...]:
    return tuple(connection.get_database_version())


def _size(path: Path) -> int:
    """A database of SQLite with the log beside it."""
    both = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in both if file.exists())


def _ago(at: datetime) -> str:
    if timezone.now() - at < timedelta(minutes=1):
        return _("just now")
    return _("%s ago") % timesince(at, depth=1)
