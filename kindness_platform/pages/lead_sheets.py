"""The leader's page to take along: its numbers, and the acts that were shared, as tables.

Both hold what the page and the feed show and no more. Where leaders do not see names, the acts have none, so that
nobody can sort them by person.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import limits
from challenges.models import Challenge
from feed.cards import name_of, words_of
from feed.models import Act
from feed.totals import PAPER, TICKED, told
from groups.models import Group
from groups.models.membership import CROWD
from kindness_platform.pages.lead import group_led
from kindness_platform.sheets import sheet

AT_ONCE = 500
Key = tuple[int | None, date | None]
"""A challenge, or none, and a day, or none."""


@require_safe
def numbers(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Acts by day and kind. Its columns add up to what the page says."""
    group = group_led(request, slug)
    return _too_many(request) or sheet(f"{group.slug}-{_('numbers')}", _numbers(group))


@require_safe
def acts(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What the group's feed holds, oldest first."""
    group = group_led(request, slug)
    return _too_many(request) or sheet(f"{group.slug}-{_('acts')}", _acts(group))


def _too_many(request: HttpRequest) -> HttpResponse | None:
    return None if limits.allow(request, "sheet") else limits.too_many(request, "sheet")


def _numbers(group: Group) -> Iterator[list[object]]:
    titles = _titles(group)
    yield [
        *(_("Day"), _("Challenge"), _("Did"), _("Saw"), _("Received"), _("All")),
        *(_("Told in words"), _("Ticked"), _("From paper"), _("Passed on"), _("“I did this too”")),
    ]
    counted = _by_day(group)
    for challenge, day in sorted(counted, key=lambda key: (key[1] or date.max, key[0] or 0)):
        found = counted[challenge, day]
        kinds = [found[kind] for kind in ("did", "saw", "received")]
        ways = [sum(kinds) - found[TICKED] - found[PAPER], found[TICKED], found[PAPER]]
        links = [found[link] for link in ("passed_on", "inspired")]
        when = day.isoformat() if day else _("on other days")
        yield [when, titles.get(challenge, ""), *kinds, sum(kinds), *ways, *links]


def _by_day(group: Group) -> dict[Key, Counter[str]]:
    """The same acts as in the group's totals, counted by kind, way and link.

    A private act has a day only if the group was a crowd on that day too; in a smaller one it would tell whose it is.
    Without a day it is still in the sum.
    """
    counted: dict[Key, Counter[str]] = defaultdict(Counter)
    crowded = _was_crowd(group)
    shown = told(Act.objects.filter(group=group))
    fields = ("challenge_id", "done_on", "audience", "kind", "source", "link_kind")
    for challenge, day, audience, kind, source, link, number in shown.values_list(*fields).annotate(n=Count("pk")):
        hidden = audience == Act.Audience.PRIVATE and not crowded(day)
        row = counted[challenge, None if hidden else day]
        for name in (kind, source, link):
            row[name] += number
    return counted


def _was_crowd(group: Group) -> Callable[[date], bool]:
    """Tells of a day whether a number about all of the group then pointed at nobody."""
    zone = group.organization.zone
    places = [
        (joined.astimezone(zone).date(), ended.astimezone(zone).date() if ended else date.max)
        for joined, ended in group.memberships.exclude(state="pending").values_list("joined_at", "ended_at")
    ]
    return lambda day: sum(joined <= day < ended for joined, ended in places) >= CROWD


def _acts(group: Group) -> Iterator[list[object]]:
    named = group.policy.leaders_see_names
    titles = _titles(group)
    kinds = {"did": _("Did"), "saw": _("Saw"), "received": _("Received")}
    yield [_("Day"), *([_("Who")] if named else []), _("Kind"), _("Words"), _("Challenge"), _("Passed on by")]
    shared = Act.objects.filter(group=group).in_feed().reverse().select_related("author", "step")
    for act in shared.iterator(chunk_size=AT_ONCE):
        who = [name_of(act)] if named else []
        title = titles.get(act.challenge_id, "")
        yield [act.done_on.isoformat(), *who, kinds[act.kind], words_of(act, group), title, act.passed_on_count]


def _titles(group: Group) -> dict[int | None, str]:
    challenges: list[Challenge] = list(group.challenges.all())
    for challenge in challenges:
        challenge.group = group
    return {challenge.pk: challenge.title for challenge in challenges}
