"""The wall for a projector: for who teaches the class, and by a link for a screen without an account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.models.audit import record
from accounts.people import person
from accounts.typed import asked
from challenges.models import Challenge
from feed.totals import together
from feed.wall import wall_of
from groups.class_door import open_classes
from groups.models import Group, JoinCode
from groups.views.pupils import class_run_by
from kindness_platform.htmx import render_page

SIZES = ("", "big", "huge")


@require_safe
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Full screen, for whoever teaches here: names as the class's own rule says."""
    group = class_run_by(person(request), slug)
    return _show(request, group, reverse("wall", args=[slug]), names=True, back=True)


@login_not_required
@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The same for a screen that nobody is signed in at. A link that is over, stopped or wrong leads nowhere."""
    tried = limits.attempt(request, "class_code")
    if tried is None:
        return limits.too_many(request, "class_code")
    found = JoinCode.objects.find(code, JoinCode.Purpose.WALL)
    group = open_classes().filter(pk=found.group_id).first() if found else None
    if group is None:
        raise Http404
    tried.rollback()
    return _show(request, group, reverse("wall-screen", args=[code]), names=group.classroom.wall_link_names)


def _show(request: HttpRequest, group: Group, here: str, *, names: bool, back: bool = False) -> HttpResponse:
    acts = wall_of(group, names=names)
    size = asked(request).get("text", "")
    size = size if size in SIZES else ""
    context: dict[str, Any] = {
        "group": group,
        "acts": acts,
        "here": here,
        "back": back,
        "size": size,
        "larger": SIZES[(SIZES.index(size) + 1) % len(SIZES)],
        "total": together(group).acts,
        "challenge": Challenge.objects.of_day(group, group.organization.today()).first(),
    }
    response = render_page(request, "feed/wall.html", context, partial="wall-acts")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, slug: str) -> HttpResponse:
    """The link for a screen: make one, stop it, and say whether names stand on it."""
    user = person(request)
    group = class_run_by(user, slug)
    code = JoinCode.live_of(group, JoinCode.Purpose.WALL)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "make":
        fresh = code.rotate(user) if code else JoinCode.current(group, user, JoinCode.Purpose.WALL)
        record(user, "made a wall link", fresh, group_id=group.pk)
        messages.success(request, _("Here is a link. It works for twelve hours, or until you stop it."))
    elif do == "stop" and code:
        code.stop(user)
        messages.success(request, _("The link no longer works. A screen that shows it goes dark within seconds."))
    elif do in {"names", "no-names"}:
        group.classroom.change(user, wall_link_names=do == "names")
        messages.success(request, _("Saved."))
    if do:
        return redirect("wall-link", slug=slug)
    address = settings.BASE_URL + reverse("wall-screen", args=[code.code]) if code else ""
    return render_page(request, "feed/wall_link.html", {"group": group, "code": code, "address": address})
