"""The words of the interface in other languages: gathered from the code, held to be whole, compiled at set-up.

    python -m kindness_platform.translations           says what is missing or does not fit
    python -m kindness_platform.translations update    takes new words of the code into every catalog
    python -m kindness_platform.translations add fr    begins a catalog for another language

A catalog is `locale/<language>/LC_MESSAGES/django.po`. What is compiled from it lies in the data folder, since the
code may belong to somebody else than the one who runs it. Babel does all of it; GNU gettext is not needed.
"""

import io
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = ROOT / "locale"
ROOMS = ("accounts", "notifications", "groups", "challenges", "feed", "kindness_platform")
INVENTORY = ROOT / "kindness_platform" / "data_inventory.toml"
INVENTORY_WORDS = ("limit", "title", "purpose", "seen_by")
"""What of the data inventory people read, at `/privacy/`."""

# The functions that look words up. Those with a "p" are given a context first, those with an "n" two forms.
LOOK_UPS = ("gettext", "ngettext", "pgettext", "npgettext")
KEYWORDS = dict.fromkeys(["_", "gettext_noop", *LOOK_UPS, *(f"{name}_lazy" for name in LOOK_UPS)])
# What has to be the same in both languages: values that are filled in, and elements around words.
FIXED = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+(?:\s[^<>]*)?>")
# Lines of the header that would differ in every change.
SAYS_NOTHING = ('"POT-', '"PO-Rev', '"Last-Tr', '"Language-T', '"Report-', '"Generated-')


# --- Compiled at set-up ---------------------------------------------------------------------------


def catalogs(folder: Path = CATALOGS) -> Iterator[tuple[str, Path]]:
    """Every language that there is a catalog for, with its file."""
    for path in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        yield path.parts[-3], path


def compile_into(folder: Path, source: Path = CATALOGS) -> None:
    """Compile every catalog. Readers never see half a file.

    Args:
        folder: what LOCALE_PATHS names.
        source: where the catalogs are.
    """
    for language, path in catalogs(source):
        target = folder / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as made:
            write_mo(made, _read(path))
        Path(made.name).chmod(0o644)
        Path(made.name).replace(target)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


# --- Held to be whole -----------------------------------------------------------------------------


def problems(path: Path) -> list[str]:
    """What a catalog lacks, or what in it would break a page."""
    catalog = _read(path)
    said = ((message, _problem(message, catalog.num_plurals)) for message in catalog if message.id)
    return [f"{_all(message.id)[0][:70]!r}: {what}" for message, what in said if what]


def _problem(message: Message, plurals: int) -> str:
    words = _all(message.string)
    if message.fuzzy:
        return "is marked as fuzzy"
    if not all(words) or (message.pluralizable and len(words) != plurals):
        return "is not translated"
    wanted = [Counter(FIXED.findall(text)) for text in _all(message.id)]
    if any(Counter(FIXED.findall(text)) not in wanted for text in words):
        return "holds other values or elements than the original"
    if any(_edges(text) != _edges(_all(message.id)[0]) for text in words):
        return "begins or ends with other spaces than the original"
    return ""


def _all(words: str | Iterable[str] | None) -> list[str]:
    if words is None:
        return [""]
    return [words] if isinstance(words, str) else list(words)


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


# --- Gathered from the code -----------------------------------------------------------------------


def gathered() -> Catalog:
    """Every word of the interface, in the order of the files in which it stands."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted(
        path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
    ):
        _take(catalog, path, path.read_bytes())
    for path in sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}):
        # Django makes Python of a template for this; within brackets its indentation means nothing.
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        _take(catalog, path, f"(\n{code}\n)".encode())
    inventory = tomllib.loads(INVENTORY.read_text(encoding="utf-8"))
    for row in (*inventory["retention"].values(), *inventory["data"]):
        for name in INVENTORY_WORDS:
            if name in row:
                catalog.add(row[name], locations=[(_shown(INVENTORY), 0)])
    return catalog


def _take(catalog: Catalog, path: Path, code: bytes) -> None:
    for _line, function, found, _comments in extract_python(io.BytesIO(code), KEYWORDS, (), {"encoding": "utf-8"}):
        words: list[Any] = list(found) if isinstance(found, tuple) else [found]
        context = words.pop(0) if str(function).startswith(("p", "np")) else None
        forms = tuple(words[: 2 if str(function).startswith("n") else 1])
        if all(forms):  # else it looks up what stands in a variable
            catalog.add(forms if len(forms) > 1 else forms[0], context=context, locations=[(_shown(path), 0)])


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def update(folder: Path = CATALOGS) -> None:
    """Take the words of the code into every catalog, and drop those that are gone."""
    template = gathered()
    for _language, path in catalogs(folder):
        catalog = _read(path)
        catalog.update(template, no_fuzzy_matching=True)
        _write(path, catalog)


def add(language: str, folder: Path = CATALOGS) -> None:
    """Begin a catalog. One that is there already is kept."""
    path = folder / language / "LC_MESSAGES" / "django.po"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, Catalog(locale=language, project="Goodturn", charset="utf-8", fuzzy=False))
    update(folder)


def _write(path: Path, catalog: Catalog) -> None:
    made = io.BytesIO()
    write_po(made, catalog, width=110, ignore_obsolete=True, include_lineno=False)
    lines = made.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(SAYS_NOTHING)), encoding="utf-8")


def differences(path: Path) -> list[str]:
    """What the code says and the catalog does not know, and the other way around."""
    said, known = ({_key(message) for message in catalog if message.id} for catalog in (gathered(), _read(path)))
    return [f"{key[1][:70]!r}: is in the code alone" for key in sorted(said - known)] + [
        f"{key[1][:70]!r}: is in the catalog alone" for key in sorted(known - said)
    ]


def _key(message: Message) -> tuple[str, ...]:
    return message.context or "", *_all(message.id)


def main(words: list[str]) -> int:
    match words:
        case ["update"]:
            update()
        case ["add", language]:
            add(language)
    found = [f"{name}: {what}" for name, path in catalogs() for what in (*differences(path), *problems(path))]
    print("\n".join(found) if found else "Every word is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
