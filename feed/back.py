"""The way back to the page somebody pressed a button on, where there is no JavaScript to stay on it."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from feed.models import Act

PAGES = frozenset({"home", "group", "act", "ripple", "my-acts", "challenge", "closing"})
"""Pages that show acts. Anything else, such as an address that only takes posts, is no way back."""


def back_to(request: HttpRequest, act: Act) -> HttpResponseRedirect:
    """To the act on the page it was seen on, else to its own page."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(came_from)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if _shows_acts(parts.path) and not path.startswith("//"):
            return HttpResponseRedirect(f"{path}#act-{act.public_id}")
    return HttpResponseRedirect(act.get_absolute_url())


def _shows_acts(path: str) -> bool:
    try:
        return resolve(path).url_name in PAGES
    except Resolver404:
        return False
