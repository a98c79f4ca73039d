"""What is deleted by itself, room by room: the clock and `manage.py retention` go by one list."""

from collections.abc import Callable, Mapping

from accounts.retention import purge_accounts
from feed.retention import purge_feed, purge_feed_rows
from groups.retention import purge_classes
from kindness_platform.purge import purge_groups
from notifications.retention import purge_notifications

PURGES: dict[str, Callable[[], int]] = {
    "classes": purge_classes,
    "groups": purge_groups,
    "feed": purge_feed,
    "notifications": purge_notifications,
    "accounts": purge_accounts,
}
# What a transaction can take back again: the same, without the files that no row knows.
TRIALS: Mapping[str, Callable[[], int]] = PURGES | {"feed": purge_feed_rows}
