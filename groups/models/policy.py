"""What a group may do, asked by name: `group.policy.comments_open`.

Code holds the defaults for each mode and age band (docs/decisions has the table's sources); stored
overrides say who changed what and when. An organization's override and a group's override are both
applied, and the stricter wins.
"""

from dataclasses import asdict, dataclass, fields, replace
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
    leaders_see_names=True,
    mail_open=False,
    strangers=False,
    money=False,
    food=False,
    touch=False,
    practices_open=False,
)
PRIMARY = replace(SECONDARY, text_open=False, anonymous_open=False)
# In these modes an override may tighten but never loosen what protects children.
ONLY_TIGHTEN = frozenset({"primary"})
BY_MODE = {"workplace": ADULTS, "community": ADULTS, "secondary": SECONDARY, "primary": PRIMARY}
NAMES = tuple(field.name for field in fields(Policy))


def default_policy(mode: str, age_band: str) -> Policy:
    """The policy nobody has touched. A community group with minors follows the secondary column."""
    if mode in {"workplace", "community"} and age_band != "adult":
        return SECONDARY
    return BY_MODE[mode]


def resolve_policy(group: "Group") -> Policy:
    """The policy in force: the code's defaults, the group's overrides, and no more than its organization allows."""
    own, above = group.overrides, group.organization.overrides
    default = default_policy(group.mode, group.age_band)
    if not own and not above:
        return default
    values = asdict(default)
    for name, override in own.items():
        if name in values and not (override["allowed"] and group.mode in ONLY_TIGHTEN):
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
            allowed: False tightens; what True may loosen is for `resolve_policy` to say.
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
