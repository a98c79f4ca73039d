from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.ids import new_public_id
from accounts.models import User
from feed.models.act import Act
from groups.models import Group

COMMENT_LIMIT = 500


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User) -> "CommentQuerySet":
        return self.filter(Q(state="shown") | Q(author=user), act__in=Act.objects.visible_to(user)).exclude(
            state="removed"
        )


class CommentManager(models.Manager["Comment"]):
    @transaction.atomic
    def post(self, act: Act, author: User, text: str, *, form_key: str) -> "Comment":
        """Write under an act, once per form."""
        act.group.check_may_speak(author)
        waits = not act.group.policy.posts_unapproved and not act.group.can_be_run_by(author)
        comment, new = self.get_or_create(
            author=author,
            form_key=form_key,
            defaults={
                "act": act,
                "group_id": act.group_id,
                "text": text,
                "state": Act.State.PENDING if waits else Act.State.SHOWN,
                "shown_at": None if waits else timezone.now(),
            },
        )
        if new and waits:
            comment.wait()
        elif new:
            comment._count(+1)
            comment.announce()
        return comment


class Comment(models.Model):
    """Words under an act, where the group's policy opens them."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="comments")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="comments")
    anonymized = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=Act.State, default=Act.State.SHOWN)
    text = models.TextField(max_length=COMMENT_LIMIT)
    form_key = models.CharField(max_length=32, default=new_public_id)
    created_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = CommentManager.from_queryset(CommentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "form_key"], name="one_comment_per_form"),
        ]
        indexes = [
            models.Index(fields=["act", "-created_at", "-id"], name="comments_of_an_act"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="comments_taken_down"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def can_be_removed_by(self, user: User) -> bool:
        return self.author_id == user.pk or self.group.can_be_run_by(user)

    def take_back(self) -> None:
        """Withdraw what was told of it and not read yet, now that the group cannot read it any more."""
        from feed import case_messages, messages

        messages.comments_were_hidden([self])
        if self.cases.exists():
            case_messages.something_was_settled(self.group)

    def wait(self) -> None:
        """Tell who reads for the group that it waits to be read."""
        from feed import reading_messages

        reading_messages.comment_waits(self)

    def announce(self) -> None:
        """Tell the act's author, now that the group can read it."""
        from feed import messages

        messages.comment_was_shown(self)

    @transaction.atomic
    def change(self, state: str) -> bool:
        """Move it to another state; while it is shown its act counts it, and the act's author is told.

        Returns:
            False when somebody else moved it first; then nothing happened.
        """
        before, now = self.state, timezone.now()
        values = {"state": state, "removed_at": now if state == Act.State.REMOVED else None}
        if state == Act.State.SHOWN and self.shown_at is None:
            values["shown_at"] = now
        if before == state or not Comment.objects.filter(pk=self.pk, state=before).update(**values):
            return False
        for name, value in values.items():
            setattr(self, name, value)
        if state == Act.State.SHOWN:
            self._count(+1)
            self.announce()
        elif before == Act.State.SHOWN:
            self._count(-1)
            self.take_back()
        return True

    def _count(self, by: int) -> None:
        Act.objects.filter(pk=self.act_id).update(comment_count=F("comment_count") + by)

    @transaction.atomic
    def remove(self) -> None:
        """Take it down, whatever has become of it since it was read; a second time changes nothing."""
        self.refresh_from_db(fields=["state"], from_queryset=Comment.objects.select_for_update())
        self.change(Act.State.REMOVED)
