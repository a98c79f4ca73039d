from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from feed.models.act import Act
from feed.models.photo import Photo
from groups.models import Group


class ActDraftQuerySet(models.QuerySet["ActDraft"]):
    def at(self, user: User, group: Group, parent: Act | None = None) -> "ActDraftQuerySet":
        """What somebody has left at one composer: that of a group, or the one that passes an act of it on."""
        return self.filter(user=user, parent=parent) if parent else self.filter(user=user, group=group)

    def told(self, user: User, group: Group, parent: Act | None, words: str, photo: Photo | None) -> "ActDraftQuerySet":
        """What need not wait any longer once these words are told at this composer.

        A photo that the composer did not show belongs to a try in another tab, and so do the words with it. The
        same words elsewhere were typed before another group was chosen.
        """
        place = Q(parent=parent) if parent else Q(group=group)
        here = place & (Q(photo=None) | Q(photo=photo) if photo else Q(photo=None))
        return self.filter(here | Q(fields__text=words, photo=None) if words else here, user=user)

    def keep(
        self,
        user: User,
        group: Group,
        fields: dict[str, Any],
        photo: Photo | None = None,
        *,
        parent: Act | None = None,
    ) -> "ActDraft":
        """Keep what somebody has typed; a photo sent earlier stays until another one comes."""
        values: dict[str, Any] = {"fields": fields, "updated_at": timezone.now()}
        if photo is not None:
            values["photo"] = photo
        place = {"parent": parent} if parent else {"group": group}
        draft, _new = self.update_or_create(user=user, **place, defaults=values)
        return draft


class ActDraft(models.Model):
    """What somebody has typed so far and not posted; given back only to them, where they typed it.

    That is the composer of a group, or the one that passes an act (`parent`) on.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="act_drafts")
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(Act, null=True, on_delete=models.CASCADE, related_name="+")
    photo = models.OneToOneField(Photo, null=True, on_delete=models.SET_NULL, related_name="draft")
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ActDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="one_draft_per_person_and_group"),
            models.UniqueConstraint(fields=["user", "parent"], name="one_draft_per_person_and_act_passed_on"),
            models.CheckConstraint(
                condition=Q(group__isnull=False, parent__isnull=True) | Q(group__isnull=True, parent__isnull=False),
                name="a_draft_waits_in_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.user_id}"

    @property
    def waiting_photo(self) -> Photo | None:
        """The photo of an earlier try, as long as it waits for an act."""
        photo = self.photo
        return photo if photo and photo.act_id is None else None
