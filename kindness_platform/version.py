"""Which version this is: the one place is `pyproject.toml`."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def version() -> str:
    project = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
