"""The file of a backup: an ordinary zip that any tool opens, with a manifest inside and a seal at its end.

The last 64 bytes, the end of the zip's comment, are the SHA-256 of all bytes before them. One flipped bit anywhere,
or a missing end, and the file is refused before anything in it is believed.
"""

import contextlib
import hashlib
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Self

import msgspec

from kindness_platform.backups import files

FORMAT = 1
PRODUCT = "goodturn"
MANIFEST = "manifest.json"
SEAL = b"goodturn backup, sealed with sha256 "
DIGITS = 64
CHUNK = 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError)


class Damaged(Exception):
    """This file is no whole backup; the message says in which way."""


class TooNew(Exception):
    """This backup was made by a newer version than this one."""


class Rows(msgspec.Struct, frozen=True):
    """What the manifest says about a table."""

    columns: list[str]
    rows: int
    sha256: str


class Content(msgspec.Struct, frozen=True):
    """What the manifest says about a file."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, and where it comes from."""

    format: int = FORMAT
    product: str = PRODUCT
    version: str
    made_at: datetime
    database: str
    migrations: list[tuple[str, str]]
    tables: dict[str, Rows]
    sequences: dict[str, int]
    files: dict[str, Content]
    keys: dict[str, str]
    settings: dict[str, str]


class _Origin(msgspec.Struct):
    format: int
    product: str
    version: str


def table_file(table: str) -> str:
    return f"tables/{table}.jsonl"


class Writer:
    """Writes an archive under a name that says it is unfinished; `seal` gives it its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + ".part")
        self.files: dict[str, Content] = {}
        handle = os.open(self.unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        """Whatever was not sealed leaves nothing behind, least of all where the disk is full."""
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()
        with contextlib.suppress(OSError):
            self._file.close()
        self.unfinished.unlink(missing_ok=True)

    def add_lines(self, name: str, lines: Iterable[bytes]) -> tuple[int, str]:
        """Write lines as one member; returns how many, and the hash of all of them."""
        count, digest = 0, hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as member:
            for line in lines:
                count += 1
                digest.update(line)
                member.write(line)
        return count, digest.hexdigest()

    def add_file(self, name: str, source: Path, *, compress: bool = False) -> None:
        """Write a file as one member; photos are as small as they get already."""
        size, digest = 0, hashlib.sha256()
        member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        with source.open("rb") as file, self._zip.open(member, "w", force_zip64=True) as target:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                digest.update(chunk)
                target.write(chunk)
        self.files[name] = Content(size, digest.hexdigest())

    def seal(self, manifest: Manifest) -> None:
        """Close the archive with its manifest and the hash of everything, and name it once it is on the disk."""
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        self._zip.comment = SEAL + b"0" * DIGITS
        self._zip.close()
        self._file.seek(0)
        digest = _hash(self._file, self.unfinished.stat().st_size - DIGITS)
        self._file.seek(-DIGITS, os.SEEK_END)
        self._file.write(digest.encode("ascii"))
        self._file.flush()
        os.fsync(self._file.fileno())
        files.put(self.unfinished, self.path)


class Archive:
    """A whole archive: its seal, its members and its manifest have been compared when this exists."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_seal(path)
        try:
            self._zip = zipfile.ZipFile(path)
            content = self._zip.read(MANIFEST)
            self.manifest = _manifest(content)
            self._check_names()
            self._check_contents()
        except (*BROKEN, msgspec.MsgspecError) as why:
            raise Damaged(f"its table of contents makes no sense ({type(why).__name__})") from why

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self._zip.close()

    @property
    def size(self) -> int:
        """How much room its contents take."""
        return sum(member.file_size for member in self._zip.infolist())

    def _check_names(self) -> None:
        names = [member.filename for member in self._zip.infolist()]
        manifest = self.manifest
        told = {MANIFEST, *map(table_file, manifest.tables), *manifest.files}
        if len(names) != len(set(names)) or set(names) != told:
            raise Damaged("it does not hold what its manifest names")
        if any(not _is_inside(name) for name in names):
            raise Damaged("it names a place outside of itself")

    def _check_contents(self) -> None:
        for table, told in self.manifest.tables.items():
            lines, digest = 0, hashlib.sha256()
            with self._zip.open(table_file(table)) as member:
                for line in member:
                    lines += 1
                    digest.update(line)
            if (lines, digest.hexdigest()) != (told.rows, told.sha256):
                raise Damaged(f"the rows of {table} are not those of its manifest")
        for name, content in self.manifest.files.items():
            size = self._zip.getinfo(name).file_size
            with self._zip.open(name) as member:
                if (size, _hash(member, size)) != (content.size, content.sha256):
                    raise Damaged(f"{name} is not the file of its manifest")

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table."""
        with self._zip.open(table_file(table)) as member:
            yield from member

    def extract(self, name: str, target: Path) -> None:
        """Write one file out. There may be very many, so the caller sees to it that all of them reach the disk."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with self._zip.open(name) as member, os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(member, file, CHUNK)

    def read(self, name: str) -> bytes:
        """A small file, whole."""
        return self._zip.read(name)


def _check_seal(path: Path) -> None:
    length = path.stat().st_size
    if length < len(SEAL) + DIGITS:
        raise Damaged("it is no backup of Goodturn, or most of it is missing")
    with path.open("rb") as file:
        digest = _hash(file, length - DIGITS)
        file.seek(-len(SEAL) - DIGITS, os.SEEK_END)
        end = file.read()
    if not end.startswith(SEAL):
        raise Damaged("it is no backup of Goodturn, or its end is missing")
    if end[len(SEAL) :] != digest.encode("ascii"):
        raise Damaged("its content and its seal do not match")


def _manifest(content: bytes) -> Manifest:
    origin = msgspec.json.decode(content, type=_Origin)
    if origin.product != PRODUCT:
        raise Damaged("it is a backup of something else")
    if origin.format > FORMAT:
        raise TooNew(origin.version)
    return msgspec.json.decode(content, type=Manifest)


def _is_inside(name: str) -> bool:
    return bool(re.fullmatch(r"[^\0\\]+", name)) and not name.startswith("/") and ".." not in PurePosixPath(name).parts


def _hash(file: IO[bytes], length: int) -> str:
    digest = hashlib.sha256()
    while length > 0 and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()
