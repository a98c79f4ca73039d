from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from notifications.models.channel import Channel
from notifications.models.notice import Notice

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
TOGETHER = "+"
"""So begins the token of a claim of several rows at once."""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime | None = None) -> "DeliveryQuerySet":
        """Waiting rows whose time has come, and rows whose sender seems to be dead.

        A nudge that was in flight does not come back: it may have arrived, and nobody misses it.
        """
        now = now or timezone.now()
        waiting = models.Q(state=Delivery.State.WAITING, not_before__lte=now)
        return self.filter(waiting | self._abandoned(now)).order_by("not_before", "pk")

    def abandoned(self, now: datetime) -> "DeliveryQuerySet":
        return self.filter(self._abandoned(now)).order_by("lease_until")

    def _abandoned(self, now: datetime) -> models.Q:
        held = models.Q(state__in=[Delivery.State.CLAIMED, Delivery.State.IN_FLIGHT], lease_until__lt=now)
        return held & ~models.Q(state=Delivery.State.IN_FLIGHT, manner=Delivery.Manner.NUDGE)

    def claim(self, pks: int | Iterable[int], now: datetime | None = None) -> str:
        """Take deliveries for sending; however many ask at once, each is given to exactly one.

        Returns:
            The token under which the claimed rows are found; empty if all of them were taken or are not due.
        """
        pks = [pks] if isinstance(pks, int) else list(pks)
        now, token = now or timezone.now(), new_public_id()
        if len(pks) > 1:
            token = TOGETHER + token[1:]
        # Whoever dies with twenty of them at hand has begun one. What was beside it has nothing to do with that.
        beside = models.Q(state=Delivery.State.CLAIMED, claim_token__startswith=TOGETHER)
        died = models.Case(models.When(beside | models.Q(state=Delivery.State.WAITING), then=0), default=1)
        taken = self.due(now).order_by().filter(pk__in=pks)
        count = taken.update(
            state=Delivery.State.CLAIMED,
            lease_until=now + LEASE,
            claim_token=token,
            attempts=models.F("attempts") + 1,
            deaths=models.F("deaths") + died,
        )
        return token if count else ""

    def claimed_as(self, token: str) -> "DeliveryQuerySet":
        """What a claim holds: rows are lost to it when it was too slow and somebody else took them."""
        return self.filter(claim_token=token, state__in=[Delivery.State.CLAIMED, Delivery.State.IN_FLIGHT])


class Delivery(models.Model):
    """A notice on its way through one channel.

    Attributes:
        deaths: how many senders died that had this row alone at hand, or had it under way.
    """

    Channel = Channel

    class Manner(models.TextChoices):
        """How it is treated: what somebody has just asked for goes first, and a nudge goes at most once."""

        TRANSACTIONAL = "asked", _("Asked for")
        LETTER = "letter", _("Letter")
        NUDGE = "nudge", _("Reminder")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Claimed")
        IN_FLIGHT = "in_flight", _("In flight")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel)
    manner = models.CharField(max_length=6, choices=Manner, default=Manner.LETTER)
    # The id of the group that it is about, or 0: senders serve the lanes by turns, so that none holds up another.
    lane = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    claim_token = models.CharField(max_length=16, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120, blank=True)
    date_header = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="one_delivery_per_notice_and_channel"),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=models.Q(state="waiting"),
                name="deliveries_waiting",
            ),
            models.Index(
                fields=["manner", "lane", "not_before"],
                condition=models.Q(state="waiting"),
                name="deliveries_waiting_by_lane",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["claimed", "in_flight"]),
                name="deliveries_claimed",
            ),
            models.Index(
                fields=["lane", "sent_at"],
                condition=models.Q(state="sent"),
                name="deliveries_sent_by_lane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of notice {self.notice_id}: {self.state}"
