from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from groups.models import Group

LENGTH = 400


class Already(Exception):
    """There was a note this week already."""


class KindNoteManager(models.Manager["KindNote"]):
    @transaction.atomic
    def send(self, group: Group, by: User, *, to: str, text: str) -> "KindNote":
        """Send a note to a group, or to those in it who have told nothing yet; one a week at most.

        Raises:
            Already: the group had one this week, perhaps from another leader a moment ago.
        """
        from feed import kind_notes

        try:
            with transaction.atomic():
                note = self.create(group=group, by=by, to=to, text=text, week=week_of(group))
        except IntegrityError:
            raise Already from None
        kind_notes.queue(note)
        return note

    def of_this_week(self, group: Group) -> "KindNote | None":
        return self.filter(group=group, week=week_of(group)).select_related("by").first()


def week_of(group: Group) -> date:
    """The first day of the week that it is for a group's organization."""
    today = group.organization.today()
    return today - timedelta(days=(today.weekday() - group.organization.first_weekday) % 7)


class KindNote(models.Model):
    """A few kind words of a leader to their group. Nobody learns to whom it went, or to how many."""

    class To(models.TextChoices):
        ALL = "all", _("Everybody")
        QUIET = "quiet", _("Those who have not told anything yet")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="kind_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.CharField(max_length=5, choices=To)
    text = models.CharField(max_length=LENGTH)
    week = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)

    objects = KindNoteManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "week"], name="one_kind_note_per_group_and_week"),
        ]

    def __str__(self) -> str:
        return f"kind note {self.public_id}"
