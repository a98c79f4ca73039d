"""Groups whose days of grace are over go for good, with everything that was in them."""

from django.db import transaction

from accounts import journal
from feed.farewell import delete_files, files_of, unlink
from groups.models import Group
from groups.retention import erase_pupil, pupils_only_here
from notifications.models import KeptMail, Notice


def purge_groups() -> int:
    """Delete every group that is due. May run twice, late or on two workers at once. Returns how many went."""
    return sum(_purge_if_due(pk) for pk in list(Group.objects.to_purge().values_list("pk", flat=True)))


@transaction.atomic
def _purge_if_due(pk: int) -> bool:
    # The row is the lock; whoever keeps the group at the last moment, or purges it elsewhere, has done so by now.
    group = Group.objects.select_for_update().to_purge().filter(pk=pk).first()
    if group is None:
        return False
    _purge(group)
    journal.record("group", group.public_id)
    return True


@transaction.atomic
def forget_group(public_id: str) -> None:
    """Delete a group again that a restored backup has brought back."""
    group = Group.objects.select_for_update().filter(public_id=public_id).first()
    if group:
        _purge(group)


def _purge(group: Group) -> None:
    for pupil in pupils_only_here(group):
        erase_pupil(pupil)
    paths = files_of(group)
    _forget_letters(group)
    unlink(group)
    organization = group.organization
    Group.objects.filter(pk=group.pk).delete()
    # An organization without a group holds nothing but its name, its contacts and who looked after it.
    if not organization.groups.exists():
        organization.delete()
    # Rather a file without its row for a moment than a row without its file.
    transaction.on_commit(lambda: delete_files(paths))


def _forget_letters(group: Group) -> None:
    """What was told about the group: addresses that were invited, and letters that a demo has kept."""
    notices = Notice.objects.filter(context__group=group.pk)
    letters = list(notices.exclude(deliveries__message_id="").values_list("deliveries__message_id", flat=True))
    KeptMail.objects.filter(**{"headers__Message-ID__in": [letter for letter in letters if letter]}).delete()
    notices.delete()
