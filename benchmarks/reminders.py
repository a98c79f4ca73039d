"""What reminders cost inside the product: who is due, who is written down, and how fast letters leave.

Run as `python -m benchmarks.reminders measure MEMBERS DUE`, then `… due COUNT MOMENT` before workers are watched. The
mail server is the one that `MAIL_URL` names.
"""

import json
import os
import smtplib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.policy import SMTP
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import django

A_ROUND = 1000
LETTERS = 150
FAR = timedelta(days=400)


# --- The data -----------------------------------------------------------------------------------


def fill(members: int, due: int) -> None:
    """So many people whose reminder comes some time next year, and some more in challenges that ask them today."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import User
    from notifications import planner
    from notifications.models import Clock, Sign
    from tools.torture_inside import NoMigrations, people

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    if not settings.REDIS_URL:
        call_command("createcachetable", database="queue")
    people(due)
    pattern = User.objects.create(name="Somebody", email="somebody@bench.example", password="!")
    copied = [f.column or "" for f in User._meta.concrete_fields if f.name not in {"id", "public_id", "email"}]
    columns = ", ".join(connection.ops.quote_name(column) for column in copied)
    users, clocks = User._meta.db_table, Clock._meta.db_table
    far = (datetime.now(UTC) + FAR).replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
            f"INSERT INTO {users} (public_id, email, {columns}) "
            f"SELECT 'b' || i, 'b' || i || '@bench.example', {columns} FROM n, {users} WHERE id = %s",
            [members, pattern.pk],
        )
        for hour in range(24):
            at = connection.ops.adapt_datetimefield_value(far + timedelta(hours=hour))
            cursor.execute(
                f"INSERT INTO {clocks} (user_id, rhythm, next_at, last_on) "
                f"SELECT id, 'reminder', %s, %s FROM {users} WHERE id > %s AND id %% 24 = %s",
                [at, far.date() - timedelta(days=1), pattern.pk, hour],
            )
        cursor.execute("ANALYZE")
    # Else the first round would set a million clocks anew, as it does once after a start with other time zones.
    Sign.objects.leave(planner.ZONES, {"release": planner.zone_release()})


def be_due(count: int, moment: datetime) -> None:
    """Forget what was told so far; so many of those in challenges are due at a moment, and nobody else."""
    from notifications.models import Clock, Delivery, Notice

    Delivery.objects.all()._raw_delete("default")
    Notice.objects.all()._raw_delete("default")
    ours = Clock.objects.filter(rhythm="reminder", user__preferences__isnull=False)
    yesterday = _local(moment).date() - timedelta(days=1)
    ours.update(next_at=moment + FAR, last_on=yesterday)
    chosen = list(ours.order_by("pk").values_list("pk", flat=True)[:count])
    for start in range(0, count, 10_000):
        Clock.objects.filter(pk__in=chosen[start : start + 10_000]).update(next_at=moment)


def _local(moment: datetime) -> datetime:
    from accounts.models import User

    someone = User.objects.filter(preferences__isnull=False).earliest("pk")
    return moment.astimezone(someone.zone)


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- Who is due ---------------------------------------------------------------------------------


def scan() -> dict[str, Any]:
    """Finding nobody among a million: the one query, a whole round of planning, and a sender that looks."""
    from notifications import planner, sender
    from notifications.models import Clock

    def find() -> None:
        list(Clock.objects.due(datetime.now(UTC)).values_list("pk")[: planner.PER_ROUND])

    def look() -> None:
        sender.Queue().take(sender.BATCH)

    return {
        "plan": Clock.objects.due(datetime.now(UTC)).explain(),
        **{
            f"{name}_ms": median(seconds(work) for _ in range(30)) * 1000
            for name, work in (("find", find), ("round", planner.plan), ("look", look))
        },
    }


def written(due: int) -> dict[str, Any]:
    """Seconds to write down everybody who is due, and of the same rows written by hand, by turns."""
    from notifications import planner
    from notifications.models import Delivery

    spans: dict[str, list[float]] = {"product": [], "floor": []}
    for _turn in range(3):
        for name, work in (("floor", by_hand), ("product", planner.plan)):
            be_due(due, datetime.now(UTC) - timedelta(seconds=1))
            spans[name].append(seconds(work))
            if (count := Delivery.objects.count()) != due:
                raise RuntimeError(f"{name} wrote {count} deliveries instead of {due}")
    return {name: median(found) for name, found in spans.items()}


def by_hand() -> None:
    """The raw claim: the rows that a round writes, in statements of a thousand rows, with nothing to decide."""
    from django.db import connection, transaction

    from accounts.ids import new_public_id
    from notifications.models import Clock, Delivery, Notice

    now = datetime.now(UTC)
    write = connection.ops.adapt_datetimefield_value
    notices, deliveries, clocks = (model._meta.db_table for model in (Notice, Delivery, Clock))
    at, later, until = write(now), write(now + FAR), write(now + timedelta(hours=3))
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT id, user_id FROM {clocks} WHERE next_at <= %s ORDER BY next_at, id LIMIT {A_ROUND}", [at]
            )
            rows = cursor.fetchall()
            if not rows:
                return
            marks = ", ".join(["(%s, %s, '', 'reminder', 'today', '{}', false, %s, %s, NULL, %s)"] * len(rows))
            values = [x for _pk, user in rows for x in (new_public_id(), user, at, until, at)]
            with transaction.atomic():
                cursor.execute(
                    f"INSERT INTO {notices} (public_id, recipient_id, address, kind, key, context, in_app, due_at, "
                    f"expires_at, read_at, created_at) VALUES {marks} RETURNING id",
                    values,
                )
                made = cursor.fetchall()
                one = "(%s, 'mail', 'nudge', 1, 'waiting', '', %s, NULL, '', 0, 0, '', '', NULL)"
                cursor.execute(
                    f"INSERT INTO {deliveries} (notice_id, channel, manner, lane, state, reason, not_before, "
                    f"lease_until, claim_token, attempts, deaths, message_id, date_header, sent_at) "
                    f"VALUES {', '.join([one] * len(made))}",
                    [x for (pk,) in made for x in (pk, at)],
                )
                cursor.execute(
                    f"UPDATE {clocks} SET next_at = %s WHERE id IN ({', '.join(['%s'] * len(rows))})",
                    [later, *(pk for pk, _user in rows)],
                )


def waking(due: int) -> float:
    """Seconds to wake the senders of so many reminders: the broker carries bells, not letters."""
    from notifications import planner, tasks

    be_due(due, datetime.now(UTC) - timedelta(seconds=1))
    planner.plan()
    return median(seconds(tasks.wake) for _ in range(5))


# --- How fast they leave ------------------------------------------------------------------------


def sending() -> dict[str, float]:
    """Letters a second of one sender and of a bare loop over one connection to the same mail server, by turns."""
    from notifications import planner, sender
    from notifications.models import Delivery

    be_due(LETTERS * 5, datetime.now(UTC) - timedelta(seconds=1))
    planner.plan()
    spans: dict[str, list[float]] = {"floor": [], "product": []}
    used = 0.0
    for turn in range(5):
        before, cpu = Delivery.objects.filter(state="sent").count(), time.process_time()
        span = seconds(lambda: _send(LETTERS))
        sent = Delivery.objects.filter(state="sent").count() - before
        used = (time.process_time() - cpu) / sent
        floor = seconds(lambda: _bare_loop(LETTERS))
        if turn:  # the first only warms up
            spans["product"].append(sent / span)
            spans["floor"].append(LETTERS / floor)
    sender.settle_lost_nudges()
    return {**{name: median(found) for name, found in spans.items()}, "cpu_ms": used * 1000}


def _send(count: int) -> None:
    """Batches of one sender, as `sender.run` sends them."""
    from notifications import mail, sender

    queue = sender.Queue()
    with mail.line():
        for _batch in range(-(-count // sender.BATCH)):
            sender.send_batch(queue.take(sender.BATCH))


def _bare_loop(count: int) -> None:
    """A letter of the same size, made anew and handed over each time; nothing asked and nothing noted."""
    from django.core.mail import EmailMultiAlternatives

    server = urlsplit(os.environ["MAIL_URL"])
    text, html = "A kind word.\n" * 60, "<p>A kind word.</p>\n" * 450
    with smtplib.SMTP(server.hostname or "", server.port or 25) as line:
        for n in range(count):
            letter = EmailMultiAlternatives("The prompt for today", text, to=[f"floor{n}@example.org"])
            letter.attach_alternative(html, "text/html")
            line.sendmail("bench@example.org", f"floor{n}@example.org", letter.message(policy=SMTP).as_bytes())


def measure(members: int, due: int) -> dict[str, Any]:
    begun = time.perf_counter()
    fill(members, due)
    print(f"  filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    from challenges import catalog

    catalog.programs()
    few = min(due, 10_000)
    return {"scan": scan(), "written": written(due), "waking": waking(few), "sending": sending()}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    django.setup()
    what, *numbers = sys.argv[1:]
    if what == "measure":
        print(json.dumps(measure(*map(int, numbers))))
    else:
        count, moment = map(int, numbers)
        be_due(count, datetime.fromtimestamp(moment, UTC))


if __name__ == "__main__":
    main()
