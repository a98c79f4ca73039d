"""What was sent, when and with what outcome; never to which address, and none of its words."""

from django.contrib import admin

from accounts.look_only import LookOnly
from notifications.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    list_display = ("id", "channel", "state", "reason", "attempts", "not_before", "sent_at")
    list_filter = ("channel", "state")
