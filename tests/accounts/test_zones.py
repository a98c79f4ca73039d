"""Time zones as a list that people find themselves in."""

from zoneinfo import TZPATH

import pytest
from django.test import Client

from accounts.models import User
from accounts.zones import COMMON, known_zones, offered_zones, place_of, zone_named, zones_by_region

PATH = "/you/settings/"


def test_the_clocks_most_people_live_by_come_first_and_all_others_by_region() -> None:
    groups = {region: [zone for zone, _place in zones] for region, zones in zones_by_region()}
    assert list(groups)[:2] == ["Often chosen", "Africa"]
    assert groups.pop("Often chosen") == list(COMMON)
    assert set(COMMON) <= known_zones()
    assert sum(map(len, groups.values())) == len(offered_zones()) - 1, "each once, and UTC in no region"
    assert max(map(len, groups.values())) < 180
    assert "Asia/Kathmandu" in groups["Asia"]


@pytest.mark.parametrize(
    ("zone", "place"),
    [("Asia/Kathmandu", "Kathmandu"), ("America/Argentina/San_Juan", "San Juan · Argentina"), ("UTC", "UTC")],
)
def test_places_read_as_people_say_them(zone: str, place: str) -> None:
    assert place_of(zone) == place


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "US/Pacific", "UTC", "Europe/Berlin"])
def test_my_own_zone_is_chosen_and_stands_among_the_first(as_mia: Client, mia: User, zone: str) -> None:
    """Also one that a browser told by an old name: saving another setting must not change it."""
    mia.time_zone = zone
    mia.save()
    html = as_mia.get(PATH).content.decode()
    often, _slash, regions = html.partition("<optgroup")[2].partition("</optgroup>")
    assert f'<option value="{zone}" selected>' in often
    assert " selected" not in regions.partition("</select>")[0]
    assert as_mia.post(PATH, {"name": "Mia M.", "time_zone": zone, "language": "en"}).status_code == 302
    mia.refresh_from_db()
    assert mia.time_zone == zone


@pytest.mark.parametrize("zone", ["US/Pacific-New", "Mars/Base", "", "../../etc/passwd", "Europe/Berlin\n"])
def test_a_zone_that_does_not_exist_is_refused_and_the_old_one_kept(as_mia: Client, mia: User, zone: str) -> None:
    """BAD_INPUTS 6."""
    reply = as_mia.post(PATH, {"name": "Mia", "time_zone": zone, "language": "en"})
    mia.refresh_from_db()
    assert (mia.time_zone, reply.status_code) == ("UTC", 422)


def test_a_zone_that_is_gone_breaks_no_page(as_mia: Client, mia: User) -> None:
    """BAD_INPUTS 7: an alias is followed; a name that a new release dropped falls back."""
    mia.time_zone = "Mars/Base"
    mia.save()
    assert as_mia.get("/").status_code == 200
    assert str(mia.zone) == "UTC"
    assert str(zone_named("Mars/Base", "Europe/Berlin")) == "Europe/Berlin"
    assert str(zone_named("US/Pacific")) == "US/Pacific"


def test_zones_come_from_the_locked_wheel() -> None:
    assert TZPATH == ()
