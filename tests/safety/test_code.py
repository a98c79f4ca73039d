"""What may be written where: the few places that leave the safe way, each named with its reason (B15, B18, B27).

Ruff's rules of bandit (`S`) are a part of `make check`; these are our own.
"""

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_data_inventory import ROOMS

ROOT = Path(__file__).resolve().parents[2]
OURS = ("accounts", "groups", "challenges", "feed", "notifications", "kindness_platform")
BACKUPS = "kindness_platform/backups/"

MAY: dict[str, dict[str, str]] = {
    # what: where, and why there
    "mark_safe": {"kindness_platform/templatetags/goodturn.py": "drawings and icons of ours"},
    "SafeString": {
        "kindness_platform/templatetags/goodturn.py": "drawings and icons of ours",
        "feed/cards.py": "ids and addresses of ours, on the page that is asked for most",
    },
    "raw": {},
    "extra": {},
    "RawSQL": {"feed/stream.py": "a union of one query for each group; its words are ours, its values parameters"},
    "execute": {
        "feed/cards.py": "as above: names of tables and as many placeholders as values",
        "feed/totals.py": "names of tables; every value is a parameter",
        BACKUPS: "names of tables, quoted by the database",
    },
    "requests": {
        "accounts/oidc.py": "asks the servers that the operator has named, and follows none elsewhere",
        "notifications/push.py": "asks the push services of browsers, from a fixed list, and follows none elsewhere",
    },
    "network": {"kindness_platform/supervisor.py": "asks itself whether it is well"},
    "subprocess": {
        "feed/pictures.py": "draws a photo anew, apart from all else",
        "kindness_platform/supervisor.py": "starts the processes of the platform",
    },
    "eval": {},
    "shell": {},
    "pickle": {},
    "csrf_exempt": {
        "notifications/views/stop.py": "mail programs post here by themselves",
        "notifications/views/mail_hook.py": "mail services post here; a signature proves it",
    },
    "delay": {
        "notifications/tasks.py": "the one place that wakes senders, after the commit, and bears a missing broker"
    },
}
MODULES = {
    "subprocess": "subprocess",
    "urllib.request": "network",
    "http.client": "network",
    "socket": "",
    "httpx": "network",
    "aiohttp": "network",
    "ftplib": "network",
    "requests": "requests",
    "pickle": "pickle",
    "marshal": "pickle",
    "shelve": "pickle",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in OURS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def found_in(tree: ast.Module) -> Iterator[str]:
    """The names of MAY that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (MODULES.get(name.name, "") for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield MODULES.get(node.module or "", "")
        elif isinstance(node, ast.Name) and node.id == "csrf_exempt":
            yield node.id
        elif isinstance(node, ast.Call):
            yield from _called(node)


def _called(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    method = isinstance(call.func, ast.Attribute)
    if name in {"mark_safe", "SafeString", "RawSQL"} or (method and name in {"raw", "extra", "delay"}):
        yield name
    if method and name == "execute" and not (call.args and isinstance(call.args[0], ast.Constant)):
        yield "execute"
    if not method and name in {"eval", "exec", "compile"}:
        yield "eval"
    if (name in {"system", "popen"} and method) or any(word.arg == "shell" for word in call.keywords):
        yield "shell"
    if name in {"load", "unsafe_load"} and method and ast.unparse(call.func).startswith("yaml.load"):
        yield "pickle"


def test_what_leaves_the_safe_way_is_known_by_its_place() -> None:
    used: dict[str, set[str]] = {what: set() for what in MAY}
    for path, tree in sources():
        for what in set(found_in(tree)) - {""}:
            used[what].add(BACKUPS if path.startswith(BACKUPS) else path)
    assert used == {what: set(places) for what, places in MAY.items()}


def test_whoever_asks_elsewhere_follows_nobody_and_waits_for_nobody() -> None:
    """Of all that is asked over the network directly; sign-in servers are asked by allauth with our own session."""
    asked = 0
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"requests.{verb}" for verb in VERBS}:
                told = {word.arg: ast.unparse(word.value) for word in node.keywords}
                assert told.get("allow_redirects") == "False", path
                assert "timeout" in told, path
                assert "verify" not in told, path
                asked += 1
    assert asked == 1


VERBS = ("get", "post", "put", "patch", "delete", "head", "request", "Session", "session")


def test_every_template_escapes() -> None:
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\|\s*(safe|safeseq)\b", text), path
            # Plain text has nothing to escape; in a page it would be a hole.
            assert path.suffix == ".txt" or "autoescape off" not in text, path


def test_the_rooms_are_all_of_ours() -> None:
    assert set(OURS) >= set(ROOMS) & {path.name for path in ROOT.iterdir()}


# --- What comes from elsewhere (B27) -------------------------------------------------------------------------


def test_everything_that_is_installed_is_known_by_its_hash() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    packages = [package for package in lock["package"] if package["source"] != {"virtual": "."}]
    assert len(packages) > 50
    for package in packages:
        files = package.get("wheels", []) + ([package["sdist"]] if "sdist" in package else [])
        assert files, package["name"]
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]) for file in files), package["name"]
    for script in ("scripts/prepare.sh", "deploy/Containerfile"):
        assert re.search(r"uv\"? sync [^\n]*--frozen", (ROOT / script).read_text()), script


FONTS = dict(line.split()[::-1] for line in Path(__file__).with_name("fonts.sha384").read_text().splitlines())
"""The files of others that stand in the repository, and their fingerprints, as `sha384sum` writes and checks them."""


@pytest.mark.parametrize("name", FONTS)
def test_a_file_of_others_is_as_it_came(name: str) -> None:
    assert hashlib.sha384((ROOT / "static" / "fonts" / name).read_bytes()).hexdigest() == FONTS[name]


def test_the_font_of_the_booklet_is_as_it_came() -> None:
    """DejaVu Sans 2.37, for the letters that our own fonts lack."""
    font = hashlib.sha384((ROOT / "kindness_platform" / "fonts" / "DejaVuSans.ttf").read_bytes())
    assert font.hexdigest() == (
        "ee44f91dd70564a6f29085c39655600fce1522242a4cc9fcd1bc590dff4cf83014ce56d87ee7d6b79aa2691917fcfcfe"
    )


def test_no_other_file_of_others_is_served() -> None:
    served = {path.name for path in (ROOT / "static" / "fonts").iterdir() if path.suffix != ".txt"}
    assert served == set(FONTS)
    assert {path.name for path in (ROOT / "static" / "js").iterdir()} == {
        "app.js",
        "install.js",
        "keys.js",
        "pupil.js",
        "push.js",
        "queue.js",
        "wall.js",
        "zone.js",
    }
