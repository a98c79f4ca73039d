"""What goes with a group: how much it holds, and the files and links that the database cannot let go by itself."""

from dataclasses import dataclass

from django.core.files.storage import default_storage

from feed.models import Act, Comment, Photo
from feed.pictures import SIZES
from groups.models import Group


@dataclass(frozen=True)
class Holdings:
    """What would be lost with a group."""

    people: int
    acts: int
    comments: int
    photos: int
    challenges: int


def holdings_of(group: Group) -> Holdings:
    return Holdings(
        people=group.memberships.active().count(),
        acts=Act.objects.filter(group=group).exclude(state=Act.State.REMOVED).count(),
        comments=Comment.objects.filter(group=group).exclude(state=Act.State.REMOVED).count(),
        photos=Photo.objects.filter(group=group).count(),
        challenges=group.challenges.count(),
    )


def files_of(group: Group) -> list[str]:
    """Where the storage keeps this group's photos, also those that were never posted or are no longer shown."""
    return [photo.path(size) for photo in Photo.objects.filter(group=group).only("name") for size in SIZES]


def unlink(group: Group) -> None:
    """Untie the chains of a group that goes as a whole; one act alone never goes while another follows it."""
    Act.objects.filter(group=group).update(parent=None, ripple=None, link_kind="")


def delete_files(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
