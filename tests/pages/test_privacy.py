"""The privacy page says what the inventory says: all of it, in its order, and nothing is without a limit."""

import html
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import kindness_platform

FILE = Path(kindness_platform.__file__).parent / "data_inventory.toml"
INVENTORY: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def said(text: str) -> str:
    return text[:1].upper() + text[1:]


def expected() -> list[str]:
    lines: list[str] = []
    for key, retention in INVENTORY["retention"].items():
        lines.append(said(retention["limit"]))
        for row in INVENTORY["data"]:
            if row["retention"] == key:
                lines += [row["title"], f"{said(row['purpose'])}. Seen by: {row['seen_by']}."]
    return lines


def shown(page: str) -> list[str]:
    part = page[page.index('id="kept"') :]
    found = re.findall(r'<(?:h3 id="limit-\w+"|dt|dd)>(.*?)</(?:h3|dt|dd)>', part, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in found]


def test_the_page_is_the_inventory(visitor: Client) -> None:
    assert shown(visitor.get("/privacy/").content.decode()) == expected()


@pytest.mark.parametrize("key", INVENTORY["retention"])
def test_every_class_says_a_span_or_an_event_that_ends_it(key: str) -> None:
    limit = INVENTORY["retention"][key]["limit"]
    assert re.search(r"\d+ days|two years|one year|one day|until|as long as the installation exists", limit), limit


def test_nothing_is_kept_as_long_as_the_installation() -> None:
    assert not [row["model"] for row in INVENTORY["data"] if row["retention"] == "installation"]


def test_terms_and_privacy_lead_to_each_other(visitor: Client) -> None:
    assert 'href="/privacy/"' in visitor.get("/terms/").content.decode()
    assert 'href="/terms/"' in visitor.get("/privacy/").content.decode()
