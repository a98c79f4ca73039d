"""What the log may say about a request: which route, never which address."""

import logging

from django.http import HttpRequest


class RoutesOnly(logging.Filter):
    """Writes the route in place of the address ("/join/<str:code>/"), for an address may hold a code or a token.

    Django names the address whenever it refuses something, and a code that is refused to one person opens the group
    to the next who reads the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            address = {request.path, request.path.encode("unicode_escape").decode("ascii")}
            record.args = tuple(_route(request) if argument in address else argument for argument in record.args)
        return True


def _route(request: HttpRequest) -> str:
    """Of an address that leads nowhere, only how it begins: it may be a good one with a slip in it."""
    if request.resolver_match:
        return f"/{request.resolver_match.route}"
    first = request.path.split("/")[1][:20]
    return f"/{first}/…".encode("unicode_escape").decode("ascii") if "/" in request.path[1:] else f"/{first[:4]}…"
