"""Random public ids: the only ids that addresses, pages and exports ever show."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 16


def new_public_id() -> str:
    """16 characters of 31, about 79 bits: not to be guessed, and without look-alikes to be read aloud."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
