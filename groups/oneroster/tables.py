"""Reading one CSV file by the letter of the standard: encoding, header, empty columns, one line a row."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from groups.oneroster.problems import Problems, Refused

MOST_ROWS = 400_000
LONGEST_ID = 255
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)

META = ("status", "dateLastModified")
_USER = ("userIds", "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds")
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "orgs": {
        "1.1": ("sourcedId", *META, "name", "type", "identifier", "parentSourcedId"),
        "1.2": ("sourcedId", *META, "name", "type", "identifier", "parentSourcedId"),
    },
    "users": {
        "1.1": ("sourcedId", *META, "enabledUser", "orgSourcedIds", "role", "username", *_USER, "grades", "password"),
        "1.2": (
            *("sourcedId", *META, "enabledUser", "username", *_USER, "grades", "password", "userMasterIdentifier"),
            *("resourceSourcedIds", "preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
            *("primaryOrgSourcedId", "pronouns"),
        ),
    },
    "roles": {
        "1.2": (
            *("sourcedId", *META, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"),
            "userProfileSourcedId",
        ),
    },
    "classes": dict.fromkeys(
        ("1.1", "1.2"),
        (
            *("sourcedId", *META, "title", "grades", "courseSourcedId", "classCode", "classType", "location"),
            *("schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods"),
        ),
    ),
    "enrollments": dict.fromkeys(
        ("1.1", "1.2"),
        (
            *("sourcedId", *META, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary"),
            *("beginDate", "endDate"),
        ),
    ),
}
NEEDED: dict[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "name", "type"),
    "users": ("sourcedId", "enabledUser", "username", "givenName", "familyName"),
    "roles": ("sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"),
    "classes": ("sourcedId", "title", "classType", "schoolSourcedId"),
    "enrollments": ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
}
# All that is ever taken out of a row. What is not named here is not looked at.
TAKEN: dict[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "name", "type", "parentSourcedId"),
    "users": ("sourcedId", "enabledUser", "orgSourcedIds", "role", "givenName", "familyName", "preferredGivenName"),
    "roles": ("sourcedId", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"),
    "classes": ("sourcedId", "title", "grades", "classType", "schoolSourcedId"),
    "enrollments": (
        *("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What was taken out of one line."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    @property
    def id(self) -> str:
        return self["sourcedId"]


def read_manifest(data: bytes) -> dict[str, str]:
    """What the bundle says about itself.

    Raises:
        Refused: it cannot be read.
    """
    rows = list(csv.reader(io.StringIO(_text(data, "manifest.csv"))))
    if not rows or [cell.strip() for cell in rows[0][:2]] != ["propertyName", "value"]:
        raise Refused(_("manifest.csv has to begin with the line propertyName,value."))
    return {row[0].strip(): row[1].strip() for row in rows[1:] if len(row) > 1}


def read_table(name: str, version: str, data: bytes, problems: Problems) -> list[Row]:
    """The rows of one file; what is wrong with it goes to the problems."""
    file = f"{name}.csv"
    try:
        text = _text(data, file)
    except Refused as refused:
        problems.add(file, 0, str(refused))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if not _header_is_good(name, version, header, problems):
            return []
        return list(_rows(name, header, reader, problems))
    except csv.Error as error:
        problems.add(file, reader.line_num, _("This line is no proper CSV: %(why)s") % {"why": str(error)})
        return []


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(
            _("%(file)s is not in UTF-8: line %(line)d. Please choose UTF-8 in the export.")
            % {"file": file, "line": line}
        ) from error


def _header_is_good(name: str, version: str, header: Sequence[str], problems: Problems) -> bool:
    """The columns in their order, in their spelling; extensions only as `metadata.…` at the end."""
    file, known = f"{name}.csv", COLUMNS[name][version]
    before = problems.count
    by_small = {column.casefold(): column for column in known}
    last, ended = -1, False
    for column in header:
        if column.startswith("metadata."):
            ended = True
        elif column not in known:
            right = by_small.get(column.strip().casefold())
            if right:
                text = _("The column “%(given)s” has to be spelled “%(right)s”.")
                problems.add(file, 1, text % {"given": column[:60], "right": right})
            else:
                problems.add(file, 1, _("There is no column “%(given)s” in this file.") % {"given": column[:60]})
        elif ended:
            problems.add(file, 1, _("“%(given)s” stands behind a metadata column.") % {"given": column})
        elif known.index(column) <= last:
            problems.add(file, 1, _("The column “%(given)s” stands in the wrong place.") % {"given": column})
        else:
            last = known.index(column)
    for column in (*NEEDED[name], *META):
        if column not in header and column.casefold() not in {given.strip().casefold() for given in header}:
            problems.add(file, 1, _("The column “%(right)s” is missing.") % {"right": column})
    return problems.count == before


def _rows(name: str, header: Sequence[str], reader: Any, problems: Problems) -> Iterator[Row]:
    file = f"{name}.csv"
    places = {column: header.index(column) for column in TAKEN[name] if column in header}
    meta = [header.index(column) for column in META if column in header]
    seen: set[str] = set()
    count, before = 0, reader.line_num
    for cells in reader:
        line, lines = before + 1, reader.line_num - before
        before = reader.line_num
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS:
            problems.add(file, line, _("There are more than %(most)d lines in it.") % {"most": MOST_ROWS})
            return
        if lines > 1:
            problems.add(file, line, _("There is a line break within a field."))
        elif len(cells) != len(header):
            text = _("This line has %(given)d fields, and the header %(wanted)d.")
            problems.add(file, line, text % {"given": len(cells), "wanted": len(header)})
        elif any(cells[place] for place in meta):
            problems.add(file, line, _("In bulk mode status and dateLastModified are empty."))
        else:
            row = Row(line, {column: cells[place] for column, place in places.items()})
            if _is_good(name, row, seen, problems):
                yield row
    if not count:
        problems.add(
            file, 0, _("There is no line in it. A file without lines is left out, and absent in the manifest.")
        )


def _is_good(name: str, row: Row, seen: set[str], problems: Problems) -> bool:
    file = f"{name}.csv"
    missing = next((column for column in NEEDED[name] if column in TAKEN[name] and not row[column].strip()), "")
    if missing:
        problems.add(file, row.line, _("“%(column)s” is empty.") % {"column": missing})
        return False
    long = next((column for column in row.values if column.endswith("Id") and len(row[column]) > LONGEST_ID), "")
    if long:
        problems.add(file, row.line, _("“%(column)s” is longer than 255 characters.") % {"column": long})
        return False
    if row.id in seen:
        problems.add(file, row.line, _("The sourcedId “%(id)s” stands here a second time.") % {"id": row.id[:60]})
        return False
    seen.add(row.id)
    return True


def yes_or_no(row: Row, column: str, file: str, problems: Problems) -> bool:
    """`true` or `false`, as the standard spells them."""
    if row[column] not in {"true", "false"}:
        text = _("“%(column)s” has to be true or false, in small letters.")
        problems.add(file, row.line, text % {"column": column})
    return row[column] == "true"


def day(row: Row, column: str, file: str, problems: Problems) -> date | None:
    """A day, or None where there is none."""
    value = row[column]
    if not value:
        return None
    try:
        if not DAY.match(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        text = _("“%(column)s” has to be a day such as 2027-03-01.")
        problems.add(file, row.line, text % {"column": column})
        return None


def several(value: str) -> list[str]:
    """A list within a field."""
    return [part.strip() for part in value.split(",") if part.strip()]
