"""The index of bad inputs and the table of promises name tests that exist, and no row is forgotten."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.safety.bad_inputs import NOT_YET, ROWS

TESTS = Path(__file__).parents[1]
WANTED = {*range(1, 83), *range(90, 99)}


@cache
def written(file: str) -> set[str]:
    """The tests that stand in a file."""
    path = TESTS / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def collected(request: pytest.FixtureRequest) -> dict[str, set[str]]:
    """The tests of each whole file that this run takes in. Without them, what is written has to do."""
    options = request.config.option
    if options.keyword or getattr(options, "lf", False) or any("::" in argument for argument in request.config.args):
        return {}
    found: dict[str, set[str]] = {}
    for item in request.session.items:
        file = item.path.relative_to(TESTS).as_posix()
        found.setdefault(file, set()).add(getattr(item, "originalname", item.name))
    return found


def test_no_row_is_forgotten() -> None:
    assert set(ROWS) == WANTED


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_held_by_tests_or_says_what_it_waits_for(row: int, request: pytest.FixtureRequest) -> None:
    held = ROWS[row]
    if isinstance(held, str):
        assert held.startswith(NOT_YET)
        assert len(held) > len(NOT_YET)
        return
    run = collected(request)
    assert held
    for named in held:
        file, _, name = named.partition("::")
        assert f"test_{name}" in written(file), f"row {row}: {named} does not exist"
        assert f"test_{name}" in run.get(file, {f"test_{name}"}), f"row {row}: {named} is never run"


# --- docs/safety.md ---------------------------------------------------------------------------------

PROMISES = [
    line.strip("| ").split(" | ")
    for line in (TESTS.parent / "docs" / "safety.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [A-CF]\d+ \|", line)
]
NAMED = re.compile(r"`((?:\w+/)*test_\w+\.py)?(?:::(\w+))?`")


def test_no_goal_stands_twice_and_they_stand_in_order() -> None:
    goals = [row[0] for row in PROMISES]
    assert goals == sorted(goals, key=lambda goal: (goal[0], int(goal[1:])))
    assert len(goals) == len(set(goals))


@pytest.mark.parametrize("row", PROMISES, ids=[row[0] for row in PROMISES])
def test_every_promise_names_tests_that_exist(row: list[str]) -> None:
    _goal, promise, shown = row
    assert promise.endswith(".")
    named = NAMED.findall(shown)
    assert named
    file = ""
    for path, name in named:
        file = path or file
        assert written(file), f"{file} does not exist or holds no test"
        assert not name or f"test_{name}" in written(file), f"{file}::{name} does not exist"
