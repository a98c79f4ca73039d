from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.people import person
from groups.models import JoinCode
from groups.views.invite import group_run_by, link_of
from kindness_platform.pages.joining import running_in


@require_safe
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """One page for the wall, A4: what the group is doing, and how to join. `?art=0` saves the ink of the drawing."""
    group = group_run_by(person(request), slug)
    code = JoinCode.live_of(group)
    running = running_in(group)
    context: dict[str, Any] = {
        "group": group,
        "code": code,
        "link": link_of(code) if code else "",
        "enter_url": (settings.BASE_URL + reverse("enter-code")).partition("//")[2],
        "challenge": running[0] if running else None,
        "art": request.GET.get("art") != "0",
        "leader": person(request).name,
    }
    return render(request, "pages/poster.html", context)
