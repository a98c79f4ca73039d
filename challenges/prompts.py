"""What a member is asked today, in each of their challenges. Reading a prompt stores nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, cast

from django.db.models import Exists, FilteredRelation, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.ids import new_public_id
from accounts.models import User
from challenges import schedule
from challenges.audience import told
from challenges.catalog import Idea, StepTemplate
from challenges.days import day_name
from challenges.models import Challenge, Choice, Participation, Plan, Step
from challenges.models.plan import sentence, week_of
from challenges.offers import MY_OWN, OWN_WORDS, Offers, asked_on
from challenges.schedule import Phase
from challenges.variety import REPEAT_DAYS
from groups.models import Group

SHOWN_PHASES = (Phase.OPEN, Phase.UPCOMING, Phase.LATE)
"""What stands on Today, in this order."""
AT_ONCE = 3
"""So many prompts stand on a page in full. Who takes part in more challenges finds the others by name."""
HISTORY_DAYS = 3 * REPEAT_DAYS
"""What ended longer ago has no say any more in what is offered: neither itself, nor by what came right after it."""
SETTLED = frozenset({Choice.State.DONE, Choice.State.SKIPPED, Choice.State.RESTED})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to do: the prompt's own words (key ""), an idea of the library, or "own"."""

    key: str
    text: str
    minutes: int = 0
    category: str = ""
    guidance: str = ""

    @classmethod
    def of(cls, idea: Idea) -> "Option":
        return cls(idea.key, idea.text, idea.minutes, idea.category.value, idea.guidance)


@dataclass(slots=True)
class Slot:
    """One of several prompts that are open side by side: this week's five, or a card."""

    step: Step
    choice: Choice | None
    is_current: bool = False

    @property
    def state(self) -> str:
        return self.choice.state if self.choice else Choice.State.OPEN.value


@dataclass(slots=True)
class Prompt:
    """One challenge as a member meets it today, ready to be drawn by `challenges/prompt.html`."""

    challenge: Challenge
    participation: Participation | None
    today: date
    state: str
    label: str
    offers: Offers = field(repr=False)
    step: Step | None = None
    choice: Choice | None = None
    options: list[Option] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    done_this_week: int = 0
    target: int = 0
    is_todays: bool = True
    form_key: str = field(default_factory=new_public_id)

    @property
    def id(self) -> str:
        return f"prompt-{self.challenge.public_id}"

    @property
    def plan(self) -> str:
        """What the member has planned for this week, as a sentence."""
        return sentence(getattr(self.challenge, "plan_cue", "") or "", getattr(self.challenge, "plan_act", "") or "")

    @property
    def asks_for_a_plan(self) -> bool:
        """Whether the member has said nothing about this week yet. Pupils get no mail that a plan could stand in."""
        is_on = self.state in {"open", "intended", "done"} and self.is_todays
        return is_on and not self.challenge.group.is_class and getattr(self.challenge, "plan_cue", "") is None

    @property
    def words(self) -> StepTemplate | None:
        return self.step.words if self.step else None

    @property
    def headline(self) -> str:
        """What stands large: what the member chose, else the prompt's own words."""
        taken = self.taken
        return taken.text if taken and taken.key != OWN_WORDS else self.words.prompt if self.words else ""

    @property
    def taken(self) -> Option | None:
        """The option the member has taken, once there is one."""
        if self.choice is None or self.choice.state not in {Choice.State.INTENDED, Choice.State.DONE}:
            return None
        return next((option for option in self.options if option.key == self.choice.option), None)

    @property
    def record(self) -> str:
        return self.words.record if self.words else "did"

    @property
    def reached(self) -> bool:
        return self.target > 0 and self.done_this_week >= self.target

    @property
    def alternatives(self) -> list[Option]:
        return [option for option in self.options if option.key != OWN_WORDS]

    @property
    def choice_url(self) -> str:
        return reverse("choice", args=[self.step.public_id]) if self.step else ""

    @property
    def art_seed(self) -> str:
        """Every prompt of a program keeps its drawing, in whichever group it runs."""
        step = self.step
        return f"{self.challenge.program_key}-{(step.step_key or step.public_id) if step else self.state}"

    @property
    def kindness_day(self) -> str:
        """The weekday on which this member does everything at once, if they do."""
        mine = self.participation
        if self.challenge.cadence != Challenge.Cadence.WEEKLY or mine is None or mine.kindness_weekday is None:
            return ""
        return str(WEEKDAYS[mine.kindness_weekday]) if mine.rhythm == Participation.Rhythm.ONE_DAY else ""

    @property
    def days(self) -> dict[str, str]:
        """The days a prompt may have to name, in words."""
        challenge, mine = self.challenge, self.participation
        paused = mine.paused_until if mine else None
        return {
            "ended": day_name(challenge.ends_on),
            "late_until": day_name(challenge.closes_on),
            "paused_until": day_name(paused) if paused else "",
        }

    @property
    def labels(self) -> dict[str, str]:
        """Words of the buttons, by what they do."""
        ticks = {"saw": _("I saw one"), "received": _("I received one")}
        daily = self.challenge.cadence == Challenge.Cadence.DAILY
        return {
            "tick": ticks.get(self.record, _("I did this")),
            "intend": _("I will"),
            "swap": _("Show me other ideas"),
            "skip": _("Not today") if daily else _("Not this one"),
            "rest": _("Rest today") if daily else _("Rest"),
            "change": _("Change it"),
            "drop": _("Drop it"),
            "reopen": _("Bring it back"),
        }

    @property
    def composer_url(self) -> str:
        """Today with the composer set to this step and the option taken."""
        key = self.taken.key if self.taken else ""
        step = self.step.public_id if self.step else ""
        return f"{reverse('home')}?step={step}&idea={key}#post"


class Prompts(list[Prompt]):
    """The prompts of a page. `others` are the running challenges whose prompts it has no room for."""

    others: Sequence[Challenge] = ()


def prompts_for(user: User, groups: Iterable[Group], *, asked: str = "", picked: Group | None = None) -> Prompts:
    """One prompt for each running challenge of a member: what is on, then what is to come, and what has ended last.

    Of those the soonest to end is first. Three queries, however many challenges: the challenges with the member's
    own participation, their steps, and the member's choices of late. The groups lend their policies.

    Args:
        user: the member.
        groups: the groups they are active in.
        asked: public id of an earlier step to open instead of today's ("any day can be done on any day").
        picked: the group whose challenges come first where there are too many for one page.
    """
    running = _running(user, groups, asked)
    first = [one for one in running if one.is_asked or (picked and one.group_id == picked.pk)]
    page = page_of(running, first)
    reader = _read(user, running, page)
    prompts = Prompts(reader.prompt(challenge, asked) for challenge in page)
    prompts.others = [one for one in running if one.is_running and one not in page]
    return prompts


def prompt_of(user: User, challenge: Challenge, *, asked: str = "") -> Prompt | None:
    """The prompt of one challenge, as `prompts_for` gives it; None when there is nothing to ask."""
    running = _running(user, Group.objects.of_member(user).select_related("organization"), asked)
    # What stands beside a prompt depends on the member's other challenges too, so those of its page are read.
    page = page_of(running, [one for one in running if one.pk == challenge.pk])
    reader = _read(user, running, page)
    return next((reader.prompt(one, asked) for one in page if one.pk == challenge.pk), None)


def _running(user: User, groups: Iterable[Group], asked: str) -> list[Any]:
    """A member's challenges in the order of Today, and after them those that ended a while ago.

    Each knows whether it stands on Today (`is_running`) and whether the step that is asked for is one of its
    own (`is_asked`).
    """
    today = user.today()
    known = {group.pk: group for group in groups}
    mine = FilteredRelation("participations", condition=Q(participations__user=user))
    plans = Plan.objects.filter(participation__challenge=OuterRef("pk"), participation__user=user, week=week_of(today))
    near: Any = Challenge.objects.near_for(user, days=HISTORY_DAYS).filter(group__in=known).annotate(mine=mine)
    asks = Exists(Step.objects.filter(challenge=OuterRef("pk"), public_id=asked)) if asked else Value(False)
    planned = {"plan_cue": Subquery(plans.values("cue")[:1]), "plan_act": Subquery(plans.values("act")[:1])}
    return in_order(near.annotate(is_asked=asks, **planned).select_related("mine"), known, today)


def in_order(challenges: Iterable[Any], known: Mapping[int, Group], today: date) -> list[Any]:
    """Challenges, soonest to end first, in the order of Today, each with its group of those that are known."""
    found = list(challenges)
    for challenge in found:
        challenge.group = known[challenge.group_id]
        phase = challenge.phase_on(today)
        challenge.is_running = phase in SHOWN_PHASES
        challenge.rank = SHOWN_PHASES.index(phase) if challenge.is_running else len(SHOWN_PHASES)
    return sorted(found, key=attrgetter("rank"))


def page_of(challenges: Sequence[Any], first: Sequence[Any]) -> list[Any]:
    """The challenges whose prompts stand on one page in full."""
    running = [one for one in challenges if one.is_running]
    if len(running) <= AT_ONCE:
        return running
    return [*(one for one in first if one.is_running), *(one for one in running if one not in first)][:AT_ONCE]


def _read(user: User, challenges: Sequence[Challenge], page: Sequence[Challenge]) -> "Reader":
    """What turns the challenges of a page into prompts, with what they and those just before them have offered."""
    today = user.today()
    if not page:
        return Reader(user, today, {}, [])
    by_id = {challenge.pk: challenge for challenge in (*page, *just_before(page, challenges))}
    steps: dict[int, list[Step]] = {pk: [] for pk in by_id}
    for step in Step.objects.filter(challenge__in=by_id).order_by("challenge", "position"):
        # The step borrows the challenge that is already here, so that its words cost no query.
        step.challenge = by_id[step.challenge_id]
        steps[step.challenge_id].append(step)
    late = Q(on__gt=today - timedelta(days=REPEAT_DAYS)) | Q(step__challenge__in=by_id)
    choices = Choice.objects.filter(late, participation__user=user).order_by("pk")
    return Reader(user, today, steps, list(choices))


def just_before(running: Sequence[Any], challenges: Iterable[Any]) -> list[Any]:
    """The challenges that ended so shortly before these began that what they offered must not come back yet."""
    found = []
    begin = min(challenge.starts_on for challenge in running)
    others = [challenge for challenge in challenges if not challenge.is_running]
    for challenge in sorted(others, key=lambda challenge: challenge.ends_on, reverse=True):
        if challenge.ends_on > begin - timedelta(days=REPEAT_DAYS):
            found.append(challenge)
            begin = min(begin, challenge.starts_on)
    return found[:AT_ONCE]


class Reader:
    """Turns a member's challenges, their steps and the member's choices into prompts."""

    def __init__(self, user: User, today: date, steps: Mapping[int, Sequence[Step]], choices: Sequence[Choice]) -> None:
        self.today, self.steps = today, steps
        self.choices = {choice.step_id: choice for choice in choices}
        self.language = get_language() or "en"
        self.offers = Offers(user, today, steps, self.choices)

    def prompt(self, challenge: Challenge, asked: str) -> Prompt:
        steps = self.steps[challenge.pk]
        participation = cast("Participation | None", getattr(challenge, "mine", None))
        prompt = Prompt(challenge, participation, self.today, state="open", label="", offers=self.offers)
        phase = challenge.phase_on(self.today)
        self._count(prompt, steps)
        step = self._asked(prompt, steps, asked) if phase != Phase.UPCOMING else None
        prompt.is_todays = step is None or step == self._of_the_day(challenge, steps)
        if phase == Phase.UPCOMING:
            prompt.state = "upcoming"
        elif step is None and participation and participation.is_paused_on(self.today):
            prompt.state = "paused"
        elif step is None and phase == Phase.LATE:
            prompt.state = "late"
        else:
            prompt.step = step or self._current(prompt, steps)
        prompt.label = label(prompt, steps)
        if prompt.step:
            self._open(prompt, prompt.step)
        return prompt

    def _open(self, prompt: Prompt, step: Step) -> None:
        """Fill in what belongs to the step that is shown: the choice, the options and the state."""
        prompt.choice = self.choices.get(step.pk)
        library = told(prompt.challenge.group, self.language)
        prompt.options = options(step, self.offers.beside(step), prompt.choice, library)
        for slot in prompt.slots:
            slot.is_current = slot.step.pk == step.pk
        if prompt.state == "open" and prompt.choice:
            prompt.state = prompt.choice.state

    def _count(self, prompt: Prompt, steps: Sequence[Step]) -> None:
        """How many this member has done: in this week, or of all the cards. Nobody else is shown this."""
        done = [c for step in steps if (c := self.choices.get(step.pk)) and c.state == Choice.State.DONE]
        challenge, participation = prompt.challenge, prompt.participation
        half = participation is not None and participation.dose == Participation.Dose.HALF
        if challenge.cadence == Challenge.Cadence.WEEKLY:
            week = schedule.week_of(challenge.starts_on, self.today, off=challenge.off)
            first, last = schedule.week_span(challenge.starts_on, week, off=challenge.off)
            prompt.done_this_week = sum(first <= choice.on <= last for choice in done)
            prompt.target = (challenge.per_week + 1) // 2 if half else challenge.per_week
        elif challenge.cadence == Challenge.Cadence.CARDS:
            cards = sum(step.hidden_at is None for step in steps)
            prompt.done_this_week, prompt.target = len(done), (cards + 1) // 2 if half else cards

    def _asked(self, prompt: Prompt, steps: Sequence[Step], asked: str) -> Step | None:
        """The earlier step that the address asks for, if its day has come; after the end no day comes any more."""
        last = min(self.today, prompt.challenge.ends_on)
        for place, step in enumerate(steps):
            has_come = asked_on(prompt.challenge, step, place) <= last
            if step.public_id == asked and step.hidden_at is None and has_come:
                self._fill_slots(prompt, steps)
                return step
        return None

    def _current(self, prompt: Prompt, steps: Sequence[Step]) -> Step | None:
        if prompt.challenge.cadence == Challenge.Cadence.DAILY:
            step = self._of_the_day(prompt.challenge, steps)
            prompt.state = "open" if step else "day_off"
            return step
        self._fill_slots(prompt, steps)
        if not prompt.slots:
            # A challenge that was extended beyond its program has weeks without prompts.
            prompt.state = "day_off"
            return None
        waiting = [slot.step for slot in prompt.slots if slot.state not in SETTLED]
        if prompt.reached or not waiting:
            prompt.state = "all_done"
        elif self._waits_for_kindness_day(prompt) or self.today in prompt.challenge.off:
            prompt.state = "day_off"
            return None
        intended = [slot.step for slot in prompt.slots if slot.state == Choice.State.INTENDED]
        return next(iter(intended or waiting), None) if prompt.state != "all_done" else None

    def _of_the_day(self, challenge: Challenge, steps: Sequence[Step]) -> Step | None:
        """What a daily challenge asks today; a hidden step leaves its day free and moves no other."""
        if challenge.cadence != Challenge.Cadence.DAILY:
            return None
        place = schedule.position_on(challenge.starts_on, self.today, len(steps), off=challenge.off)
        return None if place is None or steps[place].hidden_at else steps[place]

    def _fill_slots(self, prompt: Prompt, steps: Sequence[Step]) -> None:
        challenge = prompt.challenge
        if challenge.cadence == Challenge.Cadence.DAILY:
            return
        week = schedule.week_of(challenge.starts_on, min(self.today, challenge.ends_on), off=challenge.off) + 1
        weekly = challenge.cadence == Challenge.Cadence.WEEKLY
        prompt.slots = [
            Slot(step, self.choices.get(step.pk))
            for step in steps
            if step.hidden_at is None and (not weekly or step.week == week)
        ]

    def _waits_for_kindness_day(self, prompt: Prompt) -> bool:
        mine = prompt.participation
        if mine is None or mine.rhythm != Participation.Rhythm.ONE_DAY or mine.kindness_weekday is None:
            return False
        return prompt.challenge.cadence == Challenge.Cadence.WEEKLY and self.today.weekday() != mine.kindness_weekday


def options(step: Step, beside: Iterable[Idea], choice: Choice | None, library: Mapping[str, Idea]) -> list[Option]:
    """The prompt's own words, the ideas beside them, and the member's own."""
    words = step.words
    found = [Option(OWN_WORDS, words.prompt, words.minutes, words.category.value)]
    found += map(Option.of, beside)
    taken = choice.option if choice else ""
    if taken in library and taken not in {option.key for option in found}:
        found.append(Option.of(library[taken]))
    return [*found, Option(MY_OWN, _("My own idea"))]


def label(prompt: Prompt, steps: Sequence[Step]) -> str:
    """The line above a prompt: where it stands in its challenge, and the day."""
    challenge = prompt.challenge
    day = day_name(prompt.today)
    if prompt.state == "upcoming":
        return _("Starts on %(day)s") % {"day": day_name(challenge.starts_on)}
    if challenge.cadence == Challenge.Cadence.DAILY:
        return _daily_label(prompt, steps, day)
    if challenge.cadence == Challenge.Cadence.WEEKLY:
        weeks = schedule.week_of(challenge.starts_on, challenge.ends_on, off=challenge.off) + 1
        week = prompt.step.week if prompt.step and not prompt.is_todays else 0
        week = week or min(schedule.week_of(challenge.starts_on, prompt.today, off=challenge.off) + 1, weeks)
        return _("Week %(n)d of %(all)d · %(day)s") % {"n": week, "all": weeks, "day": day}
    ends = day_name(challenge.ends_on)
    return _("Any card, on any day, until %(day)s") % {"day": ends}


def _daily_label(prompt: Prompt, steps: Sequence[Step], day: str) -> str:
    place = next((i for i, step in enumerate(steps) if prompt.step and step.pk == prompt.step.pk), None)
    if place is None:
        return day
    challenge = prompt.challenge
    asked = schedule.day_of_step(challenge.starts_on, place, off=challenge.off)
    if not prompt.is_todays:
        day = day_name(asked)
    return _("Day %(n)d of %(all)d · %(day)s") % {**challenge.day_number(asked), "day": day}
