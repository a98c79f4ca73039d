"""A class list as teachers have it (typed, pasted, a CSV file), and what it would change in a class."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import clean_name
from groups.class_forms import clean_pupil_name
from groups.models import Group, Pupil
from groups.models.pupil import HINT

MOST = 60
"""Pupils in one class; whoever has more has pasted something else."""
MOST_LETTERS = 100_000
NAMES = {
    "first name",
    "firstname",
    "given name",
    "givenname",
    "forename",
    "name",
    "nickname",
    "preferred name",
    "pupil",
}
NAMES |= {"student", "display name", "nombre", "nombre de pila", "vorname", "prénom", "prenom", "rufname", "alumno"}
HINTS = {"hint", "note", "nota", "notiz", "remark"}
NUMBERING = re.compile(r"^\s*(?:\d{1,3}\s*[.):\-]\s*|[-*•·–]\s+)")


@dataclass(frozen=True)
class Line:
    """One child of a list.

    Attributes:
        number: the line it stood in.
        typed: as it was typed, to be shown beside the name that is kept.
    """

    number: int
    name: str
    hint: str = ""
    typed: str = ""


@dataclass(frozen=True)
class Problem:
    number: int
    typed: str
    why: str


@dataclass(frozen=True)
class Read:
    """What a list says."""

    lines: Sequence[Line] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Diff:
    """What a list would change: who comes, who is here already, who is here and not on it. Nobody is taken out."""

    coming: list[Line] = field(default_factory=list)
    here: list[Line] = field(default_factory=list)
    not_listed: list[Pupil] = field(default_factory=list)
    problems: Sequence[Problem] = ()

    @property
    def is_good(self) -> bool:
        return not self.problems


def read(text: str, *, whole: bool = False) -> Read:
    """One name a line, with a note after a tab if there is one; numbers and bullets before a name are left out.

    Args:
        whole: keep names of several words as they are. Otherwise the first word is the name, for what follows it
            on most lists is a surname, and surnames are not kept here.
    """
    rows = [(number, line) for number, line in enumerate(text[:MOST_LETTERS].splitlines(), 1) if line.strip()]
    lines: list[Line] = []
    problems: list[Problem] = []
    if len(rows) > MOST:
        message = _("These are %(count)d lines. A class holds %(most)d pupils at most.")
        return Read(problems=[Problem(0, "", message % {"count": len(rows), "most": MOST})])
    for number, row in rows:
        typed, _tab, note = NUMBERING.sub("", row).partition("\t")
        try:
            name, rest = _first(typed, whole=whole)
            hint = clean_name(note, HINT * 5)[:HINT].strip() if note.strip() else ""
            lines.append(Line(number, clean_pupil_name(name), hint or rest, typed.strip()))
        except ValidationError as error:
            problems.append(Problem(number, typed.strip()[:60], " ".join(error.messages)))
    return Read(_hints_for_twins_only(lines), problems)


def _first(typed: str, *, whole: bool) -> tuple[str, str]:
    """The name of a line, and the first letter of what else stood there: "Okafor, Ada" and "Ada Okafor" are Ada."""
    before, comma, after = typed.partition(",")
    words = (f"{after} {before}" if comma and after.strip() else before).split()
    if whole or len(words) < 2:
        return (" ".join([*after.split(), *before.split()]) if comma and after.strip() and whole else before), ""
    letter = next((c for c in words[-1] if c.isalpha()), "")
    return words[0], f"{letter.upper()}." if letter else ""


def _hints_for_twins_only(lines: Iterable[Line]) -> list[Line]:
    """A letter of a surname is kept only where two children have the same name."""
    lines = list(lines)
    often = Counter(line.name.casefold() for line in lines)
    lone = [len(line.hint) == 2 and line.hint[1] == "." and often[line.name.casefold()] < 2 for line in lines]
    return [
        Line(line.number, line.name, "" if alone else line.hint, line.typed)
        for line, alone in zip(lines, lone, strict=True)
    ]


class NoText(Exception):
    """A file that is no text at all."""


def text_of(data: bytes) -> str:
    """The text of a file as spreadsheets write it: UTF-8 with or without a mark, UTF-16 with one, or Windows' own.

    Raises:
        NoText: it is a spreadsheet or a picture, and no CSV.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"), (b"", "cp1252")):
        if not data.startswith(mark):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or data.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
            break
        return text
    raise NoText


def lines_of_csv(data: bytes) -> str:
    """The names of a CSV file as lines to read: its column of first names, else its first column.

    Nothing else of the file is looked at, so a birthday or an address in it is never kept, not even for a moment.

    Raises:
        NoText: see `text_of`.
    """
    text = text_of(data)
    rows = [
        row for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) if any(cell.strip() for cell in row)
    ]
    if not rows:
        return ""
    head = [cell.strip().casefold().replace("_", " ") for cell in rows[0]]
    name = next((place for place, title in enumerate(head) if title in NAMES), None)
    hint = next((place for place, title in enumerate(head) if title in HINTS), None)
    body = rows[1:] if name is not None else rows
    return "\n".join(
        _cell(row, name or 0) + (f"\t{_cell(row, hint)}" if hint is not None and _cell(row, hint) else "")
        for row in body
    )


def _cell(row: Sequence[str], place: int) -> str:
    return re.sub(r"\s+", " ", row[place]).strip() if place < len(row) else ""


def _delimiter(text: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    return max(",;\t", key=first.count)


def diff(group: Group, found: Read) -> Diff:
    """Compare a list with a class. Names are counted, so two of the same name are two children."""
    here = Counter[str]()
    pupils = list(Pupil.objects.in_class(group))
    for pupil in pupils:
        here[pupil.name.casefold()] += 1
    result = Diff(problems=[*found.problems])
    for line in found.lines:
        key = line.name.casefold()
        if here[key]:
            here[key] -= 1
            result.here.append(line)
        else:
            result.coming.append(line)
    for pupil in reversed(pupils):
        if here[pupil.name.casefold()]:
            here[pupil.name.casefold()] -= 1
            result.not_listed.insert(0, pupil)
    if len(pupils) + len(result.coming) > MOST:
        message = _("That would be %(count)d pupils. A class holds %(most)d at most.")
        said = message % {"count": len(pupils) + len(result.coming), "most": MOST}
        return Diff(result.coming, result.here, result.not_listed, [*result.problems, Problem(0, "", said)])
    return result


@transaction.atomic
def add_all(group: Group, text: str, *, by: User, whole: bool = False) -> list[Pupil]:
    """Add everybody of a list who is not here yet: all of them, or nobody if a line is wrong.

    Sent twice, the second time finds everybody here.

    Raises:
        ValueError: the list has problems; the page has shown them.
    """
    Group.objects.select_for_update().get(pk=group.pk)
    changes = diff(group, read(text, whole=whole))
    if not changes.is_good:
        raise ValueError("The list has problems.")
    return [Pupil.objects.add(group, line.name, by=by, hint=line.hint) for line in changes.coming]
