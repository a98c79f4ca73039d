"""What is kept about what a person was told."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from accounts.data_rights import Copy, Keep, Room, register
from accounts.models import User
from accounts.my_data import addresses_of
from notifications.models import Clock, Delivery, KeptMail, Notice, Preferences, PushDevice, Suppression, SwitchedOff


def export(user: User) -> Copy:
    """Which notices and letters there were, and when. The words are made when somebody looks and are not kept."""
    ways: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for delivery in Delivery.objects.filter(notice__in=told(user)).order_by("pk"):
        ways[delivery.notice_id].append({"channel": delivery.channel, "state": delivery.state, "at": delivery.sent_at})
    return Copy(
        {
            "notices": [
                {
                    "kind": notice.kind,
                    "key": notice.key,
                    "to": notice.address or user.email,
                    "due_at": notice.due_at,
                    "read_at": notice.read_at,
                    "sent": ways[notice.pk],
                }
                for notice in told(user).order_by("due_at", "pk")
            ],
            "what_you_want_to_hear": [_wishes(wishes) for wishes in Preferences.objects.filter(user=user)],
            "switched_off": list(
                SwitchedOff.objects.filter(user=user).order_by("pk").values("topic", "channel", "how", "since")
            ),
            "what_comes_next": list(
                Clock.objects.filter(user=user).order_by("pk").values("rhythm", "next_at", "last_on")
            ),
            "addresses_that_get_no_letters": list(
                Suppression.objects.filter(address__in=addresses_of(user)).values(
                    "address", "why", "code", "score", "scored_at", "stopped_at"
                )
            ),
            "devices": [
                {"browser": device.browser, "switched_on_at": device.made_at, "last_told_at": device.seen_at}
                for device in PushDevice.objects.visible_to(user)
            ],
        }
    )


def _wishes(wishes: Preferences) -> dict[str, Any]:
    names = ("remind_at", "quiet_from", "quiet_until", "paused_until", "answers", "changed_at")
    return {name: getattr(wishes, name) for name in names} | {"weekdays": sorted(wishes.chosen_weekdays)}


def erase(user: User, keep: Keep) -> None:
    forget(told(user))
    KeptMail.objects.filter(address__in=addresses_of(user)).delete()
    Suppression.objects.filter(address__in=addresses_of(user)).delete()
    for rows in (Preferences, SwitchedOff, Clock):
        rows.objects.filter(user=user).delete()


def told(user: User) -> QuerySet[Notice]:
    """What went to this person, as a person or as an address that they had before they came."""
    return Notice.objects.filter(Q(recipient=user) | Q(address__in=addresses_of(user)))


def forget(notices: QuerySet[Notice]) -> None:
    """Delete notices with their deliveries, and the letters that were kept of them instead of being sent."""
    letters = set(
        Delivery.objects.filter(notice__in=notices).exclude(message_id="").values_list("message_id", flat=True)
    )
    _forget_kept(letters)
    notices.delete()


def _forget_kept(message_ids: Iterable[str]) -> None:
    for message_id in message_ids:
        KeptMail.objects.filter(**{"headers__Message-ID": message_id}).delete()


register(
    Room(
        "notifications",
        says=gettext_lazy("what you were told, when, and on which devices"),
        export=export,
        erase=erase,
    )
)
