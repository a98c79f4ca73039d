"""A picture of every screen, at two widths and in both schemes, into `screenshots/`.

    make screenshots
    python -m tools.screenshots --only today --widths 390 --schemes light

The demo's people and, for the odd states, the town that the browser tests look at are put into a folder
of its own, so nothing of an installation is touched. `--readme` draws the picture of the README anew.
"""

import argparse
import contextlib
import functools
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.e2e.kinds import Kind
    from tests.e2e.place import Place

ROOT = Path(__file__).resolve().parent.parent
README_PICTURE = ROOT / "docs" / "screenshot.png"
README_BYTES = 250 * 1024
FAR_AWAY = ("America/Nuuk", "Asia/Kathmandu", "Pacific/Apia")
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
NO_MOTION: dict[str, Any] = {"reduced_motion": "reduce", "timezone_id": "Europe/Copenhagen", "locale": "en-US"}


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="goodturn-screens-") as folder, _server(Path(folder)) as url:
        from playwright.sync_api import sync_playwright

        from tests.e2e.conftest import ARGUMENTS, chromium_path
        from tests.e2e.place import make_place

        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        place = make_place()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
            camera = Camera(browser, url, place, options)
            if options.readme:
                camera.readme()
            else:
                camera.everything()
            browser.close()
    print(f"{camera.taken} pictures in {options.out}" if camera.taken else f"{README_PICTURE}")
    for fault in camera.faults:
        print(f"Fault: {fault}", file=sys.stderr)
    return 1 if camera.faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Draw every screen.")
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--only", default="", help="screens whose name matches this pattern")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--readme", action="store_true", help="only the picture of the README")
    return parser.parse_args()


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A demo in a folder of its own, and this process set up to reach the same data."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    os.environ |= {"GOODTURN_MODE": "demo", "DATA_DIR": str(folder), "BASE_URL": url, "LOG_LEVEL": "ERROR"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "kindness_platform.settings", "WEB_WORKERS": "1"}
    for name in ("DATABASE_URL", "REDIS_URL", "DEBUG"):
        os.environ.pop(name, None)
    subprocess.run([sys.executable, "-m", "kindness_platform.prepare"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "kindness_platform.web", "--interface", "wsgi", "--port", str(port)]
    command += ["--host", "127.0.0.1", "--workers", "1", "--no-ws", "--log-level", "error"]
    command += ["kindness_platform.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(f"{url}/about/")
        import django

        django.setup()
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The demo server does not answer.")


def _answer(body: str, route: "Route") -> None:
    route.fulfill(body=body, content_type="text/html")


class Camera:
    def __init__(self, browser: "Browser", url: str, place: "Place", options: argparse.Namespace) -> None:
        self.browser, self.url, self.place, self.options = browser, url, place, options
        self.taken = 0
        self.faults: list[str] = []
        self._profiles: dict[tuple[str, str], Any] = {}

    def everything(self) -> None:
        """The demo's screens first, then every kind of page of the tests, then what a form or a fault leads to."""
        from tests.e2e.kinds import KINDS

        self.options.out.mkdir(parents=True, exist_ok=True)
        from django.core.cache import cache

        for scheme in self.options.schemes:
            cache.clear()  # the last pictures of a scheme show limits that were reached, and its first must not
            self._demo(scheme)
            for number, kind in enumerate(KINDS, 20):
                self._kind(number, kind, scheme)
            self._flows(scheme)
            self._far_away(scheme)
            self._error_pages(scheme)

    def readme(self) -> None:
        """Today as a member of the demo sees it, small enough for a README."""
        from PIL import Image

        page = self._page("mia@example.org" if self._knows("mia@example.org") else self._demo_people()[-1], "light")
        page.set_viewport_size({"width": 1280, "height": 1000})
        page.goto("/")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=README_PICTURE)
        colors = 256
        while True:
            with Image.open(README_PICTURE) as image:
                image.convert("RGB").quantize(colors, dither=Image.Dither.NONE).save(README_PICTURE, optimize=True)
            if README_PICTURE.stat().st_size <= README_BYTES or colors <= 32:
                return
            colors //= 2

    def _demo_people(self) -> list[str]:
        """The addresses of the demo: who leads first, then who takes part."""
        from groups.models import Membership

        grown_up = Membership.objects.active().filter(user__email__isnull=False)
        places = grown_up.exclude(group__in=self._groups_of_place()).order_by("-role", "pk")
        leaders = [place.user.email or "" for place in places.select_related("user") if place.is_leader]
        members = [place.user.email or "" for place in places.select_related("user") if not place.is_leader]
        return list(dict.fromkeys([*leaders[:2], *members[:2]]))

    def _groups_of_place(self) -> list[int]:
        place = self.place
        return [place.group.pk, place.empty.pk, place.weekly.group_id, place.cards.group_id]

    def _knows(self, email: str) -> bool:
        from accounts.models import User

        return User.objects.filter(email=email).exclude(pk=self.place.people["member"].pk).exists()  # type: ignore[union-attr]

    def _page(self, who: str, scheme: str) -> "Page":
        """The page of a person (a role of the place, or an address), kept for the whole run."""
        from accounts.models import User
        from tests.e2e.conftest import sign_in

        if (who, scheme) not in self._profiles:
            context = self._context(scheme)
            person = User.objects.get(email=who) if "@" in who else self.place.people.get(who)
            if person:
                sign_in(context, person, self.url, confirmed=who == "sure")
            self._profiles[who, scheme] = context.new_page()
        page: Page = self._profiles[who, scheme]
        return page

    def _context(self, scheme: str) -> "BrowserContext":
        context = self.browser.new_context(
            base_url=self.url, color_scheme="dark" if scheme == "dark" else "light", **NO_MOTION
        )
        context.set_default_timeout(15000)
        return context

    def _demo(self, scheme: str) -> None:
        from groups.models import Group

        for number, email in enumerate(self._demo_people()):
            name = email.split("@")[0]
            page = self._page(email, scheme)
            from accounts.models import User

            group = Group.objects.of_member(User.objects.get(email=email)).first()
            addresses = {"today": "/", "you": "/you/"}
            if group:
                addresses |= {"group": group.get_absolute_url(), "lead": f"{group.get_absolute_url()}lead/"}
                challenge = group.challenges.first()
                addresses |= {"challenge": challenge.get_absolute_url()} if challenge else {}
            for screen, address in addresses.items():
                if self._wanted(shot := f"{number:03}-demo-{screen}-{name}"):
                    answer = page.goto(address)
                    if answer and answer.status == 200:
                        self._shoot(page, shot, scheme)

    def _kind(self, number: int, kind: "Kind", scheme: str) -> None:
        name = re.sub(r"[^a-z0-9]+", "-", kind.name.lower())
        if not self._wanted(shot := f"{number:03}-{name}"):
            return
        page = self._page(kind.role, scheme)
        try:
            page.set_viewport_size({"width": 1280, "height": 900})
            answer = page.goto(kind.address(self.place))
            if answer is None or answer.status != kind.status:
                self.faults.append(f"{shot}: answers {answer.status if answer else 'nothing'}")
            if kind.then:
                kind.then(page)
            self._shoot(page, shot, scheme)
        except Exception as problem:  # one screen that cannot be drawn must not hide the others
            self.faults.append(f"{shot}: {str(problem).splitlines()[0]}")

    def _flows(self, scheme: str) -> None:
        """Screens that only a filled form leads to: each with a profile of its own."""
        if not self._wanted("150-start-filled 151-sign-up-after-start 152-code 153-wrong-code 154-finish"):
            return
        context = self._context(scheme)
        page = context.new_page()
        page.goto("/start/")
        page.get_by_label("Group name").fill("Choir of the Old Harbor")
        page.get_by_role("radio", name="A community group").check()
        page.wait_for_timeout(900)
        self._shoot(page, "150-start-filled", scheme)
        page.get_by_role("button", name="Make the challenge").click()
        page.wait_for_load_state()
        self._shoot(page, "151-sign-up-after-start", scheme)
        page.get_by_label("What should people call you?").fill("Cora Quist")
        page.get_by_label("E-mail address").fill(f"cora.{scheme}@example.org")
        page.get_by_role("button", name="Mail me a code", exact=True).click()
        page.wait_for_load_state()
        self._shoot(page, "152-code", scheme)
        page.get_by_label("six digits").fill("000000")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_load_state()
        self._shoot(page, "153-wrong-code", scheme)
        context.close()
        self._finish(scheme)

    def _finish(self, scheme: str) -> None:
        """Somebody who answered the four questions signed out, and is back in an account they had."""
        from tests.e2e.conftest import sign_in
        from tests.factories import make_user

        context = self._context(scheme)
        page = context.new_page()
        page.goto("/start/")
        page.get_by_label("Group name").fill("Choir of the Old Harbor")
        page.get_by_role("button", name="Make the challenge").click()
        page.wait_for_load_state()
        kept = context.cookies()
        sign_in(context, make_user("Back Again"), self.url)
        page.goto("/start/finish/")
        self._shoot(page, "154-finish", scheme)
        assert kept
        context.close()

    def _far_away(self, scheme: str) -> None:
        """Three members whose clocks are far from ours: their settings, and their reminder as designed and as text."""
        from accounts.models import User
        from notifications import outbox, sender
        from notifications.models import KeptMail, Preferences
        from tests.factories import join

        for zone in FAR_AWAY:
            place = zone.split("/")[1].lower()
            if not self._wanted(f"155-{place}-settings 155-{place}-mail 155-{place}-mail-as-text"):
                continue
            email = f"{place}@example.org"
            user = User.objects.filter(email=email).first()
            if user is None:
                user = User.objects.create_user(email, name=place.title(), time_zone=zone)
                user.accept_terms()
                join(self.place.group, user)
                Preferences.objects.choose(user, quiet_from="00:00", quiet_until="00:00")
                notice = outbox.queue(user, "reminder", user.today().isoformat())
                for delivery in notice.deliveries.filter(channel="mail"):
                    sender.deliver(delivery.pk)
            page = self._page(email, scheme)
            page.goto("/you/reminders/")
            self._shoot(page, f"155-{place}-settings", scheme)
            if letter := KeptMail.objects.filter(address=email).last():
                page.goto(f"/dev/mail/{letter.public_id}/html/")
                self._shoot(page, f"155-{place}-mail", scheme)
                page.goto(f"/dev/mail/{letter.public_id}/")
                self._shoot(page, f"155-{place}-mail-as-text", scheme)
            else:
                self.faults.append(f"155-{place}: no reminder was sent")

    def _error_pages(self, scheme: str) -> None:
        from django.template.loader import render_to_string
        from django.test import RequestFactory

        from kindness_platform.errors import server_error

        request = RequestFactory().get("/")
        pages = {
            "160-500": server_error(request).content.decode(),
            "161-429": render_to_string("429.html", {"minutes": 5, "SITE_NAME": "Goodturn"}),
            "162-403-form": render_to_string("403_csrf.html", {"SITE_NAME": "Goodturn"}),
        }
        for shot, body in pages.items():
            if self._wanted(shot):
                context = self._context(scheme)
                page = context.new_page()
                page.route("**/privacy/", functools.partial(_answer, body))
                page.goto("/privacy/")
                self._shoot(page, shot, scheme)
                context.close()

    def _wanted(self, name: str) -> bool:
        return bool(re.search(self.options.only, name))

    def _shoot(self, page: "Page", name: str, scheme: str) -> None:
        page.wait_for_load_state("networkidle")
        for width in self.options.widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(120)
            page.screenshot(path=self.options.out / f"{name}-{width}-{scheme}.png", full_page=True)
            self.taken += 1


if __name__ == "__main__":
    sys.exit(main())
