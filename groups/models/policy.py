"""What a group may do, asked by name: `group.policy.comments_open`.

Code holds the defaults for each mode and age band (docs/decisions has the table's sources); stored
overrides say who changed what and when. An organization's override and a group's override are both
applied, and the stricter wins.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Concat
from django.utils import timezone

from groups.models.organization import Organization

if TYPE_CHECKING:
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
    if hasattr(group, "packed_overrides"):
        return _resolved(group, _unpacked(group, group.packed_overrides))
    rows = PolicyOverride.objects.filter(
        models.Q(group=group) | models.Q(organization=group.organization_id)
    ).values_list("group_id", "name", "allowed")
    return _resolved(group, list(rows))


def policy_overrides() -> models.Subquery:
    """The overrides of each group of a query as one text column, so that many policies cost no query.

    Annotated as `packed_overrides`, they are what `group.policy` is made from.
    """
    whose = models.Case(models.When(group=None, then=models.Value("o")), default=models.Value("g"))
    word = models.Case(models.When(allowed=True, then=models.Value("1")), default=models.Value("0"))
    rows = PolicyOverride.objects.filter(
        models.Q(group=models.OuterRef("pk")) | models.Q(organization=models.OuterRef("organization"))
    )
    packed = models.StringAgg(Concat(whose, word, "name", output_field=models.TextField()), models.Value(","))
    return models.Subquery(rows.order_by().values(all=models.Value(1)).annotate(packed=packed).values("packed"))


def _unpacked(group: "Group", packed: str | None) -> list[tuple[int | None, str, bool]]:
    return [(group.pk if row[0] == "g" else None, row[2:], row[1] == "1") for row in (packed or "").split(",") if row]


def _resolved(group: "Group", rows: Sequence[tuple[int | None, str, bool]]) -> Policy:
    values = asdict(default_policy(group.mode, group.age_band))
    for group_id, name, allowed in rows:
        if group_id is not None and not (allowed and group.mode in ONLY_TIGHTEN):
            values[name] = allowed
    for group_id, name, allowed in rows:
        if group_id is None and not allowed:
            values[name] = False
    return Policy(**values)


class PolicyOverride(models.Model):
    """One permission that a group or an organization changed, by whom and when."""

    group = models.ForeignKey("groups.Group", null=True, on_delete=models.CASCADE, related_name="policy_overrides")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.CASCADE, related_name="policy_overrides")
    name = models.CharField(max_length=30)
    allowed = models.BooleanField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "name"], condition=models.Q(group__isnull=False), name="one_override_per_group"
            ),
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(organization__isnull=False),
                name="one_override_per_organization",
            ),
            models.CheckConstraint(
                condition=models.Q(group__isnull=False, organization__isnull=True)
                | models.Q(group__isnull=True, organization__isnull=False),
                name="an_override_is_of_a_group_or_an_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.allowed}"
