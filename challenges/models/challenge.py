from collections.abc import Container, Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from challenges import schedule
from challenges.catalog import Program, program
from challenges.schedule import Phase
from groups.models import Group, Membership
from notifications import rhythms

if TYPE_CHECKING:
    from challenges.models.participation import Participation
    from challenges.models.step import Step


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def visible_to(self, user: User) -> "ChallengeQuerySet":
        return self.filter(group__in=Group.objects.visible_to(user))

    def near_for(self, user: User, *, days: int) -> "ChallengeQuerySet":
        """Challenges of a member's groups that are to come, are on or ended so many days ago, soonest to end first.

        Each knows since when this person has been in its group (`member_since`).
        """
        oldest = timezone.now().date() - timedelta(days=days + 1)
        member = Membership.objects.active().filter(group=OuterRef("group"), user=user)
        found = self.filter(Exists(member), cancelled_at=None, ends_on__gte=oldest).order_by("ends_on", "pk")
        return found.annotate(member_since=Subquery(member.values("joined_at")))

    def not_over_on(self, group: Group, day: date) -> "ChallengeQuerySet":
        """The challenges of a group that ran on a day or were still to come, soonest to end first."""
        return self.filter(group=group, cancelled_at=None, ends_on__gte=day).order_by("ends_on", "pk")

    def of_day(self, group: Group, day: date) -> "ChallengeQuerySet":
        """The challenges that ran in a group on a day, soonest to end first."""
        return self.not_over_on(group, day).filter(starts_on__lte=day)

    def first_of_day(self, groups: Iterable[Group], day: date) -> dict[int, "Challenge"]:
        """Of each group the challenge of a day that ends soonest, by group, in one query."""
        found: dict[int, Challenge] = {}
        running = self.filter(group__in=groups, cancelled_at=None, starts_on__lte=day, ends_on__gte=day)
        for challenge in running.order_by("ends_on", "pk"):
            found.setdefault(challenge.group_id, challenge)
        return found


class ChallengeManager(models.Manager["Challenge"]):
    @transaction.atomic
    def start(
        self,
        *,
        group: Group,
        program_key: str,
        starts_on: date,
        by: User,
        workdays_only: bool = False,
        goal: int | None = None,
        again: "Challenge | None" = None,
        form_key: str = "",
    ) -> "Challenge":
        """Begin a run of a program in a group, with its steps; everybody who is in the group takes part.

        Args:
            group: where it runs; the caller has checked that `by` may run the group.
            program_key: a key of the catalogue, such as "t02".
            starts_on: its first day, in the organization's calendar.
            by: who starts it.
            workdays_only: daily programs only: leave out Saturdays and Sundays.
            goal: acts hoped for together; None counts a comfortable number from the group's size.
            again: the challenge that this one repeats; its edited steps are taken over.
            form_key: random, drawn with the form, so that a double click can start only one.
        """
        plan = program(program_key)
        challenge = self.model(
            group=group,
            program_key=plan.key,
            program_version=plan.version,
            own_title=again.own_title if again else "",
            cadence=plan.cadence.kind,
            per_week=again.per_week if again else plan.cadence.per_week or 1,
            workdays_only=workdays_only and plan.cadence.kind == "daily",
            starts_on=starts_on,
            ends_on=starts_on,
            remind_at=again.remind_at if again else None,
            again_of=again,
            started_by=by,
            form_key=form_key or new_public_id(),
        )
        steps = again.steps.visible().count() if again else len(plan.steps)
        challenge.ends_on = challenge.last_day_from(starts_on, steps=steps)
        challenge.goal = goal or challenge.comfortable_goal()
        challenge.save(force_insert=True)
        challenge.lay_out_steps(plan, again)
        challenge._welcome_everybody()
        record(by, "started", challenge, group_id=group.pk)
        return challenge


class Challenge(models.Model):
    """One run of a program in a group, with dates. It ends by itself and takes late acts for a week."""

    class Cadence(models.TextChoices):
        DAILY = "daily", _("One a day")
        WEEKLY = "weekly", _("Some a week")
        CARDS = "cards", _("Cards in any order")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="challenges")
    program_key = models.CharField(max_length=8)
    program_version = models.PositiveSmallIntegerField(default=1)
    own_title = models.CharField(_("title"), max_length=80, blank=True)
    cadence = models.CharField(max_length=6, choices=Cadence)
    per_week = models.PositiveSmallIntegerField(
        _("acts a week"), default=1, validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    workdays_only = models.BooleanField(_("leave out weekends"), default=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    # When the day's prompt comes to those who chose no hour themselves; None: at the hour that holds for all.
    remind_at = models.TimeField(_("the day’s prompt comes at"), null=True, blank=True)
    goal = models.PositiveIntegerField(_("acts together"), default=100, validators=[MinValueValidator(1)])
    again_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="repeats")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    form_key = models.CharField(max_length=32, default=new_public_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True)

    objects = ChallengeManager.from_queryset(ChallengeQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_challenge_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(per_week__gte=1, per_week__lte=7), name="at_most_seven_acts_a_week_are_asked"
            ),
            models.UniqueConstraint(fields=["started_by", "form_key"], name="one_challenge_per_form"),
        ]
        indexes = [models.Index(fields=["group", "-starts_on"], name="challenges_of_a_group")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("challenge", args=[self.public_id])

    @cached_property
    def program(self) -> Program:
        return program(self.program_key, language=get_language() or "en")

    @property
    def title(self) -> str:
        return self.own_title or self.program.title

    @property
    def closes_on(self) -> date:
        """The last day on which late acts are taken."""
        return self.ends_on + timedelta(days=schedule.LATE_DAYS)

    @cached_property
    def off(self) -> Container[date]:
        """The days on which it asks nothing: those a class has no school, else the weekends if they are left out."""
        if self.group.is_class:
            return self.group.days_off
        return schedule.WEEKENDS if self.workdays_only else schedule.NO_DAYS

    def last_day_from(self, starts_on: date, *, steps: int) -> date:
        """The last day that its program has, started on a day with so many steps."""
        plan = program(self.program_key)
        return schedule.last_day(
            starts_on,
            cadence=self.cadence,
            steps=steps,
            weeks=plan.cadence.weeks,
            length_days=plan.length_days,
            off=self.off,
        )

    def moved_last_day(self, starts_on: date) -> date:
        """Its last day if it started on another day: as many steps or weeks later, or as many days as were chosen."""
        steps = self.steps.count()
        if self.ends_on == self.last_day_from(self.starts_on, steps=steps):
            return self.last_day_from(starts_on, steps=steps)
        return self.ends_on + (starts_on - self.starts_on)

    def phase_on(self, day: date) -> Phase:
        return schedule.phase_on(day, start=self.starts_on, end=self.ends_on, cancelled=self.cancelled_at is not None)

    @property
    def phase(self) -> Phase:
        """Where the whole group stands, by the organization's calendar."""
        return self.phase_on(self.group.organization.today())

    def day_number(self, day: date) -> dict[str, int]:
        """Which day of the challenge a day is, and of how many, as its dates are now; for "day 3 of 21".

        One that leaves out weekends or holidays counts the other days alone; if it starts on such a day, that is its
        first day still.
        """
        last = min(max(day, self.starts_on), self.ends_on)
        n, all_days = (schedule.days_between(self.starts_on, until, off=self.off) for until in (last, self.ends_on))
        return {"n": max(n, 1), "all": max(all_days, 1)}

    def takes_acts_of(self, day: date, *, today: date) -> bool:
        """Whether an act done on `day` may be logged today, both in the member's calendar."""
        in_time = today - timedelta(days=schedule.LATE_DAYS) <= day <= today
        return in_time and self.cancelled_at is None and self.starts_on <= day <= self.ends_on

    def comfortable_goal(self) -> int:
        """A goal that a group of this size reaches without strain: what the program expects of half of it."""
        people = max(self.group.memberships.active().count(), 8)
        plan = program(self.program_key)
        return max(10, round(people * plan.goal_per_person / 2 / 10) * 10)

    def lay_out_steps(self, plan: Program, again: "Challenge | None" = None) -> None:
        from challenges.models.step import Step

        if again:
            rows = [step.copy_for(self, position) for position, step in enumerate(again.steps.visible())]
        else:
            rows = [
                Step(
                    challenge=self, position=i, program_key=plan.key, step_key=s.key, version=plan.version, week=s.week
                )
                for i, s in enumerate(plan.steps)
            ]
        Step.objects.bulk_create(rows)

    def welcome(self, user: User) -> "Participation":
        """Take a person into the challenge, from their own today on; who is in already stays as they are."""
        from challenges.models.participation import Participation

        participation, is_new = Participation.objects.get_or_create(
            challenge=self, user=user, defaults={"joined_on": user.today()}
        )
        if is_new:
            rhythms.wind([user])
        return participation

    def _welcome_everybody(self) -> None:
        """Take in all who are in the group now, each from their own today on."""
        from challenges.models.participation import Participation

        people = list(User.objects.filter(pk__in=self.group.memberships.active().values("user")))
        Participation.objects.bulk_create(
            (Participation(challenge=self, user=user, joined_on=user.today()) for user in people), ignore_conflicts=True
        )
        rhythms.wind(people)

    def step_on(self, day: date) -> "Step | None":
        """The step that a daily challenge asks on a day. A hidden step leaves its day free; no other step moves."""
        steps = list(self.steps.all())
        position = schedule.position_on(self.starts_on, day, len(steps), off=self.off)
        return None if position is None or steps[position].hidden_at else steps[position]

    @property
    def is_over(self) -> bool:
        """Closed for good, or called off: nothing of it can be changed any more but its name."""
        return self.phase in {Phase.CLOSED, Phase.CANCELLED}

    @transaction.atomic
    def change(self, names: Iterable[str], *, by: User) -> None:
        """Keep what a leader has set of title, dates, goal and acts a week; what was posted stays as it was."""
        if names := sorted(names):
            self.save(update_fields=names)
            record(by, "changed", self, group_id=self.group_id)
        if "remind_at" in names:
            rhythms.set_anew("reminder", self.participations.values("user"))

    @transaction.atomic
    def repeat(self, starts_on: date, *, by: User) -> "Challenge":
        """Run it again with the same steps from another day. Asked twice for the same day, it is one challenge."""
        Challenge.objects.select_for_update().get(pk=self.pk)
        twin = self.repeats.filter(starts_on=starts_on, cancelled_at=None).first()
        return twin or Challenge.objects.start(
            group=self.group,
            program_key=self.program_key,
            starts_on=starts_on,
            by=by,
            workdays_only=self.workdays_only,
            goal=self.goal,
            again=self,
        )

    @transaction.atomic
    def end(self, by: User) -> None:
        """Let today be the last day."""
        self.ends_on = max(self.starts_on, min(self.ends_on, self.group.organization.today()))
        self.save(update_fields=["ends_on"])
        record(by, "ended", self, group_id=self.group_id)

    @transaction.atomic
    def cancel(self, by: User) -> None:
        """Call it off. Acts stay in the group's feed."""
        self.cancelled_at = timezone.now()
        self.save(update_fields=["cancelled_at"])
        record(by, "cancelled", self, group_id=self.group_id)
