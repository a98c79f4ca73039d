from groups.models.group import Group
from groups.models.join_code import JoinCode
from groups.models.membership import Membership
from groups.models.organization import Organization, OrganizationAdmin
from groups.models.policy import Policy
from groups.models.support_contact import SupportContact

__all__ = ["Group", "JoinCode", "Membership", "Organization", "OrganizationAdmin", "Policy", "SupportContact"]
