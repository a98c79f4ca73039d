"""A real Chromium beside a real server. Every page is watched: console errors, breaches of the content
security policy, requests to other hosts and server errors fail the test that caused them."""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.client import confirm_session, pupil_client
from tests.e2e.place import Place, make_place

# What Playwright turns off, in part (the last list of this kind is the one that counts), and the two pages that
# Chromium draws for the address bar of each new window, which nobody sees here: most of what a window costs.
WITHOUT = (
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
# Playwright's own event loop runs in the test's thread, where Django would refuse to use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    f"--disable-features={','.join(WITHOUT)}",
]
PATIENCE = 40_000
"""Milliseconds: for a machine that is far busier than ours. Only a test that fails waits so long."""
expect.set_options(timeout=PATIENCE)


def chromium_path() -> str | None:
    """An installed Chromium or Chrome; None lets Playwright look for its own."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With PICTURES=folder, every page of a failed test is drawn there."""
    report = yield
    folder = os.environ.get("PICTURES", "")
    profiles = item.funcargs.get("visit") if isinstance(item, pytest.Function) else None
    if report.when == "call" and report.failed and folder and isinstance(profiles, Profiles):
        for n, page in enumerate(page for context in profiles.contexts for page in context.pages):
            page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9]+', '-', item.name)}-{n}.png", full_page=True)
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield started
        started.close()


@dataclass
class Watch:
    """What went wrong in the pages of one test."""

    host: str
    faults: list[str] = field(default_factory=list)
    server_errors_expected: bool = False

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is left while it asks for a fragment says so; a kind refusal is a 4xx.
        expected = re.search(r"(status of|Error Code) 4\d\d|htmx:(sendAbort|afterRequest)", message.text) or (
            self.server_errors_expected and "status of 500" in message.text
        )
        if message.type in {"error", "warning"} and not expected:
            self.faults.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"blob", "data", "about"} and url.netloc != self.host:
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and not self.server_errors_expected:
            self.faults.append(f"{response.status} at {response.url}")

    def settle(self) -> None:
        """Fail with what was seen, and begin anew."""
        seen, self.faults, self.server_errors_expected = self.faults, [], False
        assert not seen, "\n".join(dict.fromkeys(seen))


@dataclass
class Profiles:
    """Fresh browser profiles at one server, each with its own cookies and storage."""

    browser: Browser
    url: str
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self,
        *,
        user: User | None = None,
        width: int = 1280,
        dark: bool = False,
        javascript: bool = True,
        confirmed: bool = False,
        **options: Any,
    ) -> Page:
        context = self.browser.new_context(
            **{
                "base_url": self.url,
                "viewport": {"width": width, "height": 900},
                "color_scheme": "dark" if dark else "light",
                "java_script_enabled": javascript,
                "timezone_id": "Europe/Copenhagen",
                "locale": "en-US",
                "reduced_motion": "reduce",
                **options,
            }
        )
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.contexts.append(context)
        if user is not None:
            sign_in(context, user, self.url, confirmed=confirmed)
        self.watch.over(context)
        return context.new_page()

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def sign_in(context: BrowserContext, user: User, url: str, *, confirmed: bool = False) -> None:
    """Give a profile the session of a person; how people sign in and confirm themselves has its own tests."""
    if user.is_pupil:
        client: Client = pupil_client(user.pupil)
    else:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if confirmed:
        confirm_session(client, user)
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": url}])


Visit = Callable[..., Page]
MailedCode = Callable[[str], str]


@pytest.fixture
def db() -> None:
    """Here a server shares the database, so no test may hide in a transaction. By this name pytest-django
    knows that a database is needed; `visit` and `site` say how it is emptied."""


@pytest.fixture(autouse=True)
def nobody_asked_too_often() -> None:
    """Limits count by address of the client, and here everybody comes from one."""
    cache.clear()


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Opens a fresh browser profile: `visit(user=olive, width=390, dark=True, javascript=False)`."""
    profiles = Profiles(browser, live_server.url, Watch(urlsplit(live_server.url).netloc))
    yield profiles
    profiles.close()
    profiles.watch.settle()


@pytest.fixture
def mailed_code() -> MailedCode:
    """The six digits of the newest mail to an address."""

    def read(address: str) -> str:
        letters = [letter for letter in mail.outbox if address in letter.to]
        assert letters, f"no mail to {address}"
        found = re.search(r"\b(\d{6})\b", str(letters[-1].body))
        assert found, f"no code in the mail to {address}"
        return found[1]

    return read


@dataclass
class Site:
    """A server and its people, kept for a whole file of tests that look and change nothing that another one sees."""

    place: Place
    open: Profiles
    pages: dict[tuple[str, bool], Page] = field(default_factory=dict)

    def page(self, role: str, *, javascript: bool = True) -> Page:
        """The page of a role: one profile each, so that a look costs one navigation."""
        user = self.place.people[role]
        if (role, javascript) not in self.pages:
            self.pages[role, javascript] = self.open(user=user, javascript=javascript)
            # Half a megabyte, which the browser takes far faster so than when it is handed over on each page.
            self.pages[role, javascript].context.add_init_script(AXE_SCRIPT)
        page = self.pages[role, javascript]
        if role == "sure" and user:  # a confirmation lasts ten minutes, and a file of tests may take longer
            sign_in(page.context, user, self.open.url, confirmed=True)
        return page

    @property
    def watch(self) -> Watch:
        return self.open.watch


@pytest.fixture(scope="module")
def _site(browser: Browser, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        profiles = Profiles(browser, server.url, Watch(urlsplit(server.url).netloc))
        yield Site(make_place(), profiles)
        profiles.close()
        server.stop()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def site(_site: Site, db: None) -> Iterator[Site]:
    yield _site
    _site.watch.settle()
