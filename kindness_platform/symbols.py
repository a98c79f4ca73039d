"""The icons of the interface, drawn into the page that uses them: no request, no sprite of unused ones."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "icons"
INNER = re.compile(r"<svg[^>]*viewBox=\"([^\"]+)\"[^>]*>(.*)</svg>", re.DOTALL)
DECIMALS = re.compile(r"\d*\.\d+")
# "Pass it on" is our own: the turned quarter of the mark.
OWN = {"pass-on": ("0 0 24 24", '<path d="M22 2A20 20 0 0 1 2 22V12.5A10.5 10.5 0 0 0 12.5 2Z"/>')}
# Icons that point along the text turn round where it runs from right to left.
POINTING = frozenset({"pass-on", "arrow-left", "arrow-right", "caret-right", "sign-out", "chat-circle", "list-checks"})


class Icon(NamedTuple):
    box: str
    drawing: str


@cache
def icon(name: str, *, fill: bool = False) -> Icon:
    """One icon by the name of its file; an unknown name is a mistake in a template and fails loudly."""
    if name in OWN:
        return Icon(*OWN[name])
    found = INNER.search((FOLDER / ("fill" if fill else "bold") / f"{name}.svg").read_text().strip())
    if not found:
        raise ValueError(f"The icon {name!r} is no plain SVG file.")
    box, drawing = found.groups()
    return Icon(box, _rounded(drawing))


def _rounded(drawing: str) -> str:
    """The drawing in whole numbers: in a box of 256 drawn at 20 pixels nobody sees more, and pages carry twenty."""

    def shorter(number: re.Match[str]) -> str:
        rounded = f"{float(number[0]):.0f}"
        # ".97" may follow a digit directly; what it is rounded to may not.
        follows_a_digit = drawing[number.start() - 1 : number.start()].isdigit()
        return f" {rounded}" if follows_a_digit else rounded

    return DECIMALS.sub(shorter, drawing)


def symbol_id(name: str, *, fill: bool = False) -> str:
    return f"i-{name}-fill" if fill else f"i-{name}"
