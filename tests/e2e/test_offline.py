"""What stays on the device: a page for when there is no network, and nothing of anybody."""

import re
from urllib.parse import urlsplit

from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from groups.models import Group
from tests.e2e import look
from tests.e2e.conftest import Visit
from tests.factories import make_act

READY = "navigator.serviceWorker.ready.then((found) => found.active.state)"
SHELVES = """async () => {
  const shelves = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const answers = [];
  for (const shelf of shelves) for (const request of await shelf.keys()) {
    const answer = await shelf.match(request);
    answers.push([request.url, answer.headers.get("cache-control") || "", await answer.text()]);
  }
  return answers;
}"""


def lay_in(page: Page) -> None:
    """Open Today and wait until the worker has laid in what it keeps."""
    page.goto(reverse("home"))
    page.evaluate(READY)
    page.reload()


def test_only_the_offline_page_and_its_files_are_kept(visit: Visit, group: Group, mia: User) -> None:
    act = make_act(group, mia, text="Only my group may read this.")
    page = visit(user=mia)
    lay_in(page)
    for address in (group.get_absolute_url(), act.get_absolute_url(), reverse("you"), reverse("home")):
        page.goto(address)
    answers = page.evaluate(SHELVES)
    paths = {urlsplit(url).path for url, _control, _body in answers}
    assert reverse("offline", args=["en"]) in paths
    assert all(re.match(r"/static/(css|fonts|art)/|/offline/en/$", path) for path in paths), paths
    for url, control, body in answers:
        assert "private" not in control, url
        assert "no-store" not in control, url
        assert mia.name not in body, url
        assert act.text not in body, url
    assert look.storage_faults(page) == []


def test_without_a_network_there_is_a_page_in_our_look(visit: Visit, group: Group, mia: User) -> None:
    make_act(group, mia, text="Only my group may read this.")
    page = visit(user=mia)
    lay_in(page)
    page.context.set_offline(True)
    page.goto(group.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection right now.")
    assert page.url.endswith(group.get_absolute_url())
    expect(page.locator("body")).not_to_contain_text("Only my group may read this.")
    serif = "[...document.fonts].some((face) => face.family.includes('Besley') && face.status === 'loaded')"
    assert page.evaluate(serif)
    assert page.evaluate("getComputedStyle(document.querySelector('.btn')).minBlockSize") != "0px"
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("main")).to_contain_text("Only my group may read this.")


def test_the_offline_page_speaks_the_readers_language(visit: Visit, group: Group, mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(language="es")
    page = visit(user=mia)
    lay_in(page)
    page.context.set_offline(True)
    page.goto(group.get_absolute_url())
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_a_new_worker_clears_out_what_the_old_one_kept(visit: Visit, group: Group, mia: User) -> None:
    page = visit(user=mia)
    lay_in(page)
    before = page.evaluate("caches.keys()")
    assert len(before) == 1
    with override_settings(SITE_NAME="Kind Harbour"):
        page.evaluate(
            """async () => {
              const changed = new Promise((tell) => { navigator.serviceWorker.oncontrollerchange = tell; });
              await navigator.serviceWorker.register("/sw.js?again", { updateViaCache: "none" });
              await changed;
            }"""
        )
    page.wait_for_function("(old) => caches.keys().then((now) => now.length === 1 && now[0] !== old)", arg=before[0])
