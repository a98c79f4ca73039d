"""What a class settles before its first challenge: each line with the reason for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groups.models import Authorization, Group, LaunchCheck, Membership, SupportContact

Key = LaunchCheck.Key


@dataclass(frozen=True)
class Line:
    """One line of the list.

    Attributes:
        why: the reason, in a sentence.
        asks: what has to be typed, or "" where a tick is enough.
    """

    key: str
    label: str | Promise
    why: str | Promise
    asks: str | Promise = ""


LINES: Sequence[Line] = (
    Line(
        Key.SAFEGUARDING_LEAD,
        Key.SAFEGUARDING_LEAD.label,
        _("A child may write something that worries you. Then it is clear who hears of it, and how."),
        _("Name, and how to reach them"),
    ),
    Line(
        Key.SUPPORT_CONTACTS,
        Key.SUPPORT_CONTACTS.label,
        _("Thinking of others can bring up one’s own worries. Every page leads to people who can help."),
    ),
    Line(
        Key.PARENTS_INFORMED,
        Key.PARENTS_INFORMED.label,
        _("Families should hear of it before their child does, and can ask or say no. A letter to print is ready."),
        _("How and when they were told"),
    ),
    Line(
        Key.OPT_OUT_ROUTE,
        Key.OPT_OUT_ROUTE.label,
        _("Kindness on demand is none. Who sits out gets as good a task, and nobody asks why or keeps a list."),
        _("Whom a child or a parent tells"),
    ),
    Line(
        Key.MODERATOR,
        Key.MODERATOR.label,
        _("What pupils write is read by a grown-up before anybody else sees it. This is who."),
    ),
    Line(
        Key.DATA_FORM,
        Key.DATA_FORM.label,
        _("Your school answers for the data of its pupils, and its own form says so. Ours is on the privacy page."),
        _("Where the form lies, or its number"),
    ),
)
BY_KEY = {line.key: line for line in LINES}


@dataclass(frozen=True)
class State:
    """A line as it stands in one class."""

    line: Line
    check: LaunchCheck | None
    is_settled: bool


@dataclass(frozen=True)
class Launch:
    """The whole list of a class."""

    group: Group
    authorization: Authorization | None
    states: Sequence[State]

    @property
    def is_ready(self) -> bool:
        return self.authorization is not None and all(state.is_settled for state in self.states)

    @property
    def left(self) -> int:
        """How many lines are not settled yet."""
        return sum(not state.is_settled for state in self.states) + (self.authorization is None)


def launch_of(group: Group) -> Launch:
    return launches_of([group])[group.pk]


def launches_of(groups: Sequence[Group]) -> dict[int, Launch]:
    """The lists of several classes, by group, with as many queries as one takes."""
    said: dict[int, dict[str, LaunchCheck]] = defaultdict(dict)
    for check in LaunchCheck.objects.filter(group__in=groups).select_related("by"):
        said[check.group_id][check.key] = check
    schools = {group.organization_id for group in groups}
    yes = list(Authorization.objects.live().filter(organization__in=schools).order_by("pk"))
    holds = _holds(groups)
    return {
        group.pk: Launch(
            group,
            next((one for one in yes if one.covers(group)), None),
            [
                State(line, said[group.pk].get(line.key), line.key in said[group.pk] and group.pk in holds[line.key])
                for line in LINES
            ],
        )
        for group in groups
    }


def is_ready(group: Group) -> bool:
    """Whether a challenge may begin here. Groups of adults have no such list."""
    return not group.is_class or launch_of(group).is_ready


def _holds(groups: Sequence[Group]) -> dict[str, set[int]]:
    """For each line the groups in which it is true; for two of them a tick alone does not make it so."""
    contacts = SupportContact.objects.filter(organization__in={group.organization_id for group in groups})
    helped = set(contacts.values_list("organization", flat=True))
    leading = Membership.objects.active().leaders().filter(group__in=groups)
    reading = leading.filter(user=F("group__classroom__moderator"), user__is_active=True)
    return {
        **{line.key: {group.pk for group in groups} for line in LINES},
        Key.SUPPORT_CONTACTS: {group.pk for group in groups if group.organization_id in helped},
        Key.MODERATOR: set(reading.values_list("group", flat=True)),
    }
