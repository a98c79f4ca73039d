"""No password that a guesser of this site would try first."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

OWN_WORDS = ("goodturn", "good turn", "kindness", "password", "welcome")
"""Beside the name of the site: what stands on its pages, and what people write when nothing comes to mind."""


class OwnWordsValidator:
    """Refuses a password that is only the name of this place, whatever digits and signs stand around it."""

    def validate(self, password: str, user: User | None = None) -> None:
        own = {_letters(word) for word in (*OWN_WORDS, settings.SITE_NAME)} - {""}
        rest = _letters(password)
        while found := next((word for word in own if rest.startswith(word)), ""):
            rest = rest.removeprefix(found)
        if not rest and _letters(password):
            raise ValidationError(self.get_help_text(), code="own_words")

    def get_help_text(self) -> str:
        return _("This password is easy to guess here. Please choose another one.")


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", unicodedata.normalize("NFKC", text).casefold())
