from collections.abc import Iterable

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from feed.models.act import Act
from groups.models import Group
from notifications import outbox


class CreditManager(models.Manager["Credit"]):
    def give(self, act: Act, people: Iterable[User]) -> "list[Credit]":
        """Name people to thank on a new act; naming somebody twice names them once."""
        return self.bulk_create(
            self.model(act=act, person=person, group_id=act.group_id) for person in dict.fromkeys(people)
        )

    def visible_to(self, user: User) -> "models.QuerySet[Credit]":
        """The credits a person may answer: those that name them, on acts they can open."""
        return self.filter(person=user, act__in=Act.objects.visible_to(user)).exclude(state=Credit.State.REMOVED)


class Credit(models.Model):
    """A person named and thanked on an act. They may hide the name or decline it; it is theirs."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")
        DECLINED = "declined", _("Declined")
        REMOVED = "removed", _("Removed")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="credits")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="credits")
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True)
    thanked_at = models.DateTimeField(null=True)

    objects = CreditManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "person"], name="one_credit_per_act_and_person"),
        ]
        indexes = [models.Index(fields=["person", "-created_at"], name="credits_of_a_person")]

    def __str__(self) -> str:
        return self.public_id

    @transaction.atomic
    def become(self, state: str) -> None:
        self.state = state
        self.changed_at = timezone.now()
        self.save(update_fields=["state", "changed_at"])
        if state != self.State.SHOWN:
            outbox.withdraw("credit", [self.public_id])
