"""Where a page of the feed ends, as a word in an address: the moment an act was shown, and its id.

Microseconds are kept, because two acts may be approved within the same millisecond.
"""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import BadRequest

from feed.models import Act

Cursor = tuple[datetime, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 40
LAST_ID = 2**63 - 1


def cursor_of(act: Act) -> str:
    """The cursor below which the acts older than this one lie."""
    if act.shown_at is None:
        raise ValueError("An act that is not shown has no place in a feed.")
    return f"{(act.shown_at - EPOCH) // timedelta(microseconds=1)}-{act.pk}"


def read_cursor(word: str | None) -> Cursor | None:
    """The cursor of an address; None where there is none.

    Raises:
        BadRequest: it is not one of ours.
    """
    if not word:
        return None
    moment, dash, pk = word.partition("-")
    if len(word) > LONGEST or not dash or not (moment.isascii() and moment.isdigit() and pk.isascii() and pk.isdigit()):
        raise BadRequest("This is not a place in the feed.")
    try:
        shown_at = EPOCH + timedelta(microseconds=int(moment))
    except OverflowError as error:
        raise BadRequest("This is not a place in the feed.") from error
    return shown_at, min(int(pk), LAST_ID)
