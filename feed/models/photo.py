import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from feed.models.act import Act
from groups.models import Group

ALT_LIMIT = 300


def new_file_name() -> str:
    """128 random bits; nothing of the sender's file name is kept."""
    return secrets.token_hex(16)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: User) -> "PhotoQuerySet":
        """A photo is seen by those who see its act or read it first, and by its owner while it is not posted yet."""
        of_acts = models.Q(act__in=Act.objects.visible_to(user)) | models.Q(act__in=Act.objects.read_by(user))
        waiting = models.Q(act=None, uploader=user, group__in=Group.objects.visible_to(user))
        return self.filter(of_acts | waiting)


class Photo(models.Model):
    """A picture, freshly encoded from what was sent; the sent file is never stored."""

    class Gone(Exception):
        """A photo belongs to the act that took it first; it waits for no other."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    act = models.OneToOneField(Act, null=True, on_delete=models.CASCADE, related_name="photo")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="photos")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=32, unique=True, default=new_file_name, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(_("description"), max_length=ALT_LIMIT, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PhotoQuerySet.as_manager()

    def __str__(self) -> str:
        return self.public_id

    def path(self, size: str) -> str:
        """Where the storage keeps it: two letters of the random name as a folder, so that no folder grows endless."""
        return f"photos/{self.name[:2]}/{self.name}-{size}.webp"

    def attach(self, act: Act, alt: str) -> None:
        """Make it the photo of an act; that it is of the same person and group is for the caller's look-up.

        Raises:
            Gone: another act took it first, or it was put away meanwhile.
        """
        if not Photo.objects.filter(pk=self.pk, act=None).update(act=act, alt=alt):
            raise Photo.Gone
        self.act, self.alt = act, alt

    def describe(self, alt: str) -> bool:
        """Say what it shows; returns whether that is something else than before."""
        if alt == self.alt:
            return False
        self.alt = alt
        self.save(update_fields=["alt"])
        return True


def photo_of(act: Act) -> Photo | None:
    """The photo of an act, where it has one."""
    return getattr(act, "photo", None)
