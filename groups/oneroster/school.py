"""What the files of a bundle say together: classes with their pupils and teachers."""

from dataclasses import dataclass, field
from datetime import date
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.names import clean_name
from groups.class_forms import PUPIL_NAME, clean_pupil_name
from groups.oneroster.bundle import Bundle, open_bundle
from groups.oneroster.problems import Problems, Refused
from groups.oneroster.tables import COLUMNS, Row, day, read_manifest, read_table, several, yes_or_no

READ = ("orgs", "users", "roles", "classes", "enrollments")
VERSIONS = ("1.1", "1.2")
ORG_TYPES = {"department", "school", "district", "local", "state", "national"}
CLASS_TYPES = {"homeroom", "scheduled"}
ROLE_TYPES = {"primary", "secondary"}
USER_ROLES = {
    *("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"),
    *("counselor", "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator"),
}
ENROLLED_AS = {"administrator", "proctor", "student", "teacher"}
CLASS_NAME = 80
# Grades by the usual American codes: up to fifth grade pupils are 11 at most, up to ninth 15.
YOUNG = {"IT", "PR", "PK", "TK", "KG", "PS", *(f"{n:02}" for n in range(1, 6))}
LOWER = {f"{n:02}" for n in range(6, 10)}
UPPER = {f"{n:02}" for n in range(10, 14)}


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil as the school's system knows them: an id, a first name, and one letter more for two of the same name."""

    sourced_id: str
    name: str
    letter: str


@dataclass(slots=True)
class Class:
    sourced_id: str
    title: str
    age_band: str
    pupils: set[str] = field(default_factory=set)
    teachers: set[str] = field(default_factory=set)


@dataclass
class School:
    """All that a bundle says and we keep."""

    version: str = ""
    children: dict[str, Child] = field(default_factory=dict)
    teachers: dict[str, str] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)


def read_school(file: IO[bytes], *, today: date) -> School:
    """Read a bundle as of a day.

    Raises:
        Refused: it cannot be read at all. Mistakes in its lines are the school's `problems`.
    """
    bundle = open_bundle(file)
    manifest = read_manifest(bundle.read("manifest.csv"))
    version = _version(manifest)
    school = School(version=version)
    tables = _tables(bundle, manifest, version, school.problems)
    if school.problems and not all(tables.get(name) for name in _needed(version)):
        return school
    _Reader(school, tables, today).read()
    return school


def _needed(version: str) -> list[str]:
    return [name for name in READ if version in COLUMNS[name]]


def _version(manifest: dict[str, str]) -> str:
    version = manifest.get("oneroster.version", "")
    if version not in VERSIONS:
        text = _("The manifest says OneRoster “%(version)s”. We read 1.1 and 1.2; please export one of them.")
        raise Refused(text % {"version": version[:20] or "?"})
    modes = {name: manifest.get(f"file.{name}", "") for name in _needed(version)}
    if "delta" in modes.values():
        raise Refused(
            _(
                "This is a delta export: it holds only what has changed, and we would not know who is missing. "
                "In your school’s system, please choose “bulk” (a complete export) and send that."
            )
        )
    return version


def _tables(bundle: Bundle, manifest: dict[str, str], version: str, problems: Problems) -> dict[str, list[Row]]:
    """Every file that is needed, if it is what the manifest says. No other file is opened."""
    found: dict[str, list[Row]] = {}
    for name in _needed(version):
        file, mode = f"{name}.csv", manifest.get(f"file.{name}", "")
        there = file in bundle.names
        if mode == "bulk" and there:
            found[name] = read_table(name, version, bundle.read(file), problems)
        elif mode == "bulk":
            problems.add(file, 0, _("The manifest names this file, and it is not in the zip."))
        elif mode == "absent" and there:
            problems.add(file, 0, _("The manifest says that this file is absent, and it is there."))
        elif mode == "absent":
            problems.add(file, 0, _("We need this file. Please add it to the export."))
        else:
            text = _("The manifest says “%(mode)s” of this file; it has to be bulk.")
            problems.add(file, 0, text % {"mode": mode[:20]})
    return found


class _Reader:
    """Puts the rows together; each mistake is noted once, where it stands."""

    def __init__(self, school: School, tables: dict[str, list[Row]], today: date) -> None:
        self.school, self.tables, self.today = school, tables, today
        self.problems = school.problems
        self.orgs = {row.id for row in tables.get("orgs", [])}
        self.users: dict[str, str] = {}
        """What each user is here: student, teacher, or "" for those we do not keep."""

    def read(self) -> None:
        self._orgs()
        self._users()
        self._classes()
        self._enrollments()

    def _orgs(self) -> None:
        parents = {row.id: row["parentSourcedId"] for row in self.tables["orgs"]}
        for row in self.tables["orgs"]:
            if row["type"] not in ORG_TYPES:
                self._wrong("orgs", row, "type")
            if row["parentSourcedId"] and row["parentSourcedId"] not in self.orgs:
                self._unknown("orgs", row, "parentSourcedId")
            elif _goes_round(row.id, parents):
                self.problems.add("orgs.csv", row.line, _("This organization is above itself."))

    def _users(self) -> None:
        said = self._roles() if self.school.version == "1.2" else {}
        for row in self.tables["users"]:
            enabled = yes_or_no(row, "enabledUser", "users.csv", self.problems)
            roles = said.get(row.id, set())
            if self.school.version == "1.1":
                if row["role"] not in USER_ROLES:
                    self._wrong("users", row, "role")
                    continue
                roles = {row["role"]}
                if any(org not in self.orgs for org in several(row["orgSourcedIds"])) or not row["orgSourcedIds"]:
                    self._unknown("users", row, "orgSourcedIds")
            self.users[row.id] = ""
            if not enabled:
                continue
            if "student" in roles:
                self._child(row)
            elif "teacher" in roles:
                self.users[row.id] = "teacher"
                self.school.teachers[row.id] = clean_or_blank(f"{row['givenName']} {row['familyName']}")

    def _roles(self) -> dict[str, set[str]]:
        users = {row.id for row in self.tables["users"]}
        said: dict[str, set[str]] = {}
        for row in self.tables["roles"]:
            if row["role"] not in USER_ROLES:
                self._wrong("roles", row, "role")
            elif row["roleType"] not in ROLE_TYPES:
                self._wrong("roles", row, "roleType")
            elif row["userSourcedId"] not in users:
                self._unknown("roles", row, "userSourcedId")
            elif row["orgSourcedId"] not in self.orgs:
                self._unknown("roles", row, "orgSourcedId")
            elif self._holds(row, "roles.csv"):
                said.setdefault(row["userSourcedId"], set()).add(row["role"])
        return said

    def _child(self, row: Row) -> None:
        """The name that the child goes by. A name that is none is a mistake; one that is too long is cut."""
        given = row["preferredGivenName"].strip() or row["givenName"].strip()
        try:
            name = clean_pupil_name(clean_name(given[:2000], 2000)[:PUPIL_NAME])
        except ValidationError as error:
            self.problems.add("users.csv", row.line, " ".join(error.messages))
            return
        letter = next((c for c in row["familyName"] if c.isalpha()), "")
        self.users[row.id] = "student"
        self.school.children[row.id] = Child(row.id, name, f"{letter.upper()}." if letter else "")

    def _classes(self) -> None:
        for row in self.tables["classes"]:
            title = clean_or_blank(row["title"])[:CLASS_NAME].strip()
            if row["classType"] not in CLASS_TYPES:
                self._wrong("classes", row, "classType")
            elif row["schoolSourcedId"] not in self.orgs:
                self._unknown("classes", row, "schoolSourcedId")
            elif not title:
                self._wrong("classes", row, "title")
            else:
                self.school.classes[row.id] = Class(row.id, title, age_band_of(several(row["grades"])))

    def _enrollments(self) -> None:
        classes = {row.id for row in self.tables["classes"]}
        for row in self.tables["enrollments"]:
            if row["role"] not in ENROLLED_AS:
                self._wrong("enrollments", row, "role")
            elif row["classSourcedId"] not in classes:
                self._unknown("enrollments", row, "classSourcedId")
            elif row["userSourcedId"] not in self.users:
                self._unknown("enrollments", row, "userSourcedId")
            elif row["schoolSourcedId"] not in self.orgs:
                self._unknown("enrollments", row, "schoolSourcedId")
            elif self._holds(row, "enrollments.csv"):
                self._enroll(row)

    def _enroll(self, row: Row) -> None:
        group, user = self.school.classes.get(row["classSourcedId"]), row["userSourcedId"]
        if group and row["role"] == "student" and self.users[user] == "student":
            group.pupils.add(user)
        elif group and row["role"] == "teacher" and self.users[user] == "teacher":
            group.teachers.add(user)

    def _holds(self, row: Row, file: str) -> bool:
        """Whether it is in force today. The last day does not belong to it."""
        begin, end = day(row, "beginDate", file, self.problems), day(row, "endDate", file, self.problems)
        if begin and end and end < begin:
            self.problems.add(file, row.line, _("It ends before it begins."))
        return (begin is None or begin <= self.today) and (end is None or self.today < end)

    def _wrong(self, table: str, row: Row, column: str) -> None:
        text = _("“%(value)s” is no %(column)s of the standard.")
        self.problems.add(f"{table}.csv", row.line, text % {"value": row[column][:60], "column": column})

    def _unknown(self, table: str, row: Row, column: str) -> None:
        text = _("%(column)s “%(value)s” stands in no other file.")
        self.problems.add(f"{table}.csv", row.line, text % {"value": row[column][:60], "column": column})


def _goes_round(org: str, parents: dict[str, str]) -> bool:
    seen = set()
    while org:
        if org in seen:
            return True
        seen.add(org)
        org = parents.get(org, "")
    return False


def age_band_of(grades: list[str]) -> str:
    """The youngest age that a class's grades speak of; "" where they say nothing we know."""
    for band, codes in (("7-11", YOUNG), ("11-15", LOWER), ("16-18", UPPER)):
        if any(grade.upper().zfill(2) in codes for grade in grades):
            return band
    return ""


def clean_or_blank(text: str) -> str:
    try:
        return clean_name(text[:2000], 2000)
    except ValidationError:
        return ""
