"""Time zones as people choose them: names of the IANA database, checked before they are kept."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SKIPPED = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def offered_zones() -> tuple[str, ...]:
    """The names worth offering in a list: places and UTC, without the historic aliases."""
    return (*sorted(z for z in known_zones() if "/" in z and not z.startswith(SKIPPED)), "UTC")


def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """The offered zones for a select, grouped by the first part of their names."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in offered_zones():
        region, _slash, place = zone.partition("/")
        regions.setdefault(region, []).append((zone, (place or region).replace("_", " ").replace("/", " · ")))
    return list(regions.items())


def validate_zone(value: str) -> None:
    if value not in known_zones():
        raise ValidationError(_("We do not know this time zone. Please choose one from the list."), code="zone")
