"""The keys, which travel apart from what they lock: a file of their own, and their fingerprints in every backup."""

import hashlib
import json
from pathlib import Path

from django.conf import settings

from kindness_platform.backups import files

KIND = "goodturn keys"
SIGNING = "secret_key"


class WrongKeys(Exception):
    """This file holds no keys, or others than the backup was made with."""


def here() -> dict[str, str]:
    """The keys of this installation by name. The signing key may come from the environment instead of a file."""
    found = sorted(settings.KEYS_DIR.iterdir()) if settings.KEYS_DIR.is_dir() else []
    keys = {file.name: file.read_text(encoding="utf-8") for file in found if file.is_file()}
    return keys | {SIGNING: settings.SECRET_KEY}


def fingerprints(keys: dict[str, str]) -> dict[str, str]:
    """What tells whether two keys are the same and nothing else; keys are long and random, so no guess fits."""
    return {name: hashlib.sha256(f"{name}\0{key.strip()}".encode()).hexdigest() for name, key in sorted(keys.items())}


def write(folder: Path) -> Path:
    """Keep the keys in a file named by what it holds: the same keys make no second file."""
    keys = here()
    name = hashlib.sha256(json.dumps(fingerprints(keys)).encode()).hexdigest()[:12]
    path = folder / f"goodturn-keys-{name}.json"
    if not path.exists():
        files.write_whole(path, json.dumps({"kind": KIND, "keys": keys}, indent=1) + "\n")
    return path


def read(path: Path) -> dict[str, str]:
    """The keys of a file that `write` made."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = content["keys"] if content["kind"] == KIND else None
    except (ValueError, KeyError, TypeError) as why:
        raise WrongKeys("this file holds no keys of Goodturn") from why
    if not isinstance(keys, dict) or not all(_is_plain(name) and isinstance(key, str) for name, key in keys.items()):
        raise WrongKeys("this file holds no keys of Goodturn")
    return keys


def put_in_place(keys: dict[str, str]) -> None:
    for name, key in keys.items():
        files.write_whole(settings.KEYS_DIR / name, key.strip() + "\n")


def _is_plain(name: object) -> bool:
    return isinstance(name, str) and name.replace("_", "").replace("-", "").replace(".", "").isalnum()
