"""Opening the zip: nothing is written anywhere, and nothing is unpacked before its size is known."""

import stat
import zipfile
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from groups.oneroster.problems import Refused

MOST_FILES = 60
BIGGEST_FILE = 128 * 1024 * 1024
BIGGEST = 256 * 1024 * 1024
HOW_DENSE = 200
"""Times that a file may be larger than it lies in the zip; lists of names shrink to a tenth or so."""
CLEVER = {"students.csv", "teachers.csv", "sections.csv", "schools.csv", "staff.csv", "admins.csv"}
MANIFEST = "manifest.csv"


@dataclass(frozen=True)
class Bundle:
    """The files of a zip by name, unread."""

    archive: zipfile.ZipFile
    names: frozenset[str]

    def read(self, name: str) -> bytes:
        """One file, no larger than it said it was."""
        try:
            with self.archive.open(name) as file:
                data = file.read(BIGGEST_FILE + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise Refused(_("%(file)s is damaged. Please export again.") % {"file": name}) from error
        if len(data) > BIGGEST_FILE:
            raise Refused(_("%(file)s is too large to be a list of a school.") % {"file": name})
        return data


def open_bundle(file: IO[bytes]) -> Bundle:
    """Look at what is in the zip.

    Raises:
        Refused: it is none, it is a trap, or it is another system's export.
    """
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Refused(_("This is no zip file. Please choose the file that your system has exported.")) from error
    _check(entries)
    names = frozenset(entry.filename for entry in entries)
    _check_whose(names)
    return Bundle(archive, names)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise Refused(_("There are %(count)d files in it; OneRoster has 22 at most.") % {"count": len(entries)})
    for entry in entries:
        name = entry.filename
        if "/" in name or "\\" in name or name.startswith("."):
            raise Refused(
                _("The files have to lie at the top of the zip, without a folder around them: %(name)s")
                % {"name": name[:80]}
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(_("%(name)s is a link and no file.") % {"name": name[:80]})
        if entry.flag_bits & 0x1:
            raise Refused(_("The zip has a password. Please export it without one."))
        if name.lower().endswith(".zip"):
            raise Refused(_("There is a zip in the zip. Please choose the inner one."))
        if entry.file_size > BIGGEST_FILE or entry.file_size > HOW_DENSE * max(entry.compress_size, 512):
            raise Refused(_("%(file)s is too large to be a list of a school.") % {"file": name[:80]})
    if sum(entry.file_size for entry in entries) > BIGGEST:
        raise Refused(_("All in all this is too large to be the lists of a school."))
    names = [entry.filename for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise Refused(_("%(name)s is in it twice.") % {"name": twice[:80]})


def _check_whose(names: frozenset[str]) -> None:
    if MANIFEST in names:
        return
    small = {name.casefold() for name in names}
    if len(small & CLEVER) >= 2 and "users.csv" not in small:
        raise Refused(
            _(
                "These look like files in Clever’s own format (students.csv, teachers.csv, sections.csv). "
                "We read OneRoster. In your school’s system, please choose the export “OneRoster 1.1 CSV” or "
                "“OneRoster 1.2 CSV”, in bulk mode; it makes a zip with manifest.csv in it."
            )
        )
    if MANIFEST in small:
        raise Refused(_("The file has to be called manifest.csv, in small letters."))
    raise Refused(_("There is no manifest.csv in it. Please choose the zip that a OneRoster export makes, as it is."))
