"""Messages on a device, in a browser. Its push service is not there in a test, so the address is made up: what comes
is handed to the worker as the browser would hand it over."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from groups.models import Group
from notifications.models import PushDevice
from notifications.web_push import encoded
from tests.e2e.conftest import Visit
from tests.notifications.push_service import Browser
from tests.notifications.test_devices import KEY

MADE_UP = """
  const subscription = {
    toJSON: () => (%s),
    unsubscribe: async () => { sessionStorage.clear(); window.dropped = true; return true; },
  };
  PushManager.prototype.subscribe = async (options) => {
    if (options.applicationServerKey.length !== 65 || !options.userVisibleOnly) throw new Error("wrong");
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => subscription;
"""


@pytest.fixture(autouse=True)
def a_key(settings: pytest.FixtureRequest) -> None:
    settings.PUSH_KEY = KEY  # type: ignore[attr-defined]


def with_push(page: Page) -> Page:
    """A browser whose person says yes, and whose push service answers."""
    far = Browser()
    keys = {"p256dh": encoded(far.point), "auth": encoded(far.secret)}
    page.add_init_script(MADE_UP % json.dumps({"endpoint": "https://fcm.googleapis.com/fcm/send/one", "keys": keys}))
    page.context.grant_permissions(["notifications"])
    return page


def test_she_switches_it_on_and_off_again(visit: Visit, mia: User) -> None:
    page = with_push(visit(user=mia))
    page.goto(reverse("devices"))
    expect(page.get_by_text("This browser cannot show messages")).to_be_hidden()
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.get_by_text("Switched on for this device.")).to_be_visible()
    expect(page.get_by_text("This one")).to_be_visible()
    assert PushDevice.objects.get().user == mia
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("That device is told nothing more.")).to_be_visible()
    assert not PushDevice.objects.exists()


def test_who_says_no_is_told_where_to_change_it(visit: Visit, mia: User) -> None:
    page = visit(user=mia)
    page.add_init_script("Notification.requestPermission = async () => 'denied';")
    page.goto(reverse("devices"))
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.get_by_role("status").filter(has_text="Your browser does not let")).to_be_visible()
    assert not PushDevice.objects.exists()


def test_without_scripts_the_page_says_so(visit: Visit, mia: User) -> None:
    page = visit(user=mia, javascript=False)
    page.goto(reverse("devices"))
    expect(page.get_by_text("This browser cannot show messages")).to_be_visible()
    expect(page.get_by_role("button", name="Tell me on this device")).to_be_hidden()


def test_a_message_is_shown_and_replaced_by_the_next_of_its_kind(visit: Visit, mia: User, group: Group) -> None:
    page = with_push(visit(user=mia))
    page.goto(reverse("home"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    told = {"title": "Goodturn", "body": "Something new in your group.", "path": "/notices/", "tag": "abc"}
    tools = page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"] if not one["isDeleted"]),
    )
    tools.send("ServiceWorker.enable")
    for _ in range(600):  # the browser reports its workers when it gets to it
        if found:
            break
        page.wait_for_timeout(100)
    assert found
    for _twice in range(2):
        tools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": page.evaluate("location.origin"),
                "registrationId": found[0],
                "data": json.dumps({**told, "lang": "en", "dir": "ltr"}),
            },
        )
    page.wait_for_function(
        """async () => {
          const shown = await (await navigator.serviceWorker.ready).getNotifications();
          const [first] = shown;
          return shown.length === 1 && first.body === "Something new in your group." && first.data.path === "/notices/";
        }"""
    )
