from django.db import models
from django.utils import timezone

from accounts.ids import new_public_id


class KeptMail(models.Model):
    """A mail that was not sent because no mail server is configured; `/dev/mail/` shows it in the demo."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    address = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="kept_mail_newest")]

    def __str__(self) -> str:
        return self.subject
