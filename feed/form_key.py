"""The key of a form: the same one, sent twice, is one act or one comment."""

import re
from typing import Any

from django import forms

from accounts.ids import new_public_id

FORM_KEY = re.compile(r"[0-9A-Za-z_-]{8,32}")


class FormKeyField(forms.CharField):
    """Drawn with the form. What is no such key says nothing, and a new one takes its place."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> str:
        key = super().clean(value)
        return key if FORM_KEY.fullmatch(key) else new_public_id()
