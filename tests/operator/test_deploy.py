"""What is shipped for deploying fits the product: the same processes everywhere, and no command that is not there."""

import ast
import configparser
import json
import re
import shlex
import sys
import tomllib
from fnmatch import fnmatch
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from packaging.specifiers import SpecifierSet

from feed.uploads import FLOOD
from kindness_platform.supervisor import commands

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))


def unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(path)
    return parsed


def supervised(folder: str) -> dict[str, list[str]]:
    """What the supervisor starts, without the path of its Python."""
    found = commands("127.0.0.1", 8000, 2, Path(folder))
    return {name: [part if part != sys.executable else "python" for part in command] for name, command in found.items()}


def test_the_procfile_starts_what_the_supervisor_starts() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    plain = {name: shlex.split(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", line)) for name, line in lines.items()}
    assert plain.pop("release") == ["python", "-m", "kindness_platform.prepare"]
    assert plain == supervised("var")


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_units_start_what_the_supervisor_starts(name: str) -> None:
    command = shlex.split(unit(UNITS / f"goodturn-{name}.service")["Service"]["ExecStart"])
    assert ["python", *command[1:]] == supervised("/var/lib/goodturn")[name]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_every_unit_runs_as_an_ordinary_user_with_little_to_write_to(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == "goodturn"
    assert service["UMask"] == "0077"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["ReadWritePaths"].startswith("/var/lib/goodturn")
    assert (service["CapabilityBoundingSet"], service["RestrictNamespaces"]) == ("", "yes")


def test_a_backup_is_made_each_hour_and_old_ones_go() -> None:
    assert unit(UNITS / "goodturn-backup.timer")["Timer"]["OnCalendar"] == "hourly"
    command = shlex.split(unit(UNITS / "goodturn-backup.service")["Service"]["ExecStart"])
    assert command[1:3] == ["manage.py", "backup"]
    assert "--thin" in command


@pytest.mark.parametrize("path", [*sorted((ROOT / "docs").glob("*.md")), *SERVICES], ids=lambda path: path.name)
def test_every_command_that_is_named_is_there(path: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text()))
    assert named <= set(get_commands()), path.name


def test_proxies_pass_on_the_address_they_see_and_not_what_is_claimed() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    assert "X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_add_x_forwarded_for" not in nginx
    assert "X-Forwarded-Proto $scheme;" in nginx


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_let_through_what_we_answer_ourselves(name: str) -> None:
    """A photo that is too large is ours to refuse, with the words that came with it kept."""
    limit = re.search(r"(?:client_max_body_size|max_size) (\d+)(?:m|MB)", (ROOT / "deploy" / name).read_text())
    assert limit
    assert int(limit[1]) * 1024 * 1024 > FLOOD > settings.PHOTO_MAX_BYTES


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_while_nothing_answers_the_proxy_says_so_kindly(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text()
    assert "/away.html" in text
    assert "/srv/goodturn/deploy" in text
    page = (ROOT / "deploy" / "away.html").read_text()
    assert {"Back in a moment.", "Volvemos enseguida."} <= set(re.findall(r"<h[12]>(.*?)</h[12]>", page))
    assert "://" not in page


def test_the_nginx_of_debian_12_understands_the_example() -> None:
    """It is 1.22, to which the directive http2 of 1.25 is an error."""
    directives = [line.split()[0] for line in (ROOT / "deploy" / "nginx.conf").read_text().splitlines() if line.strip()]
    assert "http2" not in directives


def test_the_container_takes_the_locked_dependencies_and_no_secrets() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text()
    assert "uv sync --frozen" in lines
    assert "USER goodturn" in lines
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"var", ".git", "*.env", ".venv"} <= set(ignored)


# The container file is read here as its builder would, line by line, for nothing in these tests can build it.
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text()


def told(instruction: str) -> list[str]:
    """What stands behind each instruction of this name, broken lines joined."""
    joined = CONTAINER.replace("\\\n", " ")
    return [re.sub(r"\s+", " ", found) for found in re.findall(rf"^{instruction} (.*)$", joined, re.MULTILINE)]


def test_the_container_takes_along_what_is_there() -> None:
    stages = {re.split(r" AS ", image)[1] for image in told("FROM") if " AS " in image}
    for copied in told("COPY"):
        words = copied.split()
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages
            assert words[1:] == ["/app/.venv", ".venv"], "an environment works at the path it was made for"
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
    assert set(told("WORKDIR")) == {"/app"}
    ignored = (ROOT / ".dockerignore").read_text().split()
    for needed in ("manage.py", "Procfile", "uv.lock", "templates", "static", "locale", "kindness_platform", "feed"):
        assert (ROOT / needed).exists()
        assert not any(fnmatch(needed, pattern) for pattern in ignored)


def test_the_container_has_a_python_that_fits() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    images = {image.split()[0] for image in told("FROM")}
    assert len(images) == 1, "what is built with one Python runs with the same"
    version = re.search(r"python:(\d+\.\d+)", images.pop())
    assert version
    assert version[1] in SpecifierSet(wanted)


def test_what_the_container_runs_is_there() -> None:
    (command,) = told("CMD")
    start = json.loads(command)
    assert start[:2] == ["python", "-m"]
    assert find_spec(start[2])
    assert start[3:] == ["serve"]
    (check,) = told("HEALTHCHECK")
    code = ast.parse(json.loads(check[check.index("[") :])[2])
    calls = {ast.unparse(node.func): node.args for node in ast.walk(code) if isinstance(node, ast.Call)}
    (taken,) = [node for node in ast.walk(code) if isinstance(node, ast.ImportFrom)]
    assert taken.module
    for name in (name.name for name in taken.names):
        signature(getattr(import_module(taken.module), name)).bind(*map(ast.literal_eval, calls[name]))


def test_the_words_about_the_container_are_its_own() -> None:
    """How it is built and run stands at its top and in the guide; the folder for data and the port are those it has."""
    guide = (ROOT / "docs" / "deploying.md").read_text()
    commands = re.findall(r"^# (podman .*)$", CONTAINER, re.MULTILINE)
    assert len(commands) == 2
    assert all(command in guide for command in commands)
    environment = dict(line.split("=", 1) for line in told("ENV")[0].split())
    assert told("VOLUME") == [environment["DATA_DIR"]]
    assert f"goodturn:{environment['DATA_DIR']}" in commands[1]
    assert f":{told('EXPOSE')[0]} " in commands[1]
