"""The terms as people accept them: ours, or those that the people who run the server have put in their place."""

import hashlib
from functools import cache

from accounts import own_texts

# Raise it when our own terms or the privacy page say something that people have to know before they go on.
VERSION = 1
SHORT = 12


def fingerprint() -> str:
    """What an acceptance records. It is another one when the terms are, and then everybody is asked once.

    Of a text of one's own it is made from every word, though not from where lines break. Its translations and the
    contact may change without asking. Of ours it is made from the version: a comma set right asks nobody.
    """
    return _fingerprint(own_texts.source("terms"), VERSION)


@cache
def _fingerprint(own: str, version: int) -> str:
    words = "own terms " + " ".join(own.split()) if own else f"terms {version}"
    return hashlib.sha256(words.encode()).hexdigest()


def version() -> str:
    """How the page calls the text that holds."""
    return fingerprint()[:SHORT] if own_texts.source("terms") else str(VERSION)
