"""Files that are either whole and on the disk, or not there."""

import os
import shutil
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a small file that nobody else may read; a full disk or a power cut leaves what was there before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        put(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def put(unfinished: Path, path: Path) -> None:
    """Give a file its name; that is safe once its folder is on the disk."""
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def move(source: Path, target: Path) -> None:
    """Move a file to where it belongs, also onto another disk, without ever showing half of it there."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError:
        beside = target.with_name(target.name + ".part")
        shutil.copyfile(source, beside)
        beside.chmod(0o600)
        beside.replace(target)
        source.unlink()
