"""What people read when something does not work: in our look, in their language, with a way on, and never a riddle."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
import redis.exceptions
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts import limits
from accounts.models import User
from kindness_platform import errors

Page = Callable[[Client], Any]


@contextmanager
def database_away(error: Exception | None = None) -> Iterator[None]:
    with patch.object(connection, "_cursor", side_effect=error or OperationalError("connection refused")):
        yield


def away(client: Client) -> Any:
    client.raise_request_exception = False
    with database_away():
        return client.get("/you/")


def broken(client: Client) -> Any:
    client.raise_request_exception = False
    with database_away(DatabaseError("whatever")):
        return client.get("/you/")


def without_token(client: Client) -> Any:
    client.handler.enforce_csrf_checks = True
    return client.post("/accounts/logout/")


def too_often(client: Client) -> Any:
    with patch.dict(limits.LIMITS, {"join": "1/h/ip"}):
        return [client.get("/join/ABCD2345/") for _n in range(3)][-1]


def too_large(client: Client) -> Any:
    return client.post("/acts/", {"text": "kind " * 300_000})


PAGES: list[tuple[int, str, str, Page]] = [
    (400, "did not arrive whole", "no llegó entero", lambda client: client.get("/acts/mine/?before=nonsense")),
    (403, "waited too long", "esperó demasiado", without_token),
    (404, "wrong turn", "un desvío", lambda client: client.get("/nowhere/")),
    (413, "too large", "demasiado grande", too_large),
    (429, "A little slower", "Un poco más despacio", too_often),
    (500, "on our side", "por nuestra parte", broken),
    (503, "Back in a moment", "Volvemos enseguida", away),
]
each = pytest.mark.parametrize(("status", "english", "spanish", "page"), PAGES, ids=[str(row[0]) for row in PAGES])


@each
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_is_kind_in_both_languages(
    language: str, status: int, english: str, spanish: str, page: Page, as_mia: Client
) -> None:
    User.objects.update(language=language)
    as_mia.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    reply = page(as_mia)
    words = reply.content.decode()
    assert reply.status_code == status
    assert f'<html lang="{language}" dir="ltr">' in words
    assert (spanish if language == "es" else english).lower() in words.lower()
    assert "</h1>" in words
    assert re.search(r'<a class="btn', words) or status == 429
    assert "Traceback" not in words
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_a_visitor_reads_of_it_too_and_pages_without_rows_go_on(visitor: Client) -> None:
    visitor.raise_request_exception = False
    with database_away():
        assert visitor.get("/join/ABCD2345/").status_code == 503
        assert [visitor.get(path).status_code for path in ("/about/", "/programs/", "/terms/")] == [200, 200, 200]


def ask(error: Exception) -> HttpResponse:
    """What the handler answers while this error is handled."""
    try:
        raise error
    except Exception:
        return errors.server_error(RequestFactory().get("/"))


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("connection refused"),
        OperationalError("unable to open database file"),
        InterfaceError("connection already closed"),
        redis.exceptions.ConnectionError("Error 111"),
        redis.exceptions.TimeoutError("Timeout reading from socket"),
    ],
    ids=str,
)
def test_whatever_is_away_says_when_to_come_back(error: Exception, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        reply = ask(error)
    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "30"


def test_an_error_that_came_of_it_is_the_same_to_people() -> None:
    wrapped = RuntimeError("while drawing a page")
    wrapped.__cause__ = OperationalError("connection refused")
    assert ask(wrapped).status_code == 503


@pytest.mark.parametrize("error", [OperationalError("no such table: feed_act"), ValueError("ours")], ids=str)
def test_a_mistake_of_ours_is_not_called_a_moment(error: Exception) -> None:
    assert ask(error).status_code == 500


def test_it_goes_on_when_the_database_is_back(as_mia: Client) -> None:
    assert away(as_mia).status_code == 503
    assert as_mia.get("/you/").status_code == 200
