from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A way by which something reaches somebody, other than the list in the app."""

    MAIL = "mail", _("E-mail")
    PUSH = "push", _("Push message")
