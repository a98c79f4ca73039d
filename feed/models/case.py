from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from feed.models.act import Act
from feed.models.comment import Comment
from groups.models import Group, Membership, OrganizationAdmin

if TYPE_CHECKING:
    from feed.models.decision import Decision
    from feed.models.report import Report

EMBARRASSES = "it embarrasses somebody it names"
REPORTED = "reported"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Those of a person's groups; who may read and decide them is for `decidable_by`."""
        return self.filter(group__in=Group.objects.visible_to(user))

    def decidable_by(self, user: User) -> "CaseQuerySet":
        """Those of groups a person runs, unless they wrote the thing themselves and somebody else runs the group."""
        leaders = Membership.objects.active().leaders().filter(group=OuterRef("group"), user__is_active=True)
        admins = OrganizationAdmin.objects.filter(organization=OuterRef("group__organization"), user__is_active=True)
        alone = ~Exists(leaders.exclude(user=user)) & ~Exists(admins.exclude(user=user))
        wrote = Q(comment=None, act__author=user) | Q(comment__author=user)
        return self.filter(~wrote | alone, group__in=Group.objects.run_by(user))

    def waiting(self) -> "CaseQuerySet":
        """What somebody should look at: it was reported, or hidden and changed since.

        What is gone waits no more, nor what its author keeps to themselves by now.
        """
        gone = Q(act__state=Act.State.REMOVED) | Q(comment__state=Act.State.REMOVED)
        stands = ~gone & ~Q(act__audience=Act.Audience.PRIVATE)
        changed = Q(comment=None, act__state=Act.State.HIDDEN, act__edited_at__gt=F("decided_at"))
        return self.filter(stands, Q(waiting_since__isnull=False) | changed)

    def decided(self) -> "CaseQuerySet":
        return self.filter(waiting_since=None, decided_at__isnull=False).order_by("-decided_at", "-pk")

    def oldest(self) -> "Case | None":
        return self.order_by(F("waiting_since").asc(nulls_last=True), "pk").first()

    def with_thing(self) -> "CaseQuerySet":
        return self.select_related("group__organization", "act__author", "act__photo", "act__step", "comment__author")


class CaseManager(models.Manager["Case"]):
    def about(self, act: Act, comment: Comment | None = None) -> "Case":
        """The case of an act, or of a comment under it; there is one of each at most."""
        case, _new = self.get_or_create(act=act, comment=comment, defaults={"group_id": act.group_id})
        return case


class Case(models.Model):
    """An act or a comment that was reported, with all that was said and decided about it."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="cases")
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="cases")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="cases")
    waiting_since = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = CaseManager.from_queryset(CaseQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act"], condition=Q(comment=None), name="one_case_per_act"),
            models.UniqueConstraint(fields=["comment"], name="one_case_per_comment"),
        ]
        indexes = [
            models.Index(fields=["group", "waiting_since"], name="cases_that_wait"),
            models.Index(fields=["group", "-decided_at"], name="cases_decided"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.public_id])

    @property
    def thing(self) -> Act | Comment:
        return self.comment or self.act

    @property
    def is_readable(self) -> bool:
        """What is gone, or kept by its author to themselves by now, is read by nobody else, reported or not."""
        gone = Act.State.REMOVED in {self.act.state, self.thing.state}
        return not gone and self.act.audience != Act.Audience.PRIVATE

    @property
    def was_changed(self) -> bool:
        """Whether what was hidden says something else than when it was looked at."""
        edited, decided = self.act.edited_at, self.decided_at
        return self.comment is None and edited is not None and decided is not None and edited > decided

    def is_decidable_by(self, user: User) -> bool:
        return Case.objects.decidable_by(user).filter(pk=self.pk).exists()

    def may_name_author_to(self, user: User) -> bool:
        """Who posted as Someone is for those who look at a report, while it waits; nobody's own report opens it."""
        if self.comment or self.act.signed != Act.Signed.SOMEONE or not self.is_readable:
            return False
        return self.reports.filter(decision=None).exclude(reporter=user).exists()

    def deciders(self) -> list[User]:
        """Who may look at it, each told that it waits."""
        people = list(self.group.runners())
        others = [person for person in people if person.pk != self.thing.author_id]
        return others or people

    @transaction.atomic
    def report(self, by: User, *, reason: str, words: str = "") -> "Report":
        """Ask those who run the group to look at it.

        A person has one open report of a thing; sending again says anew what it is about. It stays where it is
        until somebody decides, but for one reason: what embarrasses the very person it names is hidden at once.
        """
        from feed import case_messages
        from feed.models.report import Report

        self._lock()
        report, _new = Report.objects.update_or_create(
            case=self, reporter=by, decision=None, defaults={"reason": reason, "words": words}
        )
        if self.waiting_since is None:
            self.waiting_since = timezone.now()
            self.save(update_fields=["waiting_since"])
        if reason == Report.Reason.EMBARRASSES and self._may_be_hidden_by(by):
            self._move(Act.State.HIDDEN, by=None, why=EMBARRASSES)
            record(None, "hidden", self.thing, group_id=self.group_id)
        case_messages.case_waits(self)
        return report

    def _may_be_hidden_by(self, user: User) -> bool:
        """Whether the act thanks this person by name, and nobody has let these words stand."""
        names = self.thing.state == Act.State.SHOWN and self.act.credits.filter(person=user).exists()
        return names and (self.decided_at is None or self.was_changed)

    @transaction.atomic
    def decide(self, what: str, *, by: User, note: str = "") -> "Decision | None":
        """Say what becomes of it; that answers all its open reports, and forgets who sent them.

        Args:
            what: hidden, removed, or kept. To keep what was hidden shows it again and is recorded as restored.
            by: who decides; whether they may was asked before.
            note: to the author of what is hidden or removed.

        Returns:
            None when there is nothing to decide any more: a double click, or somebody was quicker.
        """
        from feed import case_messages
        from feed.models.decision import STATES, Decision

        self._lock()
        moves = self.thing.state != STATES[what]
        if not self.is_readable or not (moves or self.waiting_since or self.was_changed):
            return None
        if moves:
            what = Decision.What.RESTORED if what == Decision.What.KEPT else what
            self._move(STATES[what], by=by, why=REPORTED)
        decision = Decision.objects.create(case=self, what=what, by=by, note=note)
        self.reports.filter(decision=None).update(decision=decision, reporter=None)
        self.waiting_since, self.decided_at = None, decision.at
        self.save(update_fields=["waiting_since", "decided_at"])
        record(by, what, self.thing, group_id=self.group_id)
        case_messages.case_was_decided(decision)
        return decision

    def _move(self, state: str, *, by: User | None, why: str) -> None:
        from feed.taking_down import take_down

        if self.comment:
            self.comment.change(state)
        elif state == Act.State.REMOVED and by is not None:
            take_down(self.act, by, why=why)
        else:
            self.act.change(state, by=by, why=why)

    def _lock(self) -> None:
        """Of two who report or decide at once, the second finds what the first has done."""
        locked = Case.objects.select_for_update().get(pk=self.pk)
        self.waiting_since, self.decided_at = locked.waiting_since, locked.decided_at
        self.act.refresh_from_db(fields=["state", "audience", "edited_at"])
        if self.comment:
            self.comment.refresh_from_db(fields=["state"])
