"""Moments as people say them."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def when(moment: datetime, now: datetime) -> str:
    """How long ago, as people say it. Both moments are in the reader's zone."""
    # Two moments of one zone, taken from each other, differ by what its clocks show: an hour wrong when they change.
    minutes = int((now.timestamp() - moment.timestamp()) // 60)
    if minutes < 1:
        return _("Just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if moment.date() == now.date():
        if moment.hour < 12:
            return _("This morning")
        return _("This afternoon") if moment.hour < 18 else _("This evening")
    if moment.date() == now.date() - timedelta(days=1):
        return _("Yesterday")
    if moment.date() > now.date() - timedelta(days=7):
        return date_format(moment, "l")
    return date_format(moment, "MONTH_DAY_FORMAT" if moment.year == now.year else "DATE_FORMAT")
