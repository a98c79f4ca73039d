"""The cast: Olive leads, Mia is a member, Stan is a stranger who leads a group of his own."""

import contextlib
import gc
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from challenges.models import Challenge
from groups.models import Group
from notifications import wall_clock
from tests.client import CheckedClient
from tests.factories import join, make_challenge, make_group, make_user

# Looking for cycles after every seven hundred objects costs a twentieth of the whole run, and finds little.
gc.set_threshold(100_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--few", type=int, default=0, help="of a test with many rows only so many, unless `every_row`")
    parser.addoption("--only-database", action="store_true", help="no test that asks no database")
    parser.addoption("--straight", action="store_true", help="make the tables by the models, not step by step")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> None:
    """The models and the migrations say the same: `scripts/check.sh` sees to that, and a start, a restore and the audit
    go all the way."""
    if request.config.getoption("--straight"):
        connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables that were made by the models have all migrations behind them."""
    if connection.settings_dict["TEST"]["MIGRATE"] is False:
        with django_db_blocker.unblock():
            for step in MigrationLoader(None).graph.nodes:
                MigrationRecorder(connection).record_applied(*step)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The short forms. Of a test that asks a database for each of its rows: the first row, the last, and some between.

    Rows without a database cost nothing, and stay, unless it is the database that is asked about.
    """
    few, left_out = config.getoption("--few"), set[pytest.Item]()
    rows: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if not asks_a_database(item):
            left_out |= {item} if config.getoption("--only-database") else set()
        elif few and "db" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("every_row"):
            rows[item.nodeid.partition("[")[0]].append(item)
    left_out |= {item for several in rows.values() for item in set(several) - set(spread(several, few))}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def asks_a_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db")) or not {"db", "transactional_db"}.isdisjoint(names)


def spread[T](several: Sequence[T], few: int) -> list[T]:
    """So many of them, at even distances, the first and the last among them; all, if there are no more."""
    if len(several) <= few:
        return list(several)
    return [several[n * (len(several) - 1) // max(few - 1, 1)] for n in range(few)]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """What one test has used up of its rate limits is not missing in the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def steady_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests travel in time, and no clock has jumped for that: the machine is said to have run for just as long."""
    monkeypatch.setattr(wall_clock, "uptime", time.time)


@contextlib.contextmanager
def kept_for_the_file(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that are dear to make, for a fixture of scope "module": each test undoes its own changes to them, and the
    end of the file undoes the rows. A test that needs an empty database has no place in such a file."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def olive(db: None) -> User:
    return make_user("Olive Okafor")


@pytest.fixture
def mia(db: None) -> User:
    return make_user("Mia Marsh")


@pytest.fixture
def stan(db: None) -> User:
    return make_user("Stan Stone")


@pytest.fixture
def group(olive: User, mia: User) -> Group:
    group = make_group(olive, name="Ferry Lane Surgery")
    join(group, mia)
    return group


@pytest.fixture
def foreign_group(stan: User) -> Group:
    return make_group(stan, name="Stan's Own Group")


@pytest.fixture
def challenge(group: Group) -> Challenge:
    return make_challenge(group)


@pytest.fixture
def as_olive(olive: User) -> Client:
    client = CheckedClient()
    client.force_login(olive)
    return client


@pytest.fixture
def as_mia(mia: User) -> Client:
    client = CheckedClient()
    client.force_login(mia)
    return client


@pytest.fixture
def as_stan(stan: User) -> Client:
    client = CheckedClient()
    client.force_login(stan)
    return client


@pytest.fixture
def client() -> Client:
    """In place of pytest-django's own, which looks at nothing."""
    return CheckedClient()


@pytest.fixture
def visitor(db: None) -> Client:
    """Somebody who is not signed in."""
    return CheckedClient()
