"""What waits for somebody who has just signed in: rooms above register it here.

Who followed an invitation or started a challenge signed out finds it done when they arrive, whichever
way they came in: with a new account, with a code or with a password.
"""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.models import User

Handler = Callable[[HttpRequest, User], str | None]
_handlers: list[Handler] = []


def register(handler: Handler) -> None:
    """Call `handler` after every sign-in. It may return the address of the page to open next."""
    if handler not in _handlers:
        _handlers.append(handler)


def arrive(request: HttpRequest, user: User) -> str | None:
    """Let every room do what waited for this person; the first page asked for is the one to open."""
    pages = [handler(request, user) for handler in _handlers]
    return next((page for page in pages if page), None)
