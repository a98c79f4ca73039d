from typing import Any

from django import forms

from groups.models.join_code import normalize_code


class CodeField(forms.CharField):
    """A code that somebody copies from a letter, a poster or a card: as it is stored, however it was typed.

    Args:
        missing: what to say where nothing is left of what was typed; text, or text still to be translated.
        too_long: what to say to far more than a code.
    """

    def __init__(self, *, missing: Any, too_long: Any, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code-in"}
        errors = {"required": missing, "max_length": too_long}
        super().__init__(max_length=60, error_messages=errors, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        code = normalize_code(super().clean(value))
        if not code:
            raise forms.ValidationError(self.error_messages["required"])
        return code
