"""What Mia is asked, on which day, and what stands beside it."""

import pytest

from accounts.models import User
from challenges.models import Challenge
from challenges.prompts import prompts_for
from groups.models import Group

pytestmark = pytest.mark.django_db


def test_the_fourth_day_asks_the_fourth_step(mia: User, group: Group, challenge: Challenge) -> None:
    [prompt] = prompts_for(mia, [group])
    assert prompt.state == "open"
    assert prompt.step is not None
    assert prompt.step.step_key == "d04"
    assert len(prompt.options) == 4
    assert prompt.label.startswith("Day 4 of 21 · ")
