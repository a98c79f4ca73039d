from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from kindness_platform import status as facts


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How the installation does. For everybody but its operators there is no such page."""
    if not person(request).is_staff:
        raise Http404
    lines = facts.lines()
    unwell = [line for line in lines if line.state != facts.GOOD]
    return render(request, "pages/status.html", {"lines": lines, "unwell": unwell})
