"""SAFETY A1, A2 and A21 in their short forms; `make torture` has the long one."""

import pytest

from tools import torture


@pytest.mark.parametrize(("messages", "kills"), [(60, 2), pytest.param(300, 5, marks=pytest.mark.audit)])
@pytest.mark.parametrize("mode", ["embedded", "servers"])
def test_no_kill_loses_anything_or_doubles_a_reminder(mode: str, messages: int, kills: int, redis_url: str) -> None:
    outcome = torture.run(mode, messages=messages, kills=kills, seed=1, redis_url=redis_url)
    print(outcome)
    assert outcome.held, outcome
