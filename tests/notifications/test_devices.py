"""My devices: who may be told where, and which addresses are never connected to."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.data_rights import Keep, erase
from accounts.models import Session, User
from notifications import push, web_push
from notifications.models import PushDevice
from notifications.my_data import export
from notifications.retention import purge_notifications
from tests.client import CheckedClient
from tests.factories import make_user
from tests.notifications.push_service import Browser

KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
FCM = "https://fcm.googleapis.com/fcm/send/"


@pytest.fixture(autouse=True)
def a_key(settings: Any) -> None:
    settings.PUSH_KEY = KEY


def add(client: Client, endpoint: str = FCM + "one", **changed: str) -> Any:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    return client.post("/you/devices/add/", {**Browser().subscription(endpoint), **changed}, headers=agent)


def test_she_switches_it_on_and_finds_her_device(as_mia: Client, mia: User) -> None:
    page = as_mia.get("/you/devices/").content.decode()
    assert f'data-push="{web_push.encoded(web_push.point(web_push.read_key(KEY)))}"' in page
    assert add(as_mia).status_code == 302
    device = PushDevice.objects.get(user=mia)
    assert device.key_id == web_push.key_id(web_push.read_key(KEY))
    page = as_mia.get("/you/devices/").content.decode()
    assert "Firefox · Linux" in page
    assert "This one" in page
    assert "data-push=" not in page


def test_her_secret_is_kept_locked(as_mia: Client) -> None:
    add(as_mia)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_pushdevice")
        row = repr(cursor.fetchall())
    assert web_push.encoded(Browser().secret) not in row
    assert web_push.decoded(PushDevice.objects.get().auth) == Browser().secret


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:6379/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/",
        "file:///etc/passwd",
        "gopher://fcm.googleapis.com/",
        "http://fcm.googleapis.com/fcm/send/one",
        "https://fcm.googleapis.com:22/",
        "https://fcm.googleapis.com.evil.example/",
        "https://evil.example/#fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/",
        "https://evil@fcm.googleapis.com/",
        "https://evil.example\\@fcm.googleapis.com/",
        "https://notify.windows.com.evil.example/",
        "https://evilnotify.windows.com/",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\r\nHost: evil",
        "https://fcm.googleapis.com/é",
        FCM + "x" * 5000,
        "https://fcm.googleapis.com:99999/",
        "",
        "one",
    ],
)
def test_an_address_that_is_no_push_service_is_refused(endpoint: str, as_mia: Client) -> None:
    assert not push.is_service(endpoint)
    response = add(as_mia, endpoint)
    assert response.status_code == 422
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        FCM + "abc:APA91b-_x",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d%3d",
        "https://web.push.apple.com/QGuQyavXutnMH",
    ],
)
def test_the_services_of_the_browsers_are_known(endpoint: str, as_mia: Client) -> None:
    assert add(as_mia, endpoint).status_code == 302


def test_an_operator_may_add_a_service_of_their_own(as_mia: Client, settings: Any) -> None:
    settings.PUSH_SERVICES = ["https://push.example.org:8443"]
    assert add(as_mia, "https://push.example.org:8443/up?x=1").status_code == 302
    assert add(as_mia, "https://push.example.org/up").status_code == 422


@pytest.mark.parametrize(
    "changed",
    [{"p256dh": "nonsense"}, {"p256dh": ""}, {"auth": "c2hvcnQ"}, {"auth": "%%%"}, {"p256dh": "A" * 5000}],
    ids=str,
)
def test_keys_that_are_none_are_refused(changed: dict[str, str], as_mia: Client) -> None:
    assert add(as_mia, **changed).status_code == 422
    assert not PushDevice.objects.exists()


def test_a_browser_belongs_to_who_used_it_last(as_mia: Client, as_olive: Client, olive: User) -> None:
    add(as_mia)
    add(as_olive)
    assert [device.user for device in PushDevice.objects.all()] == [olive]


def test_more_than_ten_take_the_place_of_the_oldest(as_mia: Client, mia: User) -> None:
    for n in range(12):
        assert add(as_mia, f"{FCM}{n}").status_code == 302
    kept = set(PushDevice.objects.filter(user=mia).values_list("endpoint", flat=True))
    assert kept == {f"{FCM}{n}" for n in range(2, 12)}


def test_there_is_a_limit_to_asking(as_mia: Client) -> None:
    statuses = [add(as_mia, FCM + str(n)).status_code for n in range(21)]
    assert statuses == [302] * 20 + [429]


def test_she_switches_a_device_off(as_mia: Client, as_stan: Client) -> None:
    add(as_mia)
    address = f"/you/devices/{PushDevice.objects.get().public_id}/remove/"
    assert as_stan.post(address).status_code == 404
    assert as_mia.post(address).status_code == 302
    assert not PushDevice.objects.exists()
    assert as_mia.post(address).status_code == 404


def test_who_signs_out_on_a_device_is_not_reached_there(as_mia: Client, mia: User) -> None:
    add(as_mia)
    elsewhere = CheckedClient()
    elsewhere.force_login(mia)
    add(elsewhere, FCM + "two")
    assert push.reached([mia.pk]) == {mia.pk}
    as_mia.post("/accounts/logout/")
    assert [device.endpoint for device in PushDevice.objects.signed_in()] == [FCM + "two"]
    Session.objects.filter(user=mia).delete()
    assert push.reached([mia.pk]) == set()
    purge_notifications()
    assert not PushDevice.objects.exists()


def test_a_device_of_a_sign_in_that_goes_on_is_not_purged(as_mia: Client) -> None:
    add(as_mia)
    purge_notifications()
    assert PushDevice.objects.count() == 1


def test_pupils_have_none(db: None) -> None:
    client = CheckedClient()
    client.force_login(make_user("Pip Pupil", kind="pupil", email=None))
    assert client.get("/you/devices/").status_code == 404
    assert add(client).status_code == 404


def test_without_a_key_nobody_is_offered_it(as_mia: Client, settings: Any) -> None:
    settings.PUSH_KEY = ""
    page = as_mia.get("/you/devices/").content.decode()
    assert "data-push" not in page
    assert "have not set up" in page
    assert add(as_mia).status_code == 404


def test_her_devices_stand_in_her_copy_and_go_with_her(as_mia: Client, mia: User) -> None:
    add(as_mia)
    (told,) = export(mia).data["devices"]
    assert told["browser"] == "Firefox · Linux"
    assert FCM not in repr(told)
    erase(mia, keep=Keep.NOTHING)
    assert not PushDevice.objects.exists()
