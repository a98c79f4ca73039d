"""Tables for a spreadsheet program: plain CSV in which no cell is a formula."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header

# Programs take a cell for a formula by its first sign, some after spaces, quotes or what divides cells elsewhere.
FORMULA = re.compile(r"""[\s"';,\x00]*[=+\-@＝＋－＠]|[\t\r\n\x00]""")
MARK = "\ufeff"
"""By this a spreadsheet program knows that the letters are UTF-8."""


def safe(cell: object) -> str:
    """A cell as text. What could be taken for a formula begins with an apostrophe; numbers of ours stay numbers."""
    if isinstance(cell, int):
        return str(cell)
    words = str(cell)
    return f"'{words}" if FORMULA.match(words) else words


class _Line:
    """Gives back what a writer of CSV writes."""

    def write(self, line: str) -> str:
        return line


def sheet(name: str, rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """An answer that saves a table as a file, row by row, so that a long one needs no room.

    Args:
        name: the file's, without its ending.
        rows: the first one holds the headings. They are made in the reader's language, also what is made late.
    """
    language = translation.get_language() or "en"
    response = StreamingHttpResponse(_lines(rows, language), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    return response


def _lines(rows: Iterable[Iterable[object]], language: str) -> Iterator[str]:
    writer: Any = csv.writer(_Line(), lineterminator="\r\n")
    yield MARK
    with translation.override(language):
        for row in rows:
            yield writer.writerow([safe(cell) for cell in row])
