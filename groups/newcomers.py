"""Who is told that somebody new is in a class: rooms above register themselves, as groups does not know them."""

from collections.abc import Callable

from accounts.models import User
from groups.models.group import Group

Handler = Callable[[Group, User], None]
_handlers: list[Handler] = []


def register(handler: Handler) -> None:
    if handler not in _handlers:
        _handlers.append(handler)


def welcome(group: Group, user: User) -> None:
    """Let every room do what it does for somebody new, in the transaction in which they came."""
    for handler in _handlers:
        handler(group, user)
