"""The day's reminder: one mail a day at most, over all of somebody's challenges, at the hour they chose.

Who is due is found by their clocks (`notifications.planner`); whether their challenges ask something on that day is
said here, for many people at once. What it says is made when it is sent: what was done, skipped or rested until then
needs no reminder.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.zones import known_zones, zone_named
from challenges import schedule
from challenges.catalog import program
from challenges.days import day_name
from challenges.models import Challenge, Choice, Participation, Step
from challenges.offers import Offers
from challenges.prompts import Prompt
from challenges.prompts_of_many import Material, material_of
from groups.models import Group, Membership
from notifications import rhythms, samples
from notifications import schedule as schedule_of_people
from notifications.kinds import Kind, Message, register
from notifications.models import Notice, Preferences, Topic
from notifications.models.preferences import HOUR
from notifications.rhythms import Rhythm
from notifications.schedule import Rule

NAME = "reminder"
WAITING = frozenset({"open", Choice.State.INTENDED.value})
no_need: list[Callable[[date, Collection[int]], set[int]]] = []
"""Rooms that know more add a question here: which of these people (ids) have done something of the kind on this day?"""


def people() -> Iterable[int]:
    """Everybody who takes part in something that is not over."""
    today = timezone.now().date() - schedule_of_people.DAY  # somewhere it still is yesterday
    rows = Participation.objects.filter(
        challenge__cancelled_at=None, challenge__ends_on__gte=today, user__kind=User.Kind.PERSON
    )
    return rows.values_list("user_id", flat=True).distinct()


def rules(users: Sequence[int]) -> dict[int, Rule]:
    hours = suggested(users)
    return {user.pk: wishes.rule(_zone(user), hours.get(user.pk)) for user, wishes in rhythms.with_wishes(users)}


def suggested(users: Sequence[int]) -> dict[int, time]:
    """The hour that a leader suggests to these people, who may choose another: that of what ends soonest."""
    today = timezone.now().date()
    parts = Participation.objects.filter(
        user__in=users,
        challenge__remind_at__isnull=False,
        challenge__cancelled_at=None,
        challenge__starts_on__lte=today + timedelta(days=7),
        challenge__ends_on__gte=today,
        challenge__group__memberships__in=Membership.objects.active().filter(user=OuterRef("user")),
        challenge__group__archived_at=None,
        challenge__group__delete_after=None,
    )
    hours: dict[int, time] = {}
    for user, at in parts.order_by("challenge__ends_on", "challenge").values_list("user", "challenge__remind_at"):
        hours.setdefault(user, at or HOUR)
    return hours


def _zone(user: User) -> ZoneInfo:
    """Their own; if a new release of the time zones dropped it, the one of an organization they belong to."""
    if user.time_zone in known_zones():
        return zone_named(user.time_zone)
    places = Membership.objects.active().filter(user=user).order_by("joined_at")
    return zone_named(user.time_zone, *places.values_list("group__organization__time_zone", flat=True))


def wanted(day: date, users: Sequence[int]) -> dict[int, int]:
    """Whose challenges ask something on their day, each with a group in which they do."""
    place = Membership.objects.active().filter(group=OuterRef("challenge__group"), user=OuterRef("user"))
    parts = list(
        Participation.objects.filter(
            Exists(place),
            user__in=users,
            challenge__cancelled_at=None,
            challenge__starts_on__lte=day,
            challenge__ends_on__gte=day,
            challenge__group__archived_at=None,
            challenge__group__delete_after=None,
        )
        .exclude(paused_until__gte=day)
        .order_by("challenge__ends_on", "challenge")
    )
    challenges = Challenge.objects.select_related("group__organization").in_bulk({part.challenge_id for part in parts})
    asks = {pk: Asked(challenge, day) for pk, challenge in challenges.items()}
    for step in Step.objects.filter(challenge__in=challenges, hidden_at=None):
        asks[step.challenge_id].add(step.position, step.week)
    lanes: dict[int, int] = {}
    for part in parts:
        if part.user_id not in lanes and asks[part.challenge_id].of(part):
            lanes[part.user_id] = challenges[part.challenge_id].group_id
    return lanes


@dataclass
class Asked:
    """Whether a challenge asks something on a day, for all who take part in it."""

    challenge: Challenge
    day: date

    def __post_init__(self) -> None:
        self.positions: set[int] = set()
        self.by_week: dict[int, int] = defaultdict(int)
        self.known: dict[int | None, bool] = {}

    def add(self, position: int, week: int) -> None:
        self.positions.add(position)
        self.by_week[week] += 1

    def of(self, part: Participation) -> bool:
        one_day = part.rhythm == Participation.Rhythm.ONE_DAY
        weekday = part.kindness_weekday if one_day else None
        if weekday not in self.known:
            self.known[weekday] = self._asks(weekday)
        return self.known[weekday]

    def _asks(self, weekday: int | None) -> bool:
        challenge, day = self.challenge, self.day
        if challenge.cadence == Challenge.Cadence.DAILY:
            last = max(self.positions, default=-1) + 1
            place = schedule.position_on(challenge.starts_on, day, last, off=challenge.off)
            return place in self.positions
        if day in challenge.off:
            return False
        if challenge.cadence == Challenge.Cadence.WEEKLY:
            week = schedule.week_of(challenge.starts_on, day, off=challenge.off) + 1
            if not self.by_week.get(week):
                return False
            return day.weekday() == weekday if weekday is not None else self._falls_on(challenge.per_week)
        weeks = ((challenge.ends_on - challenge.starts_on).days + 7) // 7
        return self._falls_on(-(-len(self.positions) // weeks))

    def _falls_on(self, times: int) -> bool:
        """So many acts a week are asked on as many days, spread over the challenge's week."""
        days = {n * 7 // min(times, 7) for n in range(min(times, 7))}
        return (self.day - self.challenge.starts_on).days % 7 in days


# --- What it says -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What was looked up for one letter along with those that leave with it."""

    done: bool
    material: Material

    @cached_property
    def open(self) -> list[Prompt]:
        """The prompts that wait for an answer."""
        return [prompt for prompt in self.material.prompts() if prompt.step and prompt.state in WAITING]


def look_up(notices: Sequence[Notice]) -> None:
    """Ask for many letters at once what each of them needs to know."""
    by_day: dict[str, list[int]] = defaultdict(list)
    for notice in notices:
        by_day[notice.key].append(_reader(notice).pk)
    done = {
        (day, user)
        for day, users in by_day.items()
        for question in no_need
        for user in question(date.fromisoformat(day), users)
    }
    material = material_of(list({_reader(notice).pk: _reader(notice) for notice in notices}.values()))
    for notice in notices:
        user = _reader(notice).pk
        vars(notice)["known"] = Known((notice.key, user) in done, material[user])


def _known(notice: Notice) -> Known:
    if "known" not in vars(notice):
        look_up([notice])
    known: Known = vars(notice)["known"]
    return known


def _reader(notice: Notice) -> User:
    assert notice.recipient  # noqa: S101 (reminders go to people)
    return notice.recipient


def why_not(notice: Notice) -> str:
    """Why nobody needs this reminder any more; empty if they do."""
    known = _known(notice)
    return "done already" if known.done else "" if known.open else "nothing is asked"


def render(notice: Notice) -> Message:
    return _say(_known(notice).open, Preferences.objects.of(_reader(notice)).remind_at)


def _say(prompts: Sequence[Prompt], chosen: time | None) -> Message:
    first = prompts[0]
    at = chosen or next((hour for prompt in prompts if (hour := prompt.challenge.remind_at)), HOUR)
    weekday = WEEKDAYS[first.today.weekday()]
    plan = next((prompt.plan for prompt in prompts if prompt.plan), "")
    return Message(
        subject=plan or _("The prompt for %(weekday)s") % {"weekday": weekday},
        line="",
        path=first.composer_url,
        template="mail/reminder",
        context={
            "prompt": first,
            "plan": plan,
            "others": prompts[1:],
            "hour": time_format(at),
            "settings_url": settings.BASE_URL + reverse("reminders"),
        },
    )


KIND = Kind(
    name=NAME,
    mail=True,
    push=True,
    in_app=False,
    still_wanted=lambda notice: not why_not(notice),
    why_not=why_not,
    look_up=look_up,
    render=render,
    nudge=True,
    topic=Topic.REMINDER,
)
register(KIND)
rhythms.register(Rhythm(name=NAME, kind=NAME, people=people, rules=rules, wanted=wanted))


def _sample(plan: bool) -> Message:
    """The fifth day of a challenge that began on Monday of last week."""
    group = Group(name="Ferry Lane Surgery", slug="ferry-lane", mode=Group.Mode.WORKPLACE)
    words = program("t02", language=get_language() or "en")
    challenge: Any = Challenge(group=group, program_key=words.key, cadence=Challenge.Cadence.DAILY)
    if plan:
        challenge.plan_cue, challenge.plan_act = _("I wait for the kettle"), _("ask who is next to me how they are")
    step = Step(challenge=challenge, position=4, program_key=words.key, step_key=words.steps[4].key)
    today = timezone.localdate()
    prompt = Prompt(challenge, None, today, "open", day_name(today), Offers(User(), today, {}, {}), step=step)
    return _say([prompt], HOUR)


samples.register("reminder", NAME, partial(_sample, plan=False))
samples.register("reminder-with-a-plan", NAME, partial(_sample, plan=True))
