"""What a group may do, asked by name: `group.policy.comments_open`.

Code holds the defaults for each mode and age band (why they are as they are says decision 7); stored
overrides say who changed what and when. An organization's override and a group's override are both
applied, and the stricter wins.
"""

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict

from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from groups.models.group import Group


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Each field is a permission: True allows more, so tightening is always `False`."""

    comments_open: bool = True
    reactions_open: bool = True
    photos_open: bool = True
    text_open: bool = True
    posts_unapproved: bool = True
    ticks_unapproved: bool = True
    credits_open: bool = True
    anonymous_open: bool = True
    organization_audience: bool = False
    leaders_see_names: bool = False
    mail_open: bool = True
    strangers: bool = True
    money: bool = True
    food: bool = True
    touch: bool = True
    practices_open: bool = True


ADULTS = Policy()
SECONDARY = replace(
    ADULTS,
    comments_open=False,
    photos_open=False,
    posts_unapproved=False,
    ticks_unapproved=False,
    leaders_see_names=True,
    mail_open=False,
    strangers=False,
    money=False,
    food=False,
    touch=False,
    practices_open=False,
)
PRIMARY = replace(SECONDARY, text_open=False, anonymous_open=False)
COLUMNS = {"adults": ADULTS, "secondary": SECONDARY, "primary": PRIMARY}
NAMES = tuple(field.name for field in fields(Policy))
NOTHING = Policy(**dict.fromkeys(NAMES, False))


class Who(StrEnum):
    """Who may open a permission. Closing one is always for those who run the group."""

    LEADERS = "leaders"
    ADMINS = "admins"
    NOBODY = "nobody"


# Who may open what the defaults keep closed. What is not named here stays closed for good: strangers, money, food and
# touch are no matter of choice where minors are (S1 to S4), and neither are mails to them; who did not take part is
# nobody's business among adults (S14). What the defaults leave open and somebody has closed may be opened again by a
# leader, for that is the safe default.
OPENED_BY: dict[str, dict[str, Who]] = {
    "adults": {"organization_audience": Who.LEADERS},
    "secondary": {
        "comments_open": Who.ADMINS,
        "photos_open": Who.ADMINS,
        "posts_unapproved": Who.ADMINS,
        "ticks_unapproved": Who.LEADERS,
        "organization_audience": Who.ADMINS,
        "practices_open": Who.ADMINS,
    },
    # Pupils only tick, until their teacher turns text on; every text then waits to be read. A tick says nothing of its
    # own, so whoever teaches may let it stand unread.
    "primary": {"text_open": Who.LEADERS, "ticks_unapproved": Who.LEADERS},
}


def column_of(mode: str, age_band: str) -> str:
    """Which column of the defaults holds. A community group with minors follows the secondary one."""
    if mode in {"workplace", "community"}:
        return "adults" if age_band == "adult" else "secondary"
    return mode


def default_policy(mode: str, age_band: str) -> Policy:
    """The policy nobody has touched."""
    return COLUMNS[column_of(mode, age_band)]


def opened_by(group: "Group", name: str) -> Who:
    """Who may open this permission in this group."""
    if getattr(default_policy(group.mode, group.age_band), name):
        return Who.LEADERS
    return OPENED_BY[column_of(group.mode, group.age_band)].get(name, Who.NOBODY)


def resolve_policy(group: "Group") -> Policy:
    """The policy in force: the code's defaults, the group's overrides, and no more than its organization allows.

    A group that was put away allows nothing.
    """
    if not group.is_open:
        return NOTHING
    own, above = group.overrides, group.organization.overrides
    default = default_policy(group.mode, group.age_band)
    if not own and not above:
        return default
    values = asdict(default)
    for name, override in own.items():
        if name in values and not (override["allowed"] and opened_by(group, name) == Who.NOBODY):
            values[name] = override["allowed"]
    for name, override in above.items():
        if name in values and not override["allowed"]:
            values[name] = False
    return Policy(**values)


class Override(TypedDict):
    """One permission that was changed: what it is now, and by whom (a person's id) and when (ISO 8601, UTC)."""

    allowed: bool
    by: int | None
    at: str


class Overridable(models.Model):
    """Keeps the permissions that a group or an organization has changed, in its own row, by name.

    They lie in the row itself because every page of a group asks for them.
    """

    overrides: "models.JSONField[dict[str, Override], dict[str, Override]]" = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def override(self, name: str, *, allowed: bool, by: "User | None") -> None:
        """Change one permission. Two people who change two of them at the same moment both succeed.

        Args:
            name: a field of `Policy`.
            allowed: False tightens. Who may loosen is asked before (`Group.change_rule`); what nobody may loosen
            stays as it is, whatever is stored (`resolve_policy`).
            by: who changes it.

        Raises:
            ValueError: there is no such permission.
        """
        if name not in NAMES:
            raise ValueError(f"There is no permission called {name!r}.")
        change = Override(allowed=allowed, by=by.pk if by else None, at=timezone.now().isoformat())
        with transaction.atomic():
            row = type(self)._default_manager.select_for_update().only("overrides").get(pk=self.pk)
            row.overrides = {**row.overrides, name: change}
            row.save(update_fields=["overrides"])
        self.overrides = row.overrides
        vars(self).pop("policy", None)
