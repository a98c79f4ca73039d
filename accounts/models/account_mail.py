from django.db import models
from django.utils import timezone

from accounts.ids import new_public_id


class AccountMail(models.Model):
    """What one letter about an account has to say: a sign-in code, an address check, a changed password.

    The row lives as long as its code does. A notice holds only its id, so that no queue, log or
    context ever carries a code.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    address = models.EmailField()
    template = models.CharField(max_length=80)
    code = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=12, default="en")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="account_mail_expiry")]

    def __str__(self) -> str:
        return f"{self.template} ({self.public_id})"
