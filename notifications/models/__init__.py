from notifications.models.channel import Channel
from notifications.models.clock import Clock
from notifications.models.delivery import Delivery
from notifications.models.kept_mail import KeptMail
from notifications.models.notice import Notice
from notifications.models.preferences import Preferences
from notifications.models.push_device import PushDevice
from notifications.models.sign import Sign
from notifications.models.suppression import Suppression
from notifications.models.switched_off import SwitchedOff, Topic

__all__ = [
    "Channel",
    "Clock",
    "Delivery",
    "KeptMail",
    "Notice",
    "Preferences",
    "PushDevice",
    "Sign",
    "Suppression",
    "SwitchedOff",
    "Topic",
]
