"""Pages for everybody: how it works, the terms, and privacy in plain words."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.terms import VERSION
from kindness_platform import inventory


@require_safe
@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html")


@require_safe
@login_not_required
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/terms.html", {"version": VERSION})


@require_safe
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """In short, and then everything there is, straight from the inventory that the data model is checked against."""
    return render(request, "pages/privacy.html", {"limits": inventory.limits()})
