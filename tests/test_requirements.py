"""docs/requirements.md names tests that exist; a renamed test must not leave a promise without proof."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
ROWS = (TESTS.parent / "docs" / "requirements.md").read_text().splitlines()
NAMED = re.compile(r"`((?:\w+/)*test_\w+\.py)?(?:::(\w+))?`")


def test_every_named_test_exists() -> None:
    missing, file = [], ""
    for row in ROWS:
        for path, name in NAMED.findall(row):
            file = path or file
            if not (TESTS / file).is_file():
                missing.append(file)
            elif name and f"def test_{name}" not in (TESTS / file).read_text():
                missing.append(f"{file}::{name}")
    assert missing == []


def test_every_row_names_a_test() -> None:
    rows = [row for row in ROWS if re.match(r"\| [A-EZ]-\d\d ", row)]
    assert len(rows) >= 30
    assert [row[:8] for row in rows if "test_" not in row and "the same" not in row] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    """In its name and in its title, so that a link to it means one page."""
    decisions = sorted((TESTS.parent / "docs" / "decisions").glob("0*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers)
    assert [path.read_text().split(".")[0] for path in decisions] == [f"# {int(number)}" for number in numbers]
