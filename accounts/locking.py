"""What has to be read again by the server, kept so that a copy of the database alone does not give it away."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    """Locks with the newest SECRET_KEY and still opens what a former one has locked."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    """A key for this one purpose; whoever learns it still cannot sign sessions."""
    return hashlib.blake2b(key.encode(), digest_size=32, person=b"goodturn.keys").digest()


def lock(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unlock(locked: str) -> str:
    return _box().decrypt(locked.encode()).decode()
