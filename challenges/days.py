"""Days in words, in the reader's language."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def day_name(day: date) -> str:
    """A day as people say it: Thursday, March 12."""
    # Translators: the format of a day, in Django's date format letters.
    return date_format(day, _("l, F j"))


def full_day_name(day: date) -> str:
    """The same with its year: Thursday, March 12, 2026."""
    return date_format(day, _("l, F j, Y"))
