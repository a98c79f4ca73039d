"""Static files as production serves them: every name carries a hash of its content, also in the style sheet."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=root, STORAGES=storages, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def hashed(root: Path, name: str) -> Path:
    found: str = json.loads((root / "staticfiles.json").read_text())["paths"][name]
    return root / found


def test_the_sheet_is_collected_with_hashed_addresses(collected: Path) -> None:
    sheet = hashed(collected, "css/goodturn.css").read_text()
    fonts = re.findall(r"url\(\"([^\"]+)\"\)", sheet)
    assert fonts
    for font in fonts:
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font), font
        assert (collected / "css" / font).resolve().is_file()


def test_the_layers_are_not_served_on_their_own(collected: Path) -> None:
    assert not (collected / "css/layers").exists()


def test_a_first_visit_is_light(collected: Path) -> None:
    def compressed(name: str) -> int:
        return Path(f"{hashed(collected, name)}.gz").stat().st_size

    scripts = compressed("js/app.js") + compressed("django_htmx/htmx-2.min.js")
    assert scripts <= 30 * 1024
    assert hashed(collected, "js/app.js").stat().st_size <= 8 * 1024
    assert scripts + compressed("css/goodturn.css") <= 40 * 1024
