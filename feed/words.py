"""Words that people type, as they are kept: cleaned and bounded, never cut in silence."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]"
PILED_MARKS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


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
