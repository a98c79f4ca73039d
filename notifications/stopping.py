"""Switching off with one click from a mail, without signing in (RFC 8058)."""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from notifications.models import Preferences, Topic


def url_for(user: User, topic: str) -> str:
    """The address that stops a topic for one person. It holds neither their address nor an id of theirs."""
    token = Preferences.objects.stop_token_of(user)
    return settings.BASE_URL + reverse("stop", args=[f"{token}.{topic}.{_signature(token, topic)}"])


def read(token: str) -> tuple[User, Topic] | None:
    """Whose token it is, and for what; None for one that was made up, cut off or belongs to somebody who is gone."""
    secret, _dot, rest = token.partition(".")
    topic, _dot, signature = rest.partition(".")
    if topic not in Topic.values or not constant_time_compare(signature, _signature(secret, topic)):
        return None
    wishes = Preferences.objects.select_related("user").filter(stop_token=secret).first()
    return (wishes.user, Topic(topic)) if wishes else None


def _signature(secret: str, topic: str) -> str:
    return salted_hmac("notifications.stop", f"{secret}/{topic}", algorithm="sha256").hexdigest()[:20]
