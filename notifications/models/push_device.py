from collections.abc import Collection

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts import locking
from accounts.ids import new_public_id
from accounts.models import Session, User

MOST = 10
"""So many devices somebody may have; one more takes the place of the oldest."""


class PushDeviceQuerySet(models.QuerySet["PushDevice"]):
    def visible_to(self, user: User) -> "PushDeviceQuerySet":
        """Only one's own."""
        return self.filter(user=user).order_by("-made_at", "-pk")

    def signed_in(self) -> "PushDeviceQuerySet":
        """Those on which their person is still signed in. Who signs out on a device is told nothing more there."""
        live = Session.objects.filter(
            public_id=models.OuterRef("session_id"), user=models.OuterRef("user"), expire_date__gt=timezone.now()
        )
        return self.filter(models.Exists(live.exclude(public_id="")))

    def owners(self, users: Collection[int]) -> set[int]:
        """Those of these people who have a device that can be reached."""
        return set(self.signed_in().filter(user__in=users).values_list("user_id", flat=True))

    @transaction.atomic
    def keep(
        self, user: User, endpoint: str, *, p256dh: str, auth: str, key_id: str, session: str, browser: str
    ) -> None:
        """Reach this person at a browser from now on. One that was somebody else's is theirs no longer.

        Args:
            endpoint: the address at the push service that the browser has got.
            p256dh: the browser's public key, in base64url.
            auth: the browser's secret, in base64url; it is kept locked.
            key_id: which of our keys the browser expects messages to be signed with.
            session: the sign-in with which it came (`accounts.Session.public_id`), and with which it ends.
            browser: words by which the person knows it again.
        """
        User.objects.select_for_update().get(pk=user.pk)
        self.update_or_create(
            endpoint=endpoint,
            defaults={
                "user": user,
                "p256dh": p256dh,
                "auth_locked": locking.lock(auth),
                "key_id": key_id,
                "session_id": session,
                "browser": browser,
                "made_at": timezone.now(),
                "seen_at": None,
            },
        )
        kept = self.filter(user=user).order_by("-made_at", "-pk").values_list("pk", flat=True)[:MOST]
        self.filter(user=user).exclude(pk__in=list(kept)).delete()


class PushDevice(models.Model):
    """A browser that shows messages of ours even while no page of ours is open.

    Attributes:
        key_id: which of our keys it expects messages to be signed with; with another one it cannot be reached.
        session_id: the sign-in it came with (`accounts.Session.public_id`).
        seen_at: when its push service last took a message for it.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth_locked = models.CharField(max_length=200)
    key_id = models.CharField(max_length=16)
    session_id = models.CharField(max_length=16)
    browser = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)

    objects = PushDeviceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"device of {self.user_id}"

    @property
    def auth(self) -> str:
        return locking.unlock(self.auth_locked)
