"""Time zones as people choose them: names of the IANA database, checked before they are kept."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

when_moved: list[Callable[[Any], None]] = []
"""Whoever keeps a moment that follows from somebody's zone is told here when it changes."""
SKIPPED = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "posix/", "right/")
COMMON = (
    *("Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York"),
    *("America/Bogota", "America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Africa/Lagos", "Africa/Johannesburg"),
    *("Europe/Athens", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Jakarta"),
    *("Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "UTC"),
)
"""The clocks most people live by, from west to east."""
REGIONS = {
    "Africa": _("Africa"),
    "America": _("The Americas"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_named(*names: str) -> ZoneInfo:
    """The first of these zones that exists, else UTC. A new release of the time zones may have dropped a name."""
    for name in names:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


@cache
def offered_zones() -> tuple[str, ...]:
    """The names worth offering in a list: places and UTC, without the historic aliases."""
    return (*sorted(z for z in known_zones() if "/" in z and not z.startswith(SKIPPED)), "UTC")


def zones_by_region(own: str = "UTC") -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones for a select: somebody's own and the common ones first, then all of them by their regions.

    A zone that a browser has told us by an old name is in no region, but it is kept, so it is offered.
    """
    mine = [own] if own not in COMMON else []
    groups = {str(_("Often chosen")): [*mine, *(zone for zone in COMMON if zone in known_zones())]}
    for zone in offered_zones():
        region = zone.partition("/")[0]
        if region in REGIONS:
            groups.setdefault(str(REGIONS[region]), []).append(zone)
    return [(region, [(zone, place_of(zone)) for zone in zones]) for region, zones in groups.items()]


def place_of(zone: str) -> str:
    """What people call a zone: Kathmandu, or San Juan · Argentina."""
    place = zone.partition("/")[2] or zone
    return " · ".join(reversed(place.replace("_", " ").split("/")))


def validate_zone(value: str) -> None:
    if value not in known_zones():
        raise ValidationError(_("We do not know this time zone. Please choose one from the list."), code="zone")
