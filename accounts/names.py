"""Names that people give themselves and their groups: kept as they are meant, without what cannot be seen."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 60
# Joiners are letters' business in Persian, in Indic scripts and in emoji; every other format character
# (direction overrides, zero-width spaces, tags) only hides or turns what a name says.
JOINERS = {"\u200c", "\u200d"}
# These count as letters or symbols, yet show nothing.
BLANKS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
MARKS_IN_A_ROW = 4


def clean_name(value: str, max_length: int = MAX_LENGTH) -> str:
    """A name as one visible line in NFC, or ValidationError with a kind sentence.

    Removed: control characters, direction overrides, invisible characters, piles of combining marks,
    doubled spaces. Refused: nothing visible left, or longer than `max_length`.
    """
    if len(value) > max_length * 20:
        raise too_long(max_length)
    name = "".join(kept for c in unicodedata.normalize("NFC", value) if (kept := _keep(c)))
    name = re.sub(r"\s+", " ", _thin(name)).strip(" \u200c\u200d")
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise ValidationError(_("Please give a name with at least one letter."), code="invisible")
    if len(name) > max_length:
        raise too_long(max_length)
    return name


def isolated(name: str) -> str:
    """A name within a sentence of plain text: one that runs against the language cannot turn the line around.

    Pages have `<bdi>` for this; what is copied or mailed as text needs the two invisible characters.
    """
    against = {"L"} if get_language_bidi() else {"R", "AL"}
    return f"\u2068{name}\u2069" if any(unicodedata.bidirectional(c) in against for c in name) else name


def too_long(max_length: int) -> ValidationError:
    message = _("This name is too long. Please use at most %(limit)d characters.")
    return ValidationError(message, code="max_length", params={"limit": max_length})


def _keep(c: str) -> str:
    if c in JOINERS:
        return c
    if c in BLANKS or unicodedata.category(c) in {"Zl", "Zp", "Zs"} or c in "\t\r\n":
        return " "
    return "" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} else c


def _thin(name: str) -> str:
    """At most four combining marks on one letter: enough for every script, too few to climb over the page."""
    thinned: list[str] = []
    marks = 0
    for c in name:
        marks = marks + 1 if unicodedata.category(c) in {"Mn", "Me"} else 0
        if marks <= MARKS_IN_A_ROW:
            thinned.append(c)
    return "".join(thinned)


class NameField(forms.CharField):
    """A form field for the name of a person or a group."""

    def __init__(self, *, max_length: int = MAX_LENGTH, **kwargs: Any) -> None:
        self.name_length = max_length
        super().__init__(strip=False, **kwargs)
        self.error_messages["required"] = _("Please give a name.")
        self.widget.attrs.setdefault("maxlength", str(max_length))

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return clean_name(text, self.name_length) if text.strip() else ""
