"""What a monitor is told."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from pytest_django import Settings
from time_machine import travel

from kindness_platform.pages import health
from notifications.models import Sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget() -> None:
    cache.clear()
    health._migrated.clear()


def failing(name: str, problem: Exception) -> AbstractContextManager[object]:
    def fail() -> None:
        raise problem

    return mock.patch.dict(health.PARTS, {name: fail})


def test_a_well_installation_says_so_to_anybody(client: Client) -> None:
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.json()["status"] == "ok"
    assert sorted(reply.json()["parts"]) == [
        "beat",
        "broker",
        "cache",
        "clock",
        "database",
        "disk",
        "migrations",
        "tick",
        "worker",
    ]
    assert set(reply.json()["parts"].values()) == {"ok"}


def test_a_monitor_may_ask_for_the_head_alone(client: Client) -> None:
    reply = client.head("/healthz")
    assert reply.status_code == 200
    assert reply.content == b""


def test_nothing_may_be_posted_there(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_it_is_not_sent_on_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/about/").status_code == 301


@pytest.mark.parametrize("part", sorted(health.PARTS))
def test_a_failing_part_is_named_and_its_secrets_are_not(client: Client, part: str) -> None:
    with failing(part, DatabaseError("password=hunter2 host=10.0.0.7")):
        reply = client.get("/healthz")
    assert reply.status_code == 503
    assert reply.json()["failing"] == [part]
    assert reply.json()["parts"][part] == "unreachable"
    assert "hunter2" not in reply.content.decode()


def test_migrations_that_have_not_run_are_noticed(client: Client) -> None:
    with mock.patch.object(MigrationExecutor, "migration_plan", return_value=["one"]):
        reply = client.get("/healthz")
    assert reply.status_code == 503
    assert reply.json()["parts"]["migrations"] == "not all applied"


@pytest.mark.parametrize("part", ["beat", "worker", "tick"])
def test_a_part_that_stands_still_is_named_within_two_minutes(client: Client, part: str) -> None:
    """SAFETY A20."""
    with travel("2026-03-12 12:00:00Z", tick=False):
        for name in ("beat", "worker", "tick"):
            Sign.objects.leave(name)
    with travel("2026-03-12 12:01:45Z", tick=False):
        assert client.get("/healthz").json().get("failing", []) == []
        for name in {"beat", "worker", "tick"} - {part}:
            Sign.objects.leave(name)
    with travel("2026-03-12 12:02:00Z", tick=False):
        reply = client.get("/healthz")
        assert (reply.status_code, reply.json()["failing"]) == (503, [part])


def test_six_hours_at_work_are_never_called_unwell() -> None:
    with travel("2026-03-12 00:00:00Z", tick=False) as clock:
        for minute in range(6 * 60):
            for name in ("beat", "worker", "tick"):
                Sign.objects.leave(name)
            clock.shift(60 + minute % 40)  # a busy minute is a long one
            for name in ("beat", "worker", "tick"):
                health.PARTS[name]()


def test_a_full_disk_is_noticed(client: Client) -> None:
    with mock.patch.object(shutil, "disk_usage", return_value=mock.Mock(free=1000)):
        assert client.get("/healthz").json()["parts"]["disk"] == "full"


def test_asking_is_cheap(client: Client, django_assert_num_queries: Callable[[int], mock.MagicMock]) -> None:
    client.get("/healthz")
    with django_assert_num_queries(5):
        client.get("/healthz")
