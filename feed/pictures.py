"""Photos: what is sent becomes a fresh picture made of nothing but its pixels.

Only four formats are read, told by their first bytes. The file is opened in a child process with little
memory and little time, so that a picture made to explode hurts nobody but itself; what comes back are the
bytes of two new WebP files. Names, places, comments and thumbnails inside the sent file stay there, and
the sent file is never stored.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from feed.models import Photo
from groups.models import Group

SIZES: Final = {"small": 640, "large": 1600}
SECONDS: Final = 15
WORKER: Final = Path(__file__).with_name("picture_worker.py")


class Refused(Exception):
    """This file cannot become a photo; the text says why and what to do, in the sender's language."""


class NoRoom(Exception):
    """There is no room to keep the photo."""


@dataclass(frozen=True)
class Picture:
    """Two encodings of one picture, and the measures of the large one."""

    small: bytes
    large: bytes
    width: int
    height: int


def kind_of(head: bytes) -> str:
    """The format that a file's first bytes say it has; empty for all that we do not read."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return "GIF"
    return "WEBP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def redraw(sent: "UploadedFile[Any]") -> Picture:
    """The picture in a sent file, drawn anew.

    Raises:
        Refused: it is too large, of another kind, broken, or no picture at all.
    """
    if (sent.size or 0) > settings.PHOTO_MAX_BYTES:
        megabytes = settings.PHOTO_MAX_BYTES // (1024 * 1024)
        raise Refused(_("This photo is too large. Up to %(n)d MB fit here.") % {"n": megabytes})
    head = sent.read(16)
    sent.seek(0)
    kind = kind_of(head)
    if not kind:
        raise Refused(_("We can take JPEG, PNG, WebP and GIF photos. Please choose one of these."))
    return _in_child(sent.read(), kind)


def _in_child(content: bytes, kind: str) -> Picture:
    sizes = [str(size) for size in SIZES.values()]
    command = [sys.executable, "-I", str(WORKER), kind, *sizes]
    where = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH"}}
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False, env=where)  # noqa: S603
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        raise Refused(_("We could not read this photo. Please try another one, or save it anew and send that."))
    header, _line, encodings = done.stdout.partition(b"\n")
    width, height, small, large = map(int, header.split())
    return Picture(encodings[:small], encodings[small : small + large], width, height)


def keep(picture: Picture, group: Group, uploader: User, alt: str = "") -> Photo:
    """Store a picture and its row: never one without the other.

    Raises:
        NoRoom: the disk is full; nothing was kept.
    """
    photo = Photo(group=group, uploader=uploader, width=picture.width, height=picture.height, alt=alt)
    written: list[str] = []
    try:
        for size, content in (("small", picture.small), ("large", picture.large)):
            path = photo.path(size)
            written.append(path)
            default_storage.save(path, ContentFile(content))
        with transaction.atomic():
            photo.save(force_insert=True)
    except OSError as error:
        _discard(written)
        raise NoRoom from error
    except BaseException:
        _discard(written)
        raise
    return photo


def _discard(paths: Iterable[str]) -> None:
    for path in paths:
        default_storage.delete(path)


def discard(photo: Photo) -> None:
    """Forget a photo that was never posted: the row first, then its files. One that an act has taken stays."""
    deleted, _rows = Photo.objects.filter(pk=photo.pk, act=None).delete()
    if deleted:
        _discard_on_commit([photo])


def erase(photos: "QuerySet[Photo]") -> int:
    """Forget photos for good, whatever has them: the rows first, then their files. Returns how many there were."""
    gone = list(photos)
    Photo.objects.filter(pk__in=[photo.pk for photo in gone]).delete()
    _discard_on_commit(gone)
    return len(gone)


def _discard_on_commit(photos: Iterable[Photo]) -> None:
    paths = [photo.path(size) for photo in photos for size in SIZES]
    transaction.on_commit(lambda: _discard(paths))
