"""The pill above a feed: how many acts others have shared since the page was drawn."""

import hashlib
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.people import person
from accounts.typed import asked
from feed.cursor import read_cursor
from feed.models.act_query import ActQuerySet

MOST_NEW = 20


def news_pill(request: HttpRequest, acts: ActQuerySet, url: str) -> HttpResponse:
    """Nothing at all, or a link to the page that shows them; the same news are not sent twice.

    A browser asks "only if it has changed" about what it was allowed to keep. So this answer, a number and the
    address of the page it is on, says `no-cache` instead of `no-store`: keep it, and ask each time.

    Args:
        request: its address says since when (`since`, a cursor).
        acts: what the reader may see of the feed.
        url: the page of the feed.
    """
    since = read_cursor(asked(request).get("since"))
    newest = acts.in_feed().after(since).exclude(author=person(request))
    ids = list(newest.values_list("pk", flat=True)[: MOST_NEW + 1])
    if not ids:
        return HttpResponse(status=204)
    label = _label(len(ids))
    etag = quote_etag(hashlib.sha256(repr((ids, label, url)).encode()).hexdigest()[:24])
    response = render(request, "feed/new.html", {"label": label, "url": url})
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=response))


def _label(count: int) -> str:
    if count > MOST_NEW:
        return _("%(n)d+ new acts") % {"n": MOST_NEW}
    return ngettext("%(n)d new act", "%(n)d new acts", count) % {"n": count}
