import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User

TOKEN_BYTES = 32


def _hashed(token: str) -> str:
    """A token is drawn and not chosen, so nothing can be tried out against a plain hash of it."""
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarFeedManager(models.Manager["CalendarFeed"]):
    def renew(self, user: User) -> str:
        """A new secret address for this person's calendar; the one before is dead at once.

        Returns:
            the token. It is shown this once: what is kept of it is a hash.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.update_or_create(user=user, defaults={"token_hash": _hashed(token), "made_at": timezone.now()})
        return token

    def find(self, token: str) -> "CalendarFeed | None":
        """The feed at a secret address; whose account is closed has none."""
        live = self.filter(token_hash=_hashed(token), user__is_active=True, user__kind=User.Kind.PERSON)
        return live.select_related("user").first()


class CalendarFeed(models.Model):
    """The address at which a calendar finds somebody's prompts, without a cookie: who knows it may read them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = CalendarFeedManager()

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
