"""Who may begin a change of address for somebody whose mailbox is lost."""

from accounts.models import User
from groups.models import Group, Membership, OrganizationAdmin


def can_begin(group: Group, by: User, of: User) -> bool:
    """Leaders for members; for who leads or looks after something, only who looks after the same organization.

    For operators nobody, and nobody for themselves: that is the page under settings.
    """
    if by == of or of.is_staff or of.is_pupil or not of.is_active or not group.can_be_run_by(by):
        return False
    led = Membership.objects.active().leaders().filter(user=of)
    administered = OrganizationAdmin.objects.filter(user=of)
    if not led.exists() and not administered.exists():
        return True
    elsewhere = (
        led.exclude(group__organization=group.organization_id).exists()
        or administered.exclude(organization=group.organization_id).exists()
    )
    return group.has_admin(by) and not elsewhere
