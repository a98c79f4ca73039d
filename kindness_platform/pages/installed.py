"""What makes the site an app on a phone: its manifest, its service worker, and the page for when there is no network.

The worker keeps that one page with its style and letters, and nothing else: whatever is private is always asked for.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PAPER = "#fdfcf8"
ICONS = (
    ("art/app-icon.svg", "any", "image/svg+xml", "any"),
    ("art/app-192.png", "192x192", "image/png", "any"),
    ("art/app-512.png", "512x512", "image/png", "any"),
    ("art/app-round-512.png", "512x512", "image/png", "maskable"),
)
SHELF = (
    "css/goodturn.css",
    "fonts/besley-latin-wght-normal.woff2",
    "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "art/mark.svg",
)
"""What the page without a network is drawn with."""


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """Who we are, for the device that installs us. Browsers ask for it without a cookie, so the address says in
    which language."""
    with override(_known(language)):
        found = {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "description": _("Structured kindness challenges for teams and community groups, on your own server."),
            "lang": language,
            "dir": "rtl" if get_language_bidi() else "ltr",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose}
                for path, sizes, kind, purpose in ICONS
            ],
            "shortcuts": [
                {"name": _("Tell what happened"), "url": reverse("post-act")},
                {"name": _("News"), "url": reverse("notices")},
            ],
        }
    return JsonResponse(found, content_type="application/manifest+json")


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for when there is no network, the same for everybody who reads a language."""
    return HttpResponse(_offline_page(_known(language)))


def _offline_page(language: str) -> str:
    with override(language):
        return render_to_string("pages/offline.html", {"SITE_NAME": settings.SITE_NAME})


@require_safe
@login_not_required
@cache_control(private=True, max_age=3600)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, which stands at the root because it may look after no more than what lies beneath it.

    It knows the reader's language and the hashed names of what it keeps. Whatever of that changes, the page itself too,
    makes another script of it, and so the browser lays in everything anew. Browsers would ask for it at every page;
    the hour lets them be content with what they have.
    """
    language = get_language() or settings.LANGUAGE_CODE
    kept = {
        "page": reverse("offline", args=[language]),
        "files": [static(path) for path in SHELF],
        "icon": static("art/app-192.png"),
        "badge": static("art/app-badge-96.png"),
    }
    mark = hashlib.sha256(f"{kept}{_offline_page(language)}{_source()}".encode()).hexdigest()[:12]
    told = json.dumps({"shelf": f"offline-{mark}", **kept})
    return HttpResponse(f"const KEPT = {told};\n{_source()}", content_type="text/javascript; charset=utf-8")


@cache
def _source() -> str:
    return (Path(__file__).resolve().parent.parent / "service_worker.js").read_text()
