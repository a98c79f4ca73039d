"""How often is too often: one table, and one page that says so kindly."""

import logging
from typing import Any

import redis.exceptions
from allauth.core.internal import ratelimit
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# action: "times/span/per what"; `ip` is the client's address as TRUSTED_PROXIES lets us know it. No limit is shared by
# everybody, or one visitor could use it up for all. allauth limits what it does itself: sign-in, codes, sign-up.
LIMITS = {
    # Wrong join codes only: a right one is given back (`attempt`). What makes guessing hopeless is the length of the
    # codes (SAFETY B10, tests/groups/test_join.py).
    "join": "20/5m/ip,100/d/ip",
    # A class types its code at one address, and not every child types well; these codes are as long as the others.
    "class_code": "60/5m/ip,600/d/ip",
    "start": "20/h/user,60/h/ip",
    "invite": "30/h/user",
    "post": "30/m/user,300/h/user",
    "comment": "20/m/user,200/h/user",
    "react": "120/m/user",
    "upload": "20/10m/user,100/d/user",
    "search": "60/m/user",
    "report": "10/h/user",
    "report_muted": "3/d/user",
    "confirm": "5/10m/user",
    "address": "5/h/user",
    "copy": "6/h/user",
    "sheet": "30/h/user",
    "calendar": "20/h/user",
    "device": "20/h/user",
    "mail_again": "5/d/user",
    # Of one address: the servers of a calendar fetch those of many people.
    "calendar_file": "60/h/key",
}

UNCOUNTED = frozenset({"post", "comment", "react", "upload", "search", "report"})
"""What somebody who is in may do while the cache is away and nothing counts: it harms less than words that are lost.
All else waits, doors first of all."""
AWAY = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, DatabaseError)
log = logging.getLogger(__name__)


def attempt(request: HttpRequest, action: str) -> ratelimit.RateLimitUsage | None:
    """Count one use of `action`, to be taken back with `.rollback()` if it turns out to be harmless.

    Counting first and taking back later lets no two requests slip through together; None means too many.
    """
    LIMITS[action]
    return ratelimit.consume(request, app="goodturn", action=action, config=LIMITS, limit_get=True)


def allow(request: HttpRequest, action: str, *, key: str = "") -> bool:
    """Count one use of `action`; False when there have been too many.

    Args:
        request: whose person and address are counted.
        action: a row of LIMITS; an unknown one is a programming error.
        key: what is counted where the row says "key".
    """
    LIMITS[action]
    try:
        used = ratelimit.consume(request, app="goodturn", action=action, config=LIMITS, key=key or None, limit_get=True)
    except AWAY:
        if action not in UNCOUNTED:
            raise
        log.warning("nothing counts how often '%s' is done: the cache does not answer", action)
        return True
    return used is not None


def retry_after(action: str) -> int:
    """Seconds after which the shortest limit of this action lets somebody in again."""
    rates = ratelimit.get_rates(app="goodturn", action=action, config=LIMITS)
    return int(min((rate.duration for rate in rates), default=60))


def too_many(request: HttpRequest, action: str = "", context: dict[str, Any] | None = None) -> HttpResponse:
    """The page for "that was too often": 429 and when to come back. Also the handler that allauth calls."""
    seconds = retry_after(action) if action else 60
    minutes = max(1, round(seconds / 60))
    response = render(request, "429.html", {"minutes": minutes, **(context or {})}, status=429)
    response["Retry-After"] = str(seconds)
    return response
