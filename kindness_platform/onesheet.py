"""Serves the style sheets of `static/css/layers/` as one file, `css/goodturn.css`.

The layers stay apart where people read them and come as one request where browsers fetch them,
without a build step. The finder stands in for Django's own over `static/`: it joins the layers, in
the order of their names, into a file in the data folder, and hides the layers themselves.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage, Storage

SHEET = "css/goodturn.css"
LAYERS = "css/layers"


def layers() -> list[Path]:
    return sorted((settings.BASE_DIR / "static" / LAYERS).glob("*.css"))


def joined() -> str:
    """The layers one after the other, each under the name of its file."""
    return "\n".join(f"/* {layer.name} */\n{layer.read_text()}" for layer in layers())


def write() -> Path:
    """The joined sheet as a file. It is replaced in one move, so that nobody ever reads half of it."""
    sheet = Path(settings.DATA_DIR) / "onesheet" / SHEET
    text = joined()
    if sheet.is_file() and sheet.read_text() == text:
        return sheet
    sheet.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=sheet.parent, suffix=".tmp")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(sheet)
    return sheet


class OneSheetFinder(FileSystemFinder):
    """`static/` without the layers, and with the sheet that joins them."""

    def find(self, path: str, find_all: Any = False) -> Any:
        if path == SHEET:
            found = str(write())
            return [found] if find_all else found
        if path.startswith(f"{LAYERS}/"):
            return []
        return super().find(path, find_all=find_all)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        yield SHEET, FileSystemStorage(location=write().parents[1])
        for path, storage in super().list(ignore_patterns):
            if not path.startswith(f"{LAYERS}/"):
                yield path, storage
