"""The app on a phone: its manifest, its worker, its icons, and the page for when there is no network."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from PIL import Image, ImageChops

from accounts.models import User
from scripts.app_icons import ART, ICONS, draw
from tests.client import CheckedClient

SPANISH = {"Accept-Language": "es-MX,es;q=0.9"}


def manifest(client: Client, language: str = "en") -> dict[str, object]:
    response = client.get(f"/app/{language}.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    found: dict[str, object] = json.loads(response.content)
    return found


@override_settings(SITE_NAME="Kind Harbour")
def test_the_manifest_says_who_we_are_in_the_language_of_the_page(visitor: Client) -> None:
    english, spanish = manifest(visitor), manifest(visitor, "es")
    assert english["name"] == spanish["name"] == "Kind Harbour"
    assert (english["lang"], spanish["lang"]) == ("en", "es")
    assert english["description"] != spanish["description"]
    assert english["start_url"] == english["scope"] == english["id"] == "/"
    assert english["display"] == "standalone"


def test_every_icon_is_there_in_the_size_it_says(visitor: Client) -> None:
    icons = manifest(visitor)["icons"]
    assert isinstance(icons, list)
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        found = finders.find(icon["src"].removeprefix("/static/"))
        assert found, icon
        if icon["type"] == "image/png":
            size = Image.open(found).size
            assert "{}x{}".format(*size) == icon["sizes"]


@pytest.mark.parametrize("name", ICONS)
def test_the_icons_are_those_that_the_script_draws(name: str) -> None:
    stored, drawn = Image.open(ART / name), draw(*ICONS[name])
    difference = ImageChops.difference(stored.convert("RGBA"), drawn.convert("RGBA"))
    assert max(difference.tobytes()) <= 8, "run `python scripts/app_icons.py`"


def test_a_round_cut_leaves_the_mark_whole() -> None:
    """Launchers promise a circle of four fifths of the icon."""
    icon = Image.open(ART / "app-round-512.png").convert("RGB")
    ground = icon.getpixel((0, 0))
    for x in range(0, 512, 2):
        for y in range(0, 512, 2):
            if (x - 255.5) ** 2 + (y - 255.5) ** 2 > (0.4 * 512) ** 2:
                assert icon.getpixel((x, y)) == ground, (x, y)


@pytest.mark.parametrize("path", ["/app/xx.webmanifest", "/offline/xx/", "/offline/english/"])
def test_a_language_we_do_not_speak_has_no_page(visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_page_names_its_manifest_and_its_icon(visitor: Client) -> None:
    page = visitor.get("/about/", headers=SPANISH).content.decode()
    assert '<link rel="manifest" href="/app/es.webmanifest">' in page
    assert '<link rel="apple-touch-icon" href="/static/art/app-touch-180.png">' in page


def kept(client: Client, headers: dict[str, str] | None = None) -> dict[str, object]:
    script = client.get("/sw.js", headers=headers).content.decode()
    found = re.match(r"const KEPT = (\{.*\});\n", script)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


def test_the_worker_is_a_script_at_the_root_that_follows_our_policy(visitor: Client) -> None:
    response = visitor.get("/sw.js")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert response.headers["Cache-Control"] == "private, max-age=3600"


def test_the_worker_keeps_one_page_and_files_that_exist(visitor: Client) -> None:
    told = kept(visitor)
    assert told["page"] == "/offline/en/"
    assert isinstance(told["files"], list)
    for file in told["files"]:
        assert finders.find(file.removeprefix("/static/")), file
    page = visitor.get("/offline/en/").content.decode()
    assert set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)) <= set(told["files"])


def test_the_worker_speaks_the_readers_language(visitor: Client, mia: User) -> None:
    assert kept(visitor, SPANISH)["page"] == "/offline/es/"
    User.objects.filter(pk=mia.pk).update(language="es")
    client = CheckedClient()
    client.force_login(mia)
    assert kept(client)["page"] == "/offline/es/"


@override_settings(SITE_NAME="Kind Harbour")
def test_another_page_makes_another_worker(visitor: Client) -> None:
    with override_settings(SITE_NAME="Goodturn"):
        before = kept(visitor)["shelf"]
    assert kept(visitor)["shelf"] != before


def test_the_page_without_a_network_is_the_same_for_everybody(visitor: Client, as_mia: Client, mia: User) -> None:
    page = as_mia.get("/offline/es/")
    assert page.content == visitor.get("/offline/es/").content
    assert mia.name not in page.content.decode()
    assert "Goodturn" in page.content.decode()
    assert page.headers["Cache-Control"] == "public, max-age=3600"


def test_the_worker_is_registered_where_people_live(as_mia: Client, group: object) -> None:
    for path, registers in (("/", True), ("/you/", True), ("/about/", False)):
        assert ("/static/js/install.js" in as_mia.get(path).content.decode()) is registers, path
    assert len(Path(settings.BASE_DIR / "static/js/install.js").read_bytes()) < 512


def test_an_icon_weighs_little() -> None:
    for name, (size, look) in ICONS.items():
        file = BytesIO()
        draw(size, look).save(file, "PNG", optimize=True)
        assert len(file.getvalue()) < 12_000, name
