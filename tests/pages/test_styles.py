"""Style sheets and pages agree: a class that a page carries has a rule, and a rule has a page that carries it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "notifications", "groups", "challenges", "feed", "kindness_platform")
TAG = r"\{%.*?%\}|\{\{.*?\}\}"
ATTRIBUTE = re.compile(rf'\bclass="((?:{TAG}|[^"])*)"', re.DOTALL)
GIVEN = re.compile(r"""\bcls(?:: str)? ?= ?f?["']([^"'{]*)|["']class["']: ["']([^"']*)""")
SHAPE = re.compile(r'\{% field [^%]*\bas="([^"]*)"')
NAME = r"-?[A-Za-z_][\w-]*"

# Put together where it is drawn: icons, colors, the dots of the meter, the tone of a card, the kind of what is told,
# how large it stands on a wall, the state of a day, and the steps of a swap.
DRAWN = re.compile(
    r"ico|dir|[fs]-(ink|paper|wash|sun|poppy|sky|petal|spruce|leaf|none|rule)|[donr]|tag--(done|noticed|received)"
    r"|tell--(did|saw|received)|wall--(big|huge)|wall__act--(short|long|longer)|now|next|past|htmx-\w+"
)
# For pages that come with certificates and reminders.
COMING = re.compile(r"(sheet--)?cert.*|sheet--wide|act-quote|hue-[a-d]|wait|scale--7")


def ruled() -> set[str]:
    found: set[str] = set()
    for sheet in (ROOT / "static/css/layers").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", sheet.read_text(), flags=re.DOTALL)
        found |= set(re.findall(rf"\.({NAME})", " ".join(re.findall(r"[^{}]+(?=\{)", rules))))
    return found


def carried() -> set[str]:
    """The classes of all pages, as far as they are written out; letters that follow it in their own style are left."""
    pages = [page for page in (ROOT / "templates").rglob("*.html") if page.parent.name != "mail"]
    code = [file for room in ROOMS for kind in ("*.py", "*.svg") for file in (ROOT / room).rglob(kind)]
    found: set[str] = set()
    for text in (file.read_text() for file in (*pages, *code)):
        given = [value for pair in GIVEN.findall(text) for value in pair]
        for value in (*given, *SHAPE.findall(text), *ATTRIBUTE.findall(text)):
            # What stands beside a variable is only the beginning of a name.
            plain = re.sub(TAG, lambda tag: "\0" if tag[0].startswith("{{") else " ", value, flags=re.DOTALL)
            found |= {word for word in plain.split() if re.fullmatch(NAME, word)}
    return found


def named() -> set[str]:
    """Names with a part or a kind, wherever scripts and views say them."""
    files = [*(ROOT / "static/js").glob("*.js"), *(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))]
    files += (ROOT / "templates").rglob("*.html")
    return {name for file in files for name in re.findall(NAME, file.read_text()) if "--" in name or "__" in name}


def test_a_class_that_a_page_carries_has_a_rule() -> None:
    assert sorted(name for name in carried() - ruled() if not DRAWN.fullmatch(name)) == []


def test_a_rule_has_a_page_that_carries_its_class() -> None:
    unused = ruled() - carried() - named()
    assert sorted(name for name in unused if not (DRAWN.fullmatch(name) or COMING.fullmatch(name))) == []
