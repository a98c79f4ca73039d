"""The ledger of ASVS answers every requirement of levels 1 and 2, and names what exists (B1)."""

import re
from pathlib import Path

import pytest

from tests.safety.test_index import NAMED, PROMISES, written

ROOT = Path(__file__).resolve().parents[2]
LEDGER = [
    line.strip("| ").split(" | ")
    for line in (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]
# How many of each section's requirements are of levels 1 and 2: they come first, those of level 3 after them.
SECTIONS = {
    "1": (2, 9, 11, 3, 2),
    "2": (3, 3, 4, 1),
    "3": (0, 2, 4, 6, 5, 0, 2),
    "4": (3, 1, 2, 4),
    "5": (1, 3, 2, 3),
    "6": (3, 12, 4, 4, 5, 3, 0, 4),
    "7": (3, 4, 2, 5, 2, 2),
    "8": (2, 3, 1, 1),
    "9": (3, 4),
    "10": (2, 2, 4, 11, 5, 2, 3),
    "11": (2, 3, 3, 4, 1, 1),
    "12": (3, 2, 4),
    "13": (1, 5, 2, 5),
    "14": (2, 4, 3),
    "15": (3, 3, 7),
    "16": (1, 5, 4, 3, 3),
    "17": (1, 4, 2),
}
GOALS = {row[0] for row in PROMISES}
PAGE = re.compile(r"`((?:docs/)?[\w/-]+\.md)`")


def test_every_requirement_is_answered_once() -> None:
    wanted = [
        f"{chapter}.{section}.{n}"
        for chapter, sections in SECTIONS.items()
        for section, many in enumerate(sections, 1)
        for n in range(1, many + 1)
    ]
    assert len(wanted) == 253
    assert [row[0] for row in LEDGER] == wanted


@pytest.mark.parametrize("answer", ["held", "waived", "not here"])
def test_every_answer_says_by_what_or_why(answer: str) -> None:
    rows = [row for row in LEDGER if row[1] == answer]
    assert rows
    for number, _answer, why in rows:
        if answer == "held":
            _check(number, why)
        elif answer == "waived":
            assert re.match(r"(maintainers|operator): \w", why), number
        assert why.strip(), number


def _check(number: str, why: str) -> None:
    """What is named exists, and something is."""
    goals, pages, tests = (
        re.findall(r"\b([A-F]\d+)\b", re.sub(r"`[^`]*`", "", why)),
        PAGE.findall(why),
        NAMED.findall(why),
    )
    assert goals or pages or tests, number
    assert set(goals) <= GOALS, number
    assert all((ROOT / page).is_file() for page in pages), number
    file = ""
    for path, name in tests:
        file = path or file
        assert written(file), f"{number}: {file}"
        assert not name or f"test_{name}" in written(file), f"{number}: {file}::{name}"


def test_ninety_five_of_a_hundred_that_apply_are_held() -> None:
    answers = [row[1] for row in LEDGER]
    assert set(answers) == {"held", "waived", "not here"}
    held, waived = answers.count("held"), answers.count("waived")
    assert held >= 0.95 * (held + waived), f"{held} held, {waived} waived"
