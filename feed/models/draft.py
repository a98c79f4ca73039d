from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from feed.models.photo import Photo
from groups.models import Group


class ActDraftManager(models.Manager["ActDraft"]):
    def keep(self, user: User, group: Group, fields: dict[str, Any], photo: Photo | None = None) -> "ActDraft":
        """Keep what somebody has typed; a photo sent earlier stays until another one comes."""
        values: dict[str, Any] = {"fields": fields, "updated_at": timezone.now()}
        if photo is not None:
            values["photo"] = photo
        draft, _new = self.update_or_create(user=user, group=group, defaults=values)
        return draft


class ActDraft(models.Model):
    """What somebody has typed so far and not posted; given back only to them, in the same group."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="act_drafts")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    photo = models.OneToOneField(Photo, null=True, on_delete=models.SET_NULL, related_name="draft")
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ActDraftManager] = ActDraftManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="one_draft_per_person_and_group"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.user_id}"

    @property
    def waiting_photo(self) -> Photo | None:
        """The photo of an earlier try, as long as it waits for an act."""
        photo = self.photo
        return photo if photo and photo.act_id is None and photo.deleted_at is None else None
