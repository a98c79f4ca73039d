"""Addresses out of whatever people paste: lists, mail headers, columns of a table.

A row is a line; its cells are parted by commas, semicolons or tabs, unless they stand in quotes. Of a row with one
address all other cells are names and columns. In a row with several, what stands between them has to be part of a
name before `<address>`, or it is taken for an address that went wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

CELL = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|[^",;\t])+|"[^,;\t]*""")
WRAPPING = "<>()[]{}\"'“”‘’«»"
MAIL = re.compile(r"mail|correo|courriel|adres|address", re.IGNORECASE)


@dataclass
class Found:
    """What a pasted text holds.

    Attributes:
        addresses: each once, in lower case, in the order in which they came.
        wrong: lines and pieces that hold no address, as they were pasted.
    """

    addresses: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def addresses_in(pasted: str) -> Found:
    rows = [row for line in pasted.lstrip("\ufeff").splitlines() if (row := _cells(line))]
    if len(rows) > 1 and _is_header(rows[0], rows[1]):
        del rows[0]
    found = Found()
    for row in rows:
        for piece in _pieces(row):
            address = bare(piece)
            if is_address(address):
                found.addresses.append(address)
            else:
                found.wrong.append(piece)
    found.addresses = list(dict.fromkeys(found.addresses))
    return found


def bare(piece: str) -> str:
    """The address in `Mia Marsh <mia@example.org>` or `Mia mia@example.org`, in lower case."""
    words = [word for word in piece.replace("<", " <").split() if "@" in word]
    if len(words) == 1:
        piece = words[0]
    return re.sub(r"^mailto:", "", piece.strip().strip(WRAPPING), flags=re.IGNORECASE).strip(".:").lower()


def is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 254 and len(address.rpartition("@")[0]) <= 64


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in CELL.findall(line) if cell.strip()]


def _is_header(first: list[str], second: list[str]) -> bool:
    """A first row that names the columns of what follows."""
    return not any("@" in cell for cell in first) and any(MAIL.search(cell) for cell in first) and _has_address(second)


def _has_address(row: list[str]) -> bool:
    return any("@" in cell for cell in row)


def _pieces(row: list[str]) -> Iterator[str]:
    """The cells that should be addresses."""
    holding = [cell for cell in row if "@" in cell]
    if not holding:
        yield ", ".join(row)
    elif len(holding) == 1:
        yield holding[0]
    else:
        for place, cell in enumerate(row):
            follows = row[place + 1] if place + 1 < len(row) else ""
            if "@" in cell or not ("<" in follows and "@" in follows):
                yield cell
