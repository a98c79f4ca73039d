"""A person's copy of their data, as one file: JSON from each room, their photos, and a page that explains it."""

import json
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from accounts import data_rights
from accounts.data_rights import Copy
from accounts.models import User


def file_name(user: User) -> str:
    return f"{slugify(settings.SITE_NAME) or 'copy'}-{user.today().isoformat()}.zip"


def write(user: User) -> IO[bytes]:
    """Make the copy in a file without a name: when it is closed, sent or not, nothing of it is left."""
    copies = {room: room.export(user) for room in data_rights.rooms()}
    file = TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _readme(user))
            for room, copy in copies.items():
                archive.writestr(room.file, _as_json(copy))
                for name, path in copy.files.items():
                    _add(archive, name, path)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _readme(user: User) -> str:
    context = {
        "name": user.name,
        "now": timezone.now(),
        "rooms": data_rights.rooms(),
        "SITE_NAME": settings.SITE_NAME,
    }
    return render_to_string("account/copy_readme.txt", context)


def _as_json(copy: Copy) -> str:
    return json.dumps(copy.data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n"


def _add(archive: ZipFile, name: str, path: str) -> None:
    """A photo as it is: it is compressed already. One that was taken away a moment ago is left out."""
    with suppress(FileNotFoundError), default_storage.open(path) as stored:
        archive.writestr(name, stored.read(), ZIP_STORED)
