from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.ids import new_public_id
from accounts.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> "NoticeQuerySet":
        """What this person may read in the app: their own notices that are due."""
        return self.filter(recipient=user, in_app=True, due_at__lte=timezone.now())

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def up_to(self, public_id: str) -> "NoticeQuerySet":
        """One of these and what is older: all of them without a name, none where the named one is not among them."""
        if not public_id:
            return self
        last = self.filter(public_id=public_id).first()
        return self.filter(Q(due_at__lt=last.due_at) | Q(due_at=last.due_at, pk__lte=last.pk)) if last else self.none()


class Notice(models.Model):
    """One thing to tell one person, once: asking twice makes one row.

    The recipient is a person, or a bare address (invitation, sign-in code). `context` holds ids only;
    words are made when the notice is shown or sent, so deleted things are told to nobody.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices")
    address = models.EmailField(blank=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    context = models.JSONField(default=dict)
    in_app = models.BooleanField(default=False)
    due_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = models.Manager.from_queryset(NoticeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"],
                condition=models.Q(recipient__isnull=False),
                name="one_notice_per_person_kind_and_key",
            ),
            models.UniqueConstraint(
                fields=["address", "kind", "key"],
                condition=models.Q(recipient__isnull=True),
                name="one_notice_per_address_kind_and_key",
            ),
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False, address="")
                | models.Q(recipient__isnull=True) & ~models.Q(address=""),
                name="a_notice_goes_to_a_person_or_an_address",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-due_at"], condition=models.Q(in_app=True), name="notices_in_app"),
            models.Index(fields=["created_at"], condition=models.Q(in_app=True), name="notices_in_app_of_late"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.public_id})"
