"""Every page, looked at in a real browser: WCAG 2.2 AA by axe, no sideways scroll, targets, headings, no inline markup.

The short form looks at one state of each page, light and wide, then narrow; the audit at every state, scheme and width.
"""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page

from accounts.models import User
from tests.e2e import look
from tests.e2e.conftest import Site
from tests.e2e.kinds import KINDS, Kind
from tests.e2e.test_keyboard import Keys

WIDTHS = (320, 390, 640, 768, 1280)
"""640 is 1280 at a zoom of 200 %."""
LOOKED_OVER = (390, 1280)
"""Where axe looks as well: between these nothing it asks for changes, and it takes longer than everything else."""
HEIGHT = 900


def _name(kind: Kind) -> str:
    return kind.name.replace(", ", "-").replace(" ", "-")


each_kind = pytest.mark.parametrize("kind", KINDS, ids=_name)


def open_page(site: Site, kind: Kind, *, width: int = 1280, scheme: str = "light") -> Page:
    page = site.page(kind.role)
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    answer = page.goto(kind.address(site.place))
    assert answer
    assert answer.status == kind.status, f"{kind.name}: {answer.status} at {page.url}"
    if kind.then:
        kind.then(page)
    return page


FIRST = list({kind.name.split(" ")[0].rstrip(","): kind for kind in reversed(KINDS)}.values())
"""One state of each page: the first in the list."""


@pytest.mark.parametrize("kind", FIRST, ids=_name)
def test_a_page_is_sound(site: Site, kind: Kind) -> None:
    page = open_page(site, kind)
    faults = look.axe_faults(page) + look.heading_faults(page) + look.inline_faults(page) + look.target_faults(page)
    page.set_viewport_size({"width": 320, "height": HEIGHT})
    faults += look.overflow_faults(page) + look.target_faults(page) + look.main_target_faults(page)
    faults += look.storage_faults(page)
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.parametrize("name", ["500", "503"])
def test_a_page_that_leans_on_nothing_is_sound(site: Site, name: str) -> None:
    """Shown at an address of its own, for it takes a broken server to see one."""
    page = site.page("visitor")
    drawn = render_to_string(f"{name}.html", {"SITE_NAME": "Goodturn", "styled": True})
    page.route("**/broken/", lambda route: route.fulfill(content_type="text/html", body=drawn))
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    page.goto("/broken/")
    faults = look.axe_faults(page) + look.heading_faults(page) + look.inline_faults(page) + look.target_faults(page)
    page.set_viewport_size({"width": 320, "height": HEIGHT})
    faults += look.overflow_faults(page) + look.target_faults(page)
    page.unroute("**/broken/")
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.audit
@each_kind
def test_a_page_is_sound_at_every_width(site: Site, kind: Kind) -> None:
    """With wider letters, without motion and with forced colors, too."""
    page = open_page(site, kind)
    faults: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found = look.overflow_faults(page) + look.target_faults(page) + look.main_target_faults(page)
        if width in LOOKED_OVER:
            found += look.axe_faults(page) + look.clipped_faults(page) + look.motion_faults(page)
        faults += [f"{width}: {fault}" for fault in found]
    faults += look.storage_faults(page)
    page.emulate_media(forced_colors="active")
    faults += look.forced_color_faults(page)
    page.emulate_media(forced_colors="none")
    assert not faults, "\n".join(faults)


@pytest.mark.audit
@each_kind
def test_a_page_is_sound_in_the_dark(site: Site, kind: Kind) -> None:
    """Opened dark: of what was looked at in the light only colors can differ."""
    page = open_page(site, kind, scheme="dark")
    faults: list[str] = []
    for width in LOOKED_OVER:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        faults += [f"{width}: {fault}" for fault in look.axe_faults(page, only=look.OF_COLORS)]
    assert not faults, "\n".join(faults)


# What is clicked to reach the other states is found by its English name.
PLAIN = [kind for kind in KINDS if kind.then is None]
SHORT = {"home landing", "home", "group", "lead", "group-settings", "challenge daily", "start", "mfa_index", "privacy"}


@pytest.fixture
def spoken(site: Site, request: pytest.FixtureRequest) -> Iterator[str]:
    """All people of the place read this language."""
    User.objects.update(language=request.param)
    yield request.param
    User.objects.update(language="en")


def fits(site: Site, kind: Kind, language: str) -> list[str]:
    page = site.page(kind.role)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site.open.url}])
    page.goto(kind.address(site.place))
    faults: list[str] = []
    theirs = kind.name != "offline" and (kind.role != "visitor" or language == "es")
    if theirs and page.locator("html").get_attribute("lang") != language:
        faults.append(f"{kind.name} is not in {language}")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found = look.overflow_faults(page) + look.target_faults(page) + look.main_target_faults(page)
        faults += [f"{language} {width}, {kind.name}: {fault}" for fault in found]
    page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)
    return faults


@pytest.mark.parametrize("spoken", ["es", "ar"], indirect=True)
def test_longer_words_and_the_other_direction_fit_on_a_phone(site: Site, spoken: str) -> None:
    """Spanish; and from right to left, with English words where there are no others."""
    kinds = [kind for kind in PLAIN if kind.name in SHORT]
    assert {kind.name for kind in kinds} == SHORT
    assert [fault for kind in kinds for fault in fits(site, kind, spoken)] == []
    expected = {"es": "ltr", "ar": "rtl"}[spoken]
    page = site.page("member")
    page.goto("/")
    assert page.locator("html").get_attribute("dir") == expected


@pytest.mark.audit
@pytest.mark.parametrize("kind", PLAIN, ids=_name)
def test_every_stop_of_a_page_shows_its_focus(site: Site, kind: Kind) -> None:
    keys = Keys(open_page(site, kind, width=390))
    assert keys.walk_round() > 0
    keys.settle()


@pytest.mark.audit
@pytest.mark.parametrize("spoken", ["es", "ar"], indirect=True)
@pytest.mark.parametrize("kind", PLAIN, ids=_name)
def test_every_page_fits_in_any_language(site: Site, kind: Kind, spoken: str) -> None:
    assert fits(site, kind, spoken) == []
