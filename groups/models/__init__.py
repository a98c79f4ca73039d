from groups.models.authorization import Authorization, NotAuthorized
from groups.models.class_tries import ClassTries
from groups.models.classroom import Classroom
from groups.models.external_id import ExternalId
from groups.models.group import Group
from groups.models.join_code import JoinCode
from groups.models.launch_check import LaunchCheck
from groups.models.membership import Membership
from groups.models.organization import Organization, OrganizationAdmin
from groups.models.policy import Policy
from groups.models.pupil import Pupil
from groups.models.school import School, SchoolSpan
from groups.models.support_contact import SupportContact

__all__ = [
    "Authorization",
    "ClassTries",
    "Classroom",
    "ExternalId",
    "Group",
    "JoinCode",
    "LaunchCheck",
    "Membership",
    "NotAuthorized",
    "Organization",
    "OrganizationAdmin",
    "Policy",
    "Pupil",
    "School",
    "SchoolSpan",
    "SupportContact",
]
