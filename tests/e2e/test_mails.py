"""Every kind of mail in a real browser: axe in the light and in the dark, on a phone and wide (requirement D9)."""

import pytest
from django.utils import translation

from notifications import samples
from notifications.mail import as_kept
from tests.e2e import look
from tests.e2e.conftest import Site

WIDTHS = (320, 390, 1280)


@pytest.mark.audit
@pytest.mark.parametrize("name", list(samples.every()))
def test_a_mail_is_sound(site: Site, name: str) -> None:
    """As it is sent, shown at an address of ours: where it is read, nothing but its own words and styles is there."""
    page, faults, shown = site.page("visitor"), [], ""
    page.route("**/letter/", lambda route: route.fulfill(content_type="text/html", body=shown))
    for language in ("en", "es"):
        with translation.override(language):
            shown = as_kept(samples.letter(name)).html
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.goto("/letter/")
                faults += look.overflow_faults(page) + (look.axe_faults(page) if width > 320 else [])
    page.unroute("**/letter/")
    assert not faults, "\n".join(dict.fromkeys(faults))
