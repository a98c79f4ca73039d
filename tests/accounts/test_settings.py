import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User

PATH = "/you/settings/"


def test_mia_changes_her_name_and_zone(as_mia: Client, mia: User) -> None:
    reply = as_mia.post(PATH, {"name": " Mia  M. ", "time_zone": "Asia/Kathmandu", "language": "en"}, follow=True)
    assert b"Saved." in reply.content
    mia.refresh_from_db()
    assert (mia.name, mia.time_zone) == ("Mia M.", "Asia/Kathmandu")


@pytest.mark.parametrize("zone", ["US/Pacific-New", "Mars/Base", "", "../../etc/passwd", "Europe/Berlin\n"])
def test_a_zone_that_is_none_is_refused_and_the_old_one_kept(as_mia: Client, mia: User, zone: str) -> None:
    """BAD_INPUTS 6."""
    reply = as_mia.post(PATH, {"name": "New Name", "time_zone": zone})
    mia.refresh_from_db()
    if zone.strip() == "Europe/Berlin" and reply.status_code == 302:
        assert mia.time_zone == "Europe/Berlin"
    else:
        assert reply.status_code == 422
        assert b'value="New Name"' in reply.content
        assert mia.time_zone == "UTC"


def test_a_refused_name_stands_in_the_field_and_nowhere_else(as_mia: Client, mia: User) -> None:
    reply = as_mia.post(PATH, {"name": "y" * 61, "time_zone": "UTC"})
    assert reply.status_code == 422
    assert reply.content.count(b"y" * 61) == 1


def test_the_form_alone_is_sent_to_htmx(as_mia: Client) -> None:
    reply = as_mia.post(PATH, {"name": "", "time_zone": "UTC"}, headers={"HX-Request": "true", "HX-Target": "settings"})
    assert reply.status_code == 422
    assert reply.content.strip().startswith(b"<form")


def test_nobody_else_can_be_changed(as_mia: Client, stan: User) -> None:
    as_mia.post(
        PATH, {"name": "Hm", "time_zone": "UTC", "id": stan.pk, "public_id": stan.public_id, "email": "x@example.org"}
    )
    stan.refresh_from_db()
    assert stan.name == "Stan Stone"


def test_the_language_is_offered_only_where_there_are_two(as_mia: Client, settings: Settings) -> None:
    assert b'name="language"' in as_mia.get(PATH).content
    settings.LANGUAGES = [("en", "English")]
    assert b'name="language"' not in as_mia.get(PATH).content


def test_visitors_are_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PATH)["Location"].startswith("/accounts/login/?next=")
