"""Kinds of notice that only tests know, and letters as people get them."""

import pytest

from notifications import kinds
from notifications.kinds import Kind, Message
from notifications.models import Notice

WANTED = {"letter": True, "nudge": True, "news": True}


def _kind(name: str, *, mail: bool, in_app: bool, nudge: bool = False) -> Kind:
    def render(notice: Notice) -> Message:
        words = f"{name} {notice.context.get('n', '')}".strip()
        return Message(words, words, "/notices/", "mail/account_exists", {"address": "you"})

    return Kind(name, mail, in_app, lambda notice: WANTED[name], render, nudge=nudge)


@pytest.fixture(autouse=True)
def test_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter that is retried, a nudge that is not, and news for the in-app list."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in (
        _kind("letter", mail=True, in_app=False),
        _kind("nudge", mail=True, in_app=True, nudge=True),
        _kind("news", mail=False, in_app=True),
    ):
        kinds.register(kind)


@pytest.fixture
def unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to hear any of it any more."""
    for name in WANTED:
        monkeypatch.setitem(WANTED, name, False)
