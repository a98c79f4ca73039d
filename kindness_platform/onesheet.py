"""Serves the style sheets of `static/css/layers/` as one file, `css/goodturn.css`.

The layers stay apart where people read them and come as one request where browsers fetch them,
without a build step: the finder hands out their concatenation, in the order of their names.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

SHEET = "css/goodturn.css"


def layers() -> list[Path]:
    return sorted((settings.BASE_DIR / "static" / "css" / "layers").glob("*.css"))


class OneSheetStorage(Storage):
    """A read-only storage that holds just the joined sheet."""

    prefix = None

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile("\n".join(layer.read_text() for layer in layers()).encode(), name=name)

    def path(self, name: str) -> str:
        raise NotImplementedError("the joined sheet has no path of its own")

    def get_modified_time(self, name: str) -> Any:
        from datetime import UTC, datetime

        return datetime.fromtimestamp(max(layer.stat().st_mtime for layer in layers()), tz=UTC)


class OneSheetFinder(BaseFinder):
    storage = OneSheetStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        yield SHEET, self.storage
