"""Who is told that a school has other days off: rooms above register themselves, as groups does not know them."""

from collections.abc import Callable

from groups.models.organization import Organization
from groups.school_days import DaysOff

Handler = Callable[[Organization, DaysOff, DaysOff], None]
_handlers: list[Handler] = []


def register(handler: Handler) -> None:
    if handler not in _handlers:
        _handlers.append(handler)


def tell(organization: Organization, before: DaysOff, after: DaysOff) -> None:
    """Let every room move what it has planned, in the transaction in which the calendar changed."""
    for handler in _handlers:
        handler(organization, before, after)
