"""Every page, looked at in a real browser: WCAG 2.2 AA by axe, no sideways scroll, targets, headings, no inline markup.

The short form looks at each page once, light and wide, then narrow; the audit has every scheme and width.
"""

import pytest
from playwright.sync_api import Page

from tests.e2e import look
from tests.e2e.conftest import Site
from tests.e2e.kinds import KINDS, Kind

WIDTHS = (320, 390, 768, 1280)
HEIGHT = 900
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(", ", "-").replace(" ", "-"))


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


@each_kind
def test_a_page_is_sound(site: Site, kind: Kind) -> None:
    page = open_page(site, kind)
    faults = look.axe_faults(page) + look.heading_faults(page) + look.inline_faults(page) + look.target_faults(page)
    page.set_viewport_size({"width": 320, "height": HEIGHT})
    faults += look.overflow_faults(page) + look.target_faults(page) + look.main_target_faults(page)
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.audit
@pytest.mark.parametrize("scheme", ["light", "dark"])
@each_kind
def test_a_page_is_sound_at_every_width(site: Site, kind: Kind, scheme: str) -> None:
    page = open_page(site, kind, scheme=scheme)
    faults: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found = look.axe_faults(page) + look.overflow_faults(page) + look.target_faults(page)
        faults += [f"{scheme} {width}: {fault}" for fault in found + look.main_target_faults(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.audit
@each_kind
def test_a_page_bears_wider_text_and_stillness(site: Site, kind: Kind) -> None:
    page = open_page(site, kind, width=390)
    faults = look.motion_faults(page) + look.clipped_faults(page)
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    faults += look.clipped_faults(page)
    page.emulate_media(forced_colors="active")
    faults += look.forced_color_faults(page)
    page.emulate_media(forced_colors="none")
    assert not faults, "\n".join(faults)
