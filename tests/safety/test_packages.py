"""What is installed is known to the last package, and asked about (B27)."""

import json
import os
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = {package["name"]: package for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
OURS = LOCK["kindness-platform"]


def closure(needs: list[dict[str, Any]]) -> dict[str, str]:
    """Everything that these need and what that needs, by name, each with its version."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    todo = [(need["name"], tuple(need.get("extra", ()))) for need in needs]
    while todo:
        name, extras = asked = todo.pop()
        if asked in found:
            continue
        found.add(asked)
        more = LOCK[name].get("optional-dependencies", {})
        needs = [*LOCK[name].get("dependencies", []), *(need for extra in extras for need in more.get(extra, []))]
        todo += [(need["name"], tuple(need.get("extra", ()))) for need in needs]
    return {name: LOCK[name]["version"] for name, _ in found}


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PATH": path, **environ}, capture_output=True, text=True, timeout=120
    )


@pytest.mark.audit
def test_the_bill_of_materials_lists_everything_that_is_installed_to_serve() -> None:
    bill = run("uv", "export", "--frozen", "--no-dev", "--format", "cyclonedx1.5", "--preview-features", "sbom-export")
    listed = json.loads(bill.stdout)["components"]
    assert {part["name"]: part["version"] for part in listed} == closure(OURS["dependencies"])
    assert all(part["externalReferences"][0]["hashes"] for part in listed)


class Holes(BaseHTTPRequestHandler):
    """Answers as osv.dev does: of one package it knows a hole."""

    asked: dict[str, str] = {}
    bad = ""

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.asked.update({query["package"]["name"]: query["version"] for query in queries})
        hole = {"vulns": [{"id": "OSV-TEST-1", "modified": "2026-01-01T00:00:00Z"}]}
        self._say({"results": [hole if query["package"]["name"] == self.bad else {} for query in queries]})

    def do_GET(self) -> None:
        self._say({"id": "OSV-TEST-1", "summary": "a hole", "modified": "2026-01-01T00:00:00Z", "affected": []})

    def _say(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Holes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.audit
def test_everything_that_is_locked_is_asked_about_and_a_known_hole_is_a_fault(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Holes, "asked", {})
    assert run("scripts/known_holes.sh", OSV_URL=service).returncode == 0
    everything = closure([*OURS["dependencies"], *OURS["dev-dependencies"]["dev"]])
    assert everything.items() <= Holes.asked.items()
    monkeypatch.setattr(Holes, "bad", "requests")
    found = run("scripts/known_holes.sh", OSV_URL=service)
    assert (found.returncode, "OSV-TEST-1" in found.stdout) == (1, True)


@pytest.mark.audit
def test_where_nobody_answers_it_is_said() -> None:
    unanswered = run("scripts/known_holes.sh", OSV_URL="http://127.0.0.1:9", UV_HTTP_RETRIES="0")
    assert (unanswered.returncode, "nobody answered" in unanswered.stdout) == (0, True)
