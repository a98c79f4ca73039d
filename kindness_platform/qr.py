"""QR codes as inline SVG: spruce on white in every scheme, because a camera has to read them."""

from functools import lru_cache

import segno
from django.utils.html import escape

QUIET = 4
"""Modules of empty ground that a reader needs around the code."""


@lru_cache(maxsize=256)
def qr(text: str, label: str, cls: str = "qr art") -> str:
    """A QR code of error level M with its quiet zone.

    Args:
        text: what a camera reads, such as an address.
        label: what a screen reader says.
    """
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix]
    side = len(rows) + 2 * QUIET
    ink = "".join(_runs(row, place + QUIET) for place, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(cls)}" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#14302b" d="{ink}"/></svg>'
    )


def _runs(row: bytes, y: int) -> str:
    """The dark modules of a row, each run as one bar."""
    path, x = "", 0
    while x < len(row):
        if not row[x]:
            x += 1
            continue
        end = x
        while end < len(row) and row[end]:
            end += 1
        path += f"M{x + QUIET} {y}h{end - x}v1h-{end - x}z"
        x = end
    return path
