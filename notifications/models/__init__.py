from notifications.models.delivery import Delivery
from notifications.models.kept_mail import KeptMail
from notifications.models.notice import Notice

__all__ = ["Delivery", "KeptMail", "Notice"]
