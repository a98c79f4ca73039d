"""Bundles as schools' systems export them, well made and badly made."""

import io
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from groups.oneroster.tables import COLUMNS

Table = list[dict[str, str]]
CANARIES = {"password": "canarypassword", "sms": "canarysms", "phone": "canaryphone", "agentSourcedIds": "canaryagent"}
CANARIES |= {"email": "canary@example.org", "identifier": "canaryid", "middleName": "Canarymiddle"}


@dataclass
class Export:
    """One export: its tables, and what may be done to the files they become."""

    version: str = "1.1"
    tables: dict[str, Table] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, bytes | None] = field(default_factory=dict)
    newline: str = "\r\n"
    bom: bool = False

    def text(self, name: str) -> str:
        columns = self.headers.get(name) or list(COLUMNS[name][self.version])
        lines = [",".join(columns)]
        lines += [",".join(_quoted(row.get(column, "")) for column in columns) for row in self.tables[name]]
        return self.newline.join(lines) + self.newline

    def manifest(self) -> str:
        rows = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", self.version)]
        rows += [(f"file.{name}", self.modes.get(name, "bulk")) for name in self.tables]
        rows += [("file.demographics", "absent"), ("source.systemName", "A School"), ("source.systemCode", "one")]
        return self.newline.join(",".join(row) for row in rows) + self.newline

    def entries(self) -> dict[str, bytes]:
        mark = "\ufeff" if self.bom else ""
        made = {f"{name}.csv": f"{mark}{self.text(name)}".encode() for name in self.tables}
        made["manifest.csv"] = f"{mark}{self.manifest()}".encode()
        given = {name: data for name, data in self.files.items() if data is not None}
        return {name: data for name, data in made.items() if name not in self.files} | given

    def zip(self) -> io.BytesIO:
        return zipped(self.entries())


def _quoted(value: str) -> str:
    return f'"{value.replace(chr(34), chr(34) * 2)}"' if any(c in value for c in ',"\n\r') else value


def zipped(entries: Mapping[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    file.seek(0)
    return file


def zipped_with(export: Export, change: Callable[[zipfile.ZipFile], None]) -> io.BytesIO:
    """The export, with something in the zip that no export has."""
    file = export.zip()
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        change(archive)
    file.seek(0)
    return file


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("extra.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


def child(n: int, name: str = "", **more: str) -> dict[str, str]:
    row = {"sourcedId": f"s{n}", "enabledUser": "true", "orgSourcedIds": "school", "role": "student"}
    row |= {
        "username": f"user{n}",
        "givenName": name or f"Child{chr(96 + n)}",
        "familyName": "Canaryfamily",
        **CANARIES,
    }
    return row | {"primaryOrgSourcedId": "school"} | more


def enrolled(user: str, group: str, role: str = "student", **more: str) -> dict[str, str]:
    base = {"sourcedId": f"e-{user}-{group}", "classSourcedId": group, "schoolSourcedId": "school"}
    return base | {"userSourcedId": user, "role": role} | more


def make(version: str = "1.1", *, children: int = 6, classes: int = 2) -> Export:
    """A school with some classes, a teacher for each, and pupils spread over them."""
    teachers = [
        child(0, "Tarantella", sourcedId=f"t{n}", role="teacher", username=f"teacher{n}") for n in range(classes)
    ]
    pupils = [child(n) for n in range(1, children + 1)]
    tables: dict[str, Table] = {
        "orgs": [
            {"sourcedId": "district", "name": "District", "type": "district"},
            {"sourcedId": "school", "name": "Ferry Lane", "type": "school", "parentSourcedId": "district"},
        ],
        "users": [*teachers, *pupils],
        "classes": [
            {
                "sourcedId": f"c{n}",
                "title": f"Class {n + 1}",
                "grades": "04",
                "courseSourcedId": "course",
                "classType": "homeroom",
                "schoolSourcedId": "school",
                "termSourcedIds": "term",
            }
            for n in range(classes)
        ],
        "enrollments": [
            *(enrolled(f"t{n}", f"c{n}", "teacher", primary="true") for n in range(classes)),
            *(enrolled(f"s{n}", f"c{n % classes}") for n in range(1, children + 1)),
        ],
    }
    if version == "1.2":
        tables["roles"] = [
            {
                "sourcedId": f"r-{row['sourcedId']}",
                "userSourcedId": row["sourcedId"],
                "roleType": "primary",
                "role": row["role"],
                "orgSourcedId": "school",
            }
            for row in tables["users"]
        ]
    return Export(version, tables)
