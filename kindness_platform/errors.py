"""Our own error pages; none of them says more than the visitor may know."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from groups.models.ending import Quiet


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": str(exception) if isinstance(exception, Quiet) else ""}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for when something of ours is broken, so it leans on nothing that may be: no session, no database.

    Even the list of static files may be what is missing; then the page comes without its style.
    """
    context = {"SITE_NAME": settings.SITE_NAME, "styled": True}
    try:
        page = render_to_string("500.html", context)
    except ValueError:
        page = render_to_string("500.html", {**context, "styled": False})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came too late or from elsewhere: what was typed is safe, the page only has to be sent again."""
    return render(request, "403_csrf.html", status=403)
