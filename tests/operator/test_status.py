"""The status page: for operators only, and red where somebody has to act."""

import json
import re
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from kindness_platform import status
from kindness_platform.celery import WORKER_SEEN
from notifications import outbox
from notifications.models import Delivery
from tests.client import CheckedClient
from tests.factories import make_user


@pytest.fixture
def operator(db: None, folders: Path) -> Client:
    client = CheckedClient()
    client.force_login(make_user("Ada Admin", email="ada@example.org", is_staff=True))
    return client


def backup_was_made(folders: Path, **ago: int) -> None:
    at = timezone.now() - timedelta(**ago)
    (folders / "last-backup.json").write_text(json.dumps({"made_at": at.isoformat(), "bytes": 1}))


def without_token(page: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", f"{page.status_code} {page.content.decode()}")


def test_for_members_and_leaders_there_is_no_such_page(as_mia: Client, as_olive: Client, visitor: Client) -> None:
    assert as_olive.get("/status/").status_code == 404
    assert without_token(as_mia.get("/status/")) == without_token(as_mia.get("/no-such-page/"))
    assert visitor.get("/status/").headers["Location"].startswith("/accounts/login/")


def test_an_operator_sees_how_everything_does(operator: Client, folders: Path, settings: Settings) -> None:
    settings.MAIL_URL = "smtp://goodturn:hunter2@mail.example.org:587?tls=starttls"
    options = {"host": "mail.example.org", "port": 587, "username": "goodturn", "use_ssl": False, "use_tls": True}
    settings.MAILERS = {"default": settings.MAILERS["default"] | {"OPTIONS": options}}
    cache.set(WORKER_SEEN, time.time(), None)
    backup_was_made(folders, minutes=30)
    page = operator.get("/status/").content.decode()
    told = {"All is well.", "30\N{NO-BREAK SPACE}minutes ago", "Django 6", "up to date"}
    assert {word for word in told if word in page} == told
    assert "mail.example.org:587 (STARTTLS) as goodturn" in page
    assert "hunter2" not in page
    assert "act now" not in page


@pytest.mark.parametrize(("hours", "state"), [(25, status.GOOD), (27, status.BAD)])
def test_a_backup_older_than_26_hours_is_red(folders: Path, hours: int, state: str) -> None:
    backup_was_made(folders, hours=hours)
    assert status.last_backup().state == state


def test_no_backup_at_all_is_red_where_it_is_for_real(folders: Path, settings: Settings) -> None:
    settings.DEMO = False
    assert status.last_backup().state == status.BAD
    (folders / "last-backup.json").write_text("{torn")
    assert status.last_backup().state == status.BAD


@pytest.mark.django_db
def test_monitors_are_warned_of_it_and_not_alarmed(client: Client, folders: Path) -> None:
    backup_was_made(folders, hours=25)
    assert client.get("/healthz").json()["warnings"] == {}
    backup_was_made(folders, hours=27)
    reply = client.get("/healthz")
    assert (reply.status_code, reply.json()["status"]) == (200, "ok")
    assert "backup" in reply.json()["warnings"]


def test_a_clock_that_stands_still_is_red() -> None:
    assert status.clock().state == status.LOOK
    cache.set(WORKER_SEEN, time.time() - 60, None)
    assert status.clock().state == status.GOOD
    cache.set(WORKER_SEEN, time.time() - 700, None)
    assert status.clock().state == status.BAD


def test_letters_that_wait_too_long_are_red(mia: User) -> None:
    assert status.deliveries().state == status.GOOD
    outbox.queue("nina@example.org", "account", "x")
    assert status.deliveries().state == status.GOOD
    Delivery.objects.update(state="waiting", not_before=timezone.now() - timedelta(minutes=20))
    line = status.deliveries()
    assert (line.state, line.value) == (status.BAD, "1, for 20\N{NO-BREAK SPACE}minutes")


def test_letters_that_failed_today_want_a_look(mia: User) -> None:
    outbox.queue("nina@example.org", "account", "x")
    Delivery.objects.update(state="failed")
    assert (status.deliveries().state, status.deliveries().hint) == (status.LOOK, "1 could not be sent today.")


@pytest.mark.parametrize(
    ("free", "state"), [(2 * 1024**3, status.GOOD), (500 * 1024**2, status.LOOK), (1000, status.BAD)]
)
def test_a_disk_that_fills_up_is_seen_in_time(free: int, state: str) -> None:
    with mock.patch.object(shutil, "disk_usage", return_value=mock.Mock(free=free, total=4 * 1024**3)):
        assert status.disk().state == state


@pytest.mark.django_db
def test_steps_that_wait_are_red() -> None:
    with mock.patch.object(MigrationExecutor, "migration_plan", return_value=["one", "two"]):
        assert (status.migrations().state, status.migrations().value) == (status.BAD, "2 steps wait")


def test_a_queue_that_is_away_is_named_without_its_password(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    line = status.queue()
    assert line.state == status.BAD
    assert "hunter2" not in line.value + line.hint


def test_looking_costs_the_same_however_much_waits(
    operator: Client, mia: User, django_assert_max_num_queries: Callable[[int], mock.MagicMock]
) -> None:
    for n in range(30):
        outbox.queue(f"p{n}@example.org", "account", "x")
    with django_assert_max_num_queries(10):  # one of them PostgreSQL asks for its tables
        operator.get("/status/")
