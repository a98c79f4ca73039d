"""The drawings of the pictures with which pupils sign in: our own, in one color, drawn into the page."""

from functools import cache

from kindness_platform.symbols import FOLDER


@cache
def class_picture(name: str) -> str:
    """One of `groups.picture_names`; another name is a mistake in a template and fails loudly."""
    return (FOLDER / "class" / f"{name}.svg").read_text(encoding="utf-8").strip()
