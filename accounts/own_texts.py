"""Words of those who run the server, in place of ours: plain text files in the folder `texts` of the data folder.

They are read once by each process, so a change holds from the next start on.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

NAMES = ("terms", "contact")
MOST = 200_000
FILE = re.compile(rf"({'|'.join(NAMES)})(?:\.([a-z]{{2,3}}(?:-[a-z]+)?))?\.txt")
ITEM = ("- ", "* ")


@dataclass(frozen=True)
class Block:
    """A part of a text: a heading, a paragraph, or a list with its items."""

    kind: str
    words: str = ""
    items: tuple[str, ...] = ()


def folder() -> Path:
    return Path(settings.DATA_DIR) / "texts"


@cache
def source(name: str, language: str = "") -> str:
    """A text as it was written, empty if there is none.

    Args:
        name: one of NAMES.
        language: the one it was translated into; the text itself has none.
    """
    path = folder() / (f"{name}.{language}.txt" if language else f"{name}.txt")
    return path.read_text(encoding="utf-8-sig").strip() if path.is_file() else ""


def own_text(name: str) -> list[Block]:
    """A text in the reader's language, or as it is; nothing where our own words hold."""
    if not source(name):
        return []
    return blocks(source(name, get_language() or "") or source(name))


def blocks(text: str) -> list[Block]:
    """What is divided by empty lines. A line with `#` is a heading, lines with `-` are a list; all else is words."""
    found = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines()]
        while lines and lines[0].startswith("#"):
            found.append(Block("heading", lines.pop(0).lstrip("# ")))
        if lines and all(line.startswith(ITEM) for line in lines):
            found.append(Block("list", items=tuple(line[2:].strip() for line in lines)))
        elif lines:
            found.append(Block("paragraph", " ".join(lines)))
    return found


def files() -> list[Path]:
    """Those that are read."""
    found = sorted(folder().iterdir()) if folder().is_dir() else []
    return [path for path in found if FILE.fullmatch(path.name) and path.is_file()]


def problems() -> list[str]:
    """What is wrong with the files, each with what to do about it. A name that nobody reads would be a trap."""
    found = sorted(folder().iterdir()) if folder().is_dir() else []
    return [f"{path.relative_to(folder().parent)}: {what}" for path in found if (what := _problem(path))]


def _problem(path: Path) -> str:
    named = FILE.fullmatch(path.name)
    if not named:
        return "nothing reads this file; its name may be terms.txt, terms.es.txt, contact.txt or contact.es.txt."
    if named[2] and not (folder() / f"{named[1]}.txt").is_file():
        return f"a translation needs the text itself, {named[1]}.txt."
    if named[2] and named[2] not in dict(settings.LANGUAGES):
        return f"there is no language {named[2]}."
    try:
        if path.stat().st_size > MOST:
            return f"it is longer than {MOST} bytes."
        text = path.read_text(encoding="utf-8-sig")
    except OSError as why:
        return f"it cannot be read ({why.strerror})."
    except UnicodeDecodeError:
        return "it is not UTF-8."
    return "" if text.strip() else "it is empty; delete it to have our own words back."
