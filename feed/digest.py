"""The week in one's own groups, in one letter on Monday morning, if there is something to tell.

A week is counted by the calendar of the organization: its last seven days before the day of the letter. Only what
people chose to share with a whole group is in it, and words only where adults are among themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from challenges.models import Challenge
from challenges.prompts import prompts_for
from feed.models import Act
from feed.models.act_query import ActQuerySet
from feed.reach import Reach, reached
from feed.totals import totals_of
from groups.models import Group, Membership
from groups.models.policy import column_of
from notifications import rhythms, samples
from notifications import schedule as schedule_of_people
from notifications.kinds import Kind, Message, register
from notifications.models import Notice, Topic
from notifications.rhythms import Rhythm

NAME = "digest"
AT, MONDAY = time(8), 0
WEEK = timedelta(days=7)
LATEST = timedelta(days=6)
"""A week that is over does not change: a letter about it may be days late, but never meets the next one."""
ACTS, GROUPS, WORDS = 3, 3, 240


def people() -> Iterable[int]:
    members = Membership.objects.active().filter(user__kind=User.Kind.PERSON)
    return members.order_by().values_list("user_id", flat=True).distinct()


def wanted(day: date, users: Sequence[int]) -> dict[int, int]:
    """In whose groups something was told in the week before. Which it was exactly, the letter itself finds out."""
    begins = datetime.combine(day - WEEK - schedule_of_people.DAY, time(0), tzinfo=UTC)
    ends = datetime.combine(day + schedule_of_people.DAY, time(0), tzinfo=UTC)
    told = Act.objects.filter(group=OuterRef("group"), shown_at__gte=begins, shown_at__lt=ends).in_feed()
    places = Membership.objects.active().filter(
        Exists(told),
        user__in=users,
        group__archived_at=None,
        group__delete_after=None,
        group__in=Group.objects.allowed(),
    )
    return {user: group for group, user in places.order_by("-group").values_list("group_id", "user_id")}


# --- What it says -------------------------------------------------------------------------------


@dataclass
class Week:
    """One group's week as one member reads it."""

    group: Group
    acts: int
    excerpts: list["Excerpt"] = field(default_factory=list)
    together: str = ""
    prompt: str = ""

    @property
    def headline(self) -> str:
        return ngettext("%(n)d kind act, one week.", "%(n)d kind acts, one week.", self.acts) % {"n": self.acts}

    @property
    def url(self) -> str:
        return settings.BASE_URL + self.group.get_absolute_url()


@dataclass(frozen=True)
class Excerpt:
    """A few words of somebody's act, as the group reads it."""

    who: str
    how: str
    words: str


def weeks_of(user: User, day: date) -> list[Week]:
    """The weeks of a person's groups, the fullest first; a group in which nothing was shared has none."""
    groups = list(Group.objects.of_member(user).allowed().select_related("organization"))
    weeks = []
    for group in groups:
        acts = _acts_of(group, day)
        if count := acts.count():
            excerpts = _excerpts(acts, user) if column_of(group.mode, group.age_band) == "adults" else []
            weeks.append(Week(group, count, excerpts))
    weeks = sorted(weeks, key=lambda week: -week.acts)[:GROUPS]
    _say_how_far(weeks)
    _say_what_comes(user, weeks)
    return weeks


def _acts_of(group: Group, day: date) -> ActQuerySet:
    zone = group.organization.zone
    ends = datetime.combine(day, time(0), tzinfo=zone)
    begins = datetime.combine(day - WEEK, time(0), tzinfo=zone)
    return Act.objects.filter(group=group, shown_at__gte=begins, shown_at__lt=ends).in_feed()


def _excerpts(acts: ActQuerySet, user: User) -> list[Excerpt]:
    """A few of what others told in words, of different people where there are."""
    told = list(acts.exclude(author=user).exclude(text="").select_related("author")[: 10 * ACTS])
    first: dict[object, Act] = {}
    for act in told:
        first.setdefault(act.author_id if act.signed_by else act.pk, act)
    chosen = [*first.values(), *(act for act in told if act not in first.values())][:ACTS]
    hows = {"did": _("did this"), "saw": _("noticed this"), "received": _("was given this")}
    return [Excerpt(act.signed_by or _("Someone"), hows[act.kind], _shortened(act.text)) for act in chosen]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WORDS else line[:WORDS].rsplit(" ", 1)[0] + " …"


def _say_how_far(weeks: Sequence[Week]) -> None:
    """What the group has told in all of its challenge, and what it hopes for."""
    for week in weeks:
        challenge = Challenge.objects.of_day(week.group, week.group.organization.today()).first()
        if challenge:
            week.together = _("%(n)d so far in “%(title)s”. You hope for %(goal)d.") % {
                "n": totals_of([challenge])[challenge.pk].total,
                "title": challenge.title,
                "goal": challenge.goal,
            }


def _say_what_comes(user: User, weeks: Sequence[Week]) -> None:
    by_group = {week.group.pk: week for week in weeks}
    for prompt in prompts_for(user, [week.group for week in weeks]):
        if prompt.state == "open" and prompt.challenge.group_id in by_group:
            by_group[prompt.challenge.group_id].prompt = prompt.headline


def _reader(notice: Notice) -> User:
    assert notice.recipient  # noqa: S101 (digests go to people)
    return notice.recipient


def _weeks(notice: Notice) -> list[Week]:
    """Asked once for each sending."""
    known: list[Week] | None = vars(notice).get("weeks")
    if known is None:
        known = vars(notice)["weeks"] = weeks_of(_reader(notice), date.fromisoformat(notice.key))
    return known


def render(notice: Notice) -> Message:
    weeks, user, day = _weeks(notice), _reader(notice), date.fromisoformat(notice.key)
    return _say(weeks, reached(user, since=datetime.combine(day - WEEK, time(0), tzinfo=user.zone)))


def _say(weeks: Sequence[Week], further: Reach | None) -> Message:
    one = len(weeks) == 1
    return Message(
        subject=_("A week at %(group)s") % {"group": weeks[0].group.name} if one else _("A week in your groups"),
        line="",
        path=weeks[0].group.get_absolute_url() if one else reverse("home"),
        template="mail/digest",
        context={
            "weeks": weeks,
            "further": further,
            "settings_url": settings.BASE_URL + reverse("reminders"),
        },
    )


register(
    Kind(
        name=NAME,
        mail=True,
        in_app=False,
        still_wanted=lambda notice: bool(_weeks(notice)),
        render=render,
        topic=Topic.DIGEST,
    )
)
rhythms.register(
    Rhythm(
        name=NAME,
        kind=NAME,
        people=people,
        rules=rhythms.same_for_all(AT, frozenset({MONDAY})),
        wanted=wanted,
        latest=LATEST,
    )
)


def _sample(groups: int) -> Message:
    ferry = Group(name="Ferry Lane Surgery", slug="ferry-lane", mode=Group.Mode.WORKPLACE)
    river = Group(name="River Street neighbors", slug="river-street", mode=Group.Mode.COMMUNITY)
    told = [
        Excerpt("Nora", _("did this"), "Held the door for a man with a pram."),
        Excerpt(_("Someone"), _("noticed this"), "Somebody left soup for the night shift."),
        Excerpt("Finn", _("was given this"), "A stranger gave me her umbrella in the rain."),
    ]
    together = _("%(n)d so far in “%(title)s”. You hope for %(goal)d.") % {
        "n": 61,
        "title": "21 Days of Kindness",
        "goal": 100,
    }
    weeks = [Week(ferry, 14, told, together, "Thank somebody by name."), Week(river, 1, told[:1])]
    return _say(weeks[:groups], Reach(3, reverse("notices")))


samples.register("week", NAME, partial(_sample, 1))
samples.register("week-of-two-groups", NAME, partial(_sample, 2))
