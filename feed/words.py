"""Words that people type, as they are kept: cleaned and bounded, never cut in silence."""

import re
import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]"
PILED_MARKS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


def storable(data: QueryDict) -> QueryDict:
    """A sent form without the letters that no database keeps: NUL and halves of a character."""
    kept = data.copy()
    for name in kept:
        kept.setlist(name, [storable_word(value) for value in data.getlist(name)])
    return kept


def storable_word(value: str) -> str:
    return "".join(letter for letter in value if letter != "\0" and not 0xD800 <= ord(letter) <= 0xDFFF)


def clean_words(text: str) -> str:
    """What was typed, as it is kept: one form of each letter, plain line ends, no control letters, no piled marks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"})
    text = PILED_MARKS.sub(r"\1", text)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\ufeff", "")).strip()


class WordsField(forms.CharField):
    """Text of people: bounded, cleaned, never cut in silence."""

    default_error_messages = {
        "max_length": gettext_lazy("This is %(show_value)d characters long; %(limit_value)d fit here.")
    }

    def to_python(self, value: Any) -> str:
        return clean_words(super().to_python(value) or "")
