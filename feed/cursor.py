"""Where a page of a list ends, as a word in an address: what the list is ordered by, a dash, and an id.

Of a feed it is the moment an act was shown, to the microsecond, because two acts may be approved within the same
millisecond; of one's own acts it is the day they were done; of a list by age the id says all.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import BadRequest
from django.utils import timezone

from feed.models import Act

Cursor = tuple[datetime, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 40
LAST_ID = 2**63 - 1


def cursor_of(act: Act) -> str:
    """The cursor below which the acts older than this one lie."""
    if act.shown_at is None:
        raise ValueError("An act that is not shown has no place in a feed.")
    return _written(act.shown_at, act.pk)


def cursor_of_now() -> str:
    """The cursor above which only what is still to come lies."""
    return _written(timezone.now(), 0)


def read_cursor(word: str | None) -> Cursor | None:
    """The cursor of an address; None where there is none.

    Raises:
        BadRequest: it is not one of ours.
    """
    return _read(word, _moment)


def day_cursor_of(act: Act) -> str:
    """The same in a list by the day on which acts were done."""
    return f"{act.done_on.isoformat()}-{act.pk}"


def read_day_cursor(word: str | None) -> tuple[date, int] | None:
    return _read(word, date.fromisoformat)


def read_id_cursor(word: str | None) -> int | None:
    """The same in a list by id alone."""
    found = _read(f"-{word}" if word else "", _nothing)
    return found[1] if found else None


def _written(moment: datetime, pk: int) -> str:
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}-{pk}"


def _read[Key](word: str | None, parse: Callable[[str], Key]) -> tuple[Key, int] | None:
    if not word:
        return None
    key, dash, pk = word.rpartition("-")
    if len(word) > LONGEST or not dash or not (pk.isascii() and pk.isdigit()):
        raise BadRequest("This is not a place in a list.")
    try:
        return parse(key), min(int(pk), LAST_ID)
    except (ValueError, OverflowError) as error:
        raise BadRequest("This is not a place in a list.") from error


def _nothing(word: str) -> None:
    if word:
        raise ValueError(word)


def _moment(word: str) -> datetime:
    if not (word.isascii() and word.isdigit()):
        raise ValueError(word)
    return EPOCH + timedelta(microseconds=int(word))
