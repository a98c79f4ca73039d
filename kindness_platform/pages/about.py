"""Pages for everybody: how it works, the terms, and privacy in plain words."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.own_texts import own_text
from accounts.terms import version
from kindness_platform import inventory


@require_safe
@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html")


@require_safe
@login_not_required
def terms(request: HttpRequest) -> HttpResponse:
    """Ours, or those of the people who run this server."""
    return render(request, "pages/terms.html", {"own": own_text("terms"), "version": version()})


@require_safe
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """In short, and then everything there is, straight from the inventory that the data model is checked against."""
    return render(request, "pages/privacy.html", {"limits": inventory.limits(), "contact": own_text("contact")})
