"""Our own error pages; none of them says more than the visitor may know."""

import sys
from collections.abc import Iterator

import redis.exceptions
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from groups.models.ending import Quiet

AWAY = (OperationalError, InterfaceError, redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
"""What is raised when the database, or Redis, does not answer."""
BACK_IN = 30


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": str(exception) if isinstance(exception, Quiet) else ""}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for when something of ours is broken, or away for a moment.

    It leans on nothing that may be what is missing: no session, no database. Even the list of static files may be;
    then the page comes without its style.
    """
    is_away = any(_is_away(error) for error in _causes(sys.exception()))
    template = "503.html" if is_away else "500.html"
    context = {"SITE_NAME": settings.SITE_NAME, "styled": True}
    try:
        page = render_to_string(template, context)
    except ValueError:
        page = render_to_string(template, {**context, "styled": False})
    if not is_away:
        return HttpResponse(page, status=500)
    return HttpResponse(page, status=503, headers={"Retry-After": str(BACK_IN)})


def _is_away(error: BaseException) -> bool:
    """SQLite calls by the same name what is no matter of waiting: a table or column that is not there."""
    return isinstance(error, AWAY) and not str(error).startswith("no such ")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error with all that led to it: a template or a cache may have wrapped it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came too late or from elsewhere: what was typed is safe, the page only has to be sent again."""
    return render(request, "403_csrf.html", status=403)
