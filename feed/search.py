"""Finding words in the acts of one group."""

import re
import unicodedata

from django.db import connection
from django.db.models import Q

LONGEST = 80


def clean_query(typed: str) -> str:
    """What somebody looks for: one form of each letter, nothing invisible, at most 80 characters."""
    words = unicodedata.normalize("NFC", typed[: LONGEST * 4])
    return "".join(letter for letter in words if unicodedata.category(letter) not in {"Cc", "Cs"}).strip()[:LONGEST]


def says(words: str) -> Q:
    """Acts whose text holds these words as typed, in any case; `%`, `_` and `.*` mean themselves.

    SQLite's LIKE knows upper and lower case of ASCII letters only, so there the words go, escaped, through
    Python's regular expressions, which know all of them.
    """
    if connection.vendor == "sqlite":
        return Q(text__iregex=re.escape(words))
    return Q(text__icontains=words)
