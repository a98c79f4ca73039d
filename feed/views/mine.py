from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.people import person
from accounts.typed import asked
from feed.cards import cards_for
from feed.cursor import day_cursor_of, read_day_cursor
from feed.models import Act
from feed.models.act_query import PAGE
from feed.places import seen_by
from groups.models import Group
from kindness_platform.htmx import render_page


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My acts, those for me alone too, newest day first."""
    user = person(request)
    query = asked(request)
    kind = query.get("kind", "") if query.get("kind") in Act.Kind.values else ""
    acts: Any = Act.objects.filter(author=user, group__in=Group.objects.visible_to(user)).exclude(state="removed")
    if kind:
        acts = acts.filter(kind=kind)
    if place := read_day_cursor(query.get("before")):
        day, pk = place
        acts = acts.filter(Q(done_on__lt=day) | Q(done_on=day, pk__lt=pk), done_on__lte=day)
    found = acts.order_by("-done_on", "-pk").for_cards(PAGE + 1)
    page = found[:PAGE]
    groups = seen_by(user, (act.group_id for act in page))
    cards = dict(zip((act.pk for act in page), cards_for(page, user, groups), strict=True))
    months = [
        (first, [cards[act.pk] for act in acts])
        for first, acts in groupby(page, key=lambda act: act.done_on.replace(day=1))
    ]
    context = {
        "months": months,
        "kind": kind,
        "tabs": _tabs(kind),
        "earlier": _address(kind, day_cursor_of(page[-1])) if found[PAGE:] else "",
    }
    return render_page(request, "feed/mine.html", context, partial="earlier")


def _address(kind: str, before: str = "") -> str:
    chosen = {name: value for name, value in (("kind", kind), ("before", before)) if value}
    return f"?{urlencode(chosen)}" if chosen else "?"


def _tabs(kind: str) -> list[dict[str, Any]]:
    names = {"": _("All"), "did": _("Did"), "saw": _("Saw"), "received": _("Received")}
    return [{"label": label, "url": _address(value), "current": value == kind} for value, label in names.items()]
