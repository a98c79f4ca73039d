from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.channel import Channel
from notifications.models.notice import Notice

LEASE = timedelta(minutes=2)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime | None = None) -> "DeliveryQuerySet":
        """Waiting rows whose time has come, and claimed rows whose sender seems to be dead."""
        now = now or timezone.now()
        waiting = models.Q(state=Delivery.State.WAITING, not_before__lte=now)
        abandoned = models.Q(state=Delivery.State.CLAIMED, lease_until__lt=now)
        return self.filter(waiting | abandoned).order_by("not_before", "pk")

    def claim(self, pk: int, now: datetime | None = None) -> bool:
        """Take one delivery for sending. However many ask at once, exactly one is told True."""
        now = now or timezone.now()
        taken = self.due(now).order_by().filter(pk=pk)
        return (
            taken.update(state=Delivery.State.CLAIMED, lease_until=now + LEASE, attempts=models.F("attempts") + 1) == 1
        )


class Delivery(models.Model):
    """A notice on its way through one channel."""

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
