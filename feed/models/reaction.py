from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from feed.models.act import Act
from groups.models import Group


class ReactionManager(models.Manager["Reaction"]):
    def toggle(self, act: Act, user: User, kind: str) -> bool:
        """Answer an act, or take the answer back.

        Returns:
            Whether the answer stands now. Two clicks at once leave one row at most.
        """
        deleted, _rows = self.filter(act=act, user=user, kind=kind).delete()
        if deleted:
            return False
        # Not get_or_create: the row it lost the race to may be taken back again before it looks.
        self.bulk_create([self.model(act=act, user=user, kind=kind, group_id=act.group_id)], ignore_conflicts=True)
        return True


class Reaction(models.Model):
    """An answer to an act, in one of four ways. Readers see only their own; the author sees names."""

    class Kind(models.TextChoices):
        THANKS = "thanks", _("Thank you")
        MOVED = "moved", _("Moved me")
        CELEBRATING = "celebrating", _("Celebrating")
        PASSING_ON = "passing_on", _("I’ll pass it on")

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReactionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "user", "kind"], name="one_answer_of_a_kind_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.act_id}"
