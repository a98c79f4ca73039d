from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.people import person
from accounts.typed import asked
from challenges.models import Challenge
from feed.cards import cards_for
from feed.cursor import cursor_of, cursor_of_now, read_cursor
from feed.models import Act
from feed.models.act_query import PAGE
from feed.news_pill import news_pill
from feed.places import place_seen
from feed.search import clean_query, says
from feed.totals import together
from groups.models import Group
from kindness_platform.htmx import render_page


@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    place = place_seen(request, slug)
    if place is None:
        raise Http404
    group, is_member = place
    query = asked(request)
    words = clean_query(query.get("q", ""))
    if words and not limits.allow(request, "search"):
        return limits.too_many(request, "search")
    kind = query.get("kind", "") if query.get("kind") in Act.Kind.values else ""
    mine = query.get("mine") == "1"
    acts = _chosen(Act.objects.filter(group=group).in_feed(), words=words, kind=kind)
    if mine:
        acts = acts.filter(author=user)
    page = acts.before(read_cursor(query.get("before"))).for_cards(PAGE + 1)
    is_part = bool(request.headers.get("HX-Target"))
    context = {
        "group": group,
        "is_member": is_member,
        "challenge": None if is_part else Challenge.objects.of_day(group, group.organization.today()).first(),
        "together": None if is_part else together(group),
        "cards": cards_for(page[:PAGE], user, [group]),
        "tabs": _tabs(group, kind=kind, mine=mine, words=words),
        "words": words,
        "kind": kind,
        "mine": mine,
        "is_later_page": "before" in query,
        "newest": _address(group, kind=kind, mine=mine, q=words),
        "earlier": _address(group, kind=kind, mine=mine, q=words, before=cursor_of(page[PAGE - 1]))
        if page[PAGE:]
        else "",
        "since": cursor_of(page[0]) if page else cursor_of_now(),
    }
    return render_page(request, "feed/group.html", context, partial="earlier")


@require_safe
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """How many acts others have shared since the page was drawn: nothing at all, or a link that shows them."""
    group = get_object_or_404(Group.objects.visible_to(person(request)), slug=slug)
    return news_pill(request, Act.objects.filter(group=group), group.get_absolute_url())


def _chosen(acts: Any, *, words: str, kind: str) -> Any:
    if kind:
        acts = acts.filter(kind=kind)
    return acts.filter(says(words)) if words else acts


def _address(group: Group, **choices: str | bool) -> str:
    """The address of this page with these choices; what is not chosen is not in it."""
    chosen = {name: "1" if value is True else value for name, value in choices.items() if value}
    return f"{group.get_absolute_url()}?{urlencode(chosen)}" if chosen else group.get_absolute_url()


def _tabs(group: Group, *, kind: str, mine: bool, words: str) -> list[dict[str, Any]]:
    names = {"": _("All"), "did": _("Did"), "saw": _("Saw"), "received": _("Received")}
    tabs = [
        {"label": label, "url": _address(group, kind=value, q=words), "current": value == kind and not mine}
        for value, label in names.items()
    ]
    return [*tabs, {"label": _("Mine"), "url": _address(group, mine=True, q=words), "current": mine}]
