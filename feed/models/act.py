from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.models import User
from challenges.models import Challenge, Step
from feed.models.act_query import IN_FEED, SHARED, ActQuerySet
from feed.models.counter import Counter, place_of
from groups.models import Group

if TYPE_CHECKING:
    from feed.models.credit import Credit
    from feed.models.photo import Photo

TEXT_LIMIT = 1000
UNDO_TIME = timedelta(days=30)


def _check_may_tell(group: Group, user: User, audience: str) -> None:
    """Raise Quiet where nothing is added, or where somebody was asked to share nothing for a while."""
    if audience == Act.Audience.PRIVATE:
        group.check_open()
    else:
        group.check_may_speak(user)


class ActManager(models.Manager["Act"]):
    def post(
        self,
        author: User,
        group: Group,
        *,
        kind: str,
        done_on: date,
        form_key: str,
        text: str = "",
        audience: str = "group",
        signed: str = "me",
        source: str = "posted",
        idea_key: str = "",
        challenge: Challenge | None = None,
        step: Step | None = None,
        parent: "Act | None" = None,
        link_kind: str = "",
        feeling: int | None = None,
        credited: Sequence[User] = (),
        photo: "Photo | None" = None,
        alt: str = "",
    ) -> "Act":
        """Record an act with all that belongs to it, once per form.

        The same `form_key` from the same author is the same act, so a double click, Back or a retry
        returns the act that stands already.

        Args:
            author: who posts it; the caller has checked that they are in the group.
            group: whose feed it belongs to.
            kind: did, saw or received.
            done_on: the author's local date of the act, today or one of the seven days before.
            form_key: random, drawn with the form.
            audience: private, leaders, group or organization.
            signed: me, or someone: stored, never rendered.
            parent: the act that led to this one; `link_kind` says how.
            feeling: 1 to 5, kept where only the author reads it.
            credited: people of the group to thank, on an act of a `NAMING` kind.
            photo: one of this author and group; `alt` says what it shows.

        Raises:
            Act.TakenDown: the act of this form was taken down since.
            Photo.Gone: the photo went with another act.
        """
        _check_may_tell(group, author, audience)
        act = self.model(
            author=author,
            group=group,
            kind=kind,
            done_on=done_on,
            zone=author.time_zone,
            form_key=form_key,
            text=text,
            audience=audience,
            signed=signed,
            source=source,
            idea_key=idea_key,
            challenge=challenge,
            step=step,
        )
        act.follow(parent, link_kind)
        waits = act.is_read_first(naming=bool(credited))
        act.state = Act.State.PENDING if waits else Act.State.SHOWN
        act.shown_at = None if waits else timezone.now()
        try:
            self._record(act, credited, feeling=feeling, photo=photo, alt=alt)
        except IntegrityError:
            twin = self.filter(author=author, form_key=form_key).first()
            if twin is None:
                raise
            if twin.is_tombstone:
                raise self.model.TakenDown(twin) from None
            return twin
        return act

    @transaction.atomic
    def _record(
        self, act: "Act", credited: Sequence[User], *, feeling: int | None, photo: "Photo | None", alt: str
    ) -> None:
        """Store a new act with what hangs on it, count it and tell those it concerns: all of it or nothing."""
        from feed.models.act_feeling import ActFeeling
        from feed.models.credit import Credit

        act.save(force_insert=True)
        if feeling:
            ActFeeling.objects.create(act=act, value=feeling)
        if photo:
            photo.attach(act, alt)
        named = Credit.objects.give(act, credited)
        if act.state == Act.State.SHOWN:
            act.count(+1)
            act.announce(named)
        else:
            act.wait()


class Act(models.Model):
    """Something kind that happened: done, seen or received."""

    class TakenDown(Exception):
        """The form has told an act that was taken down since; only its author knows what should become of it."""

        def __init__(self, act: "Act") -> None:
            super().__init__(act.public_id)
            self.act = act

    class Kind(models.TextChoices):
        DID = "did", _("I did it")
        SAW = "saw", _("I saw it")
        RECEIVED = "received", _("I received it")

    class Source(models.TextChoices):
        POSTED = "posted", _("Posted")
        TICK = "tick", _("Ticked")
        PAPER = "paper", _("From paper")
        GUEST = "guest", _("From a guest")
        API = "api", _("From another program")

    class Audience(models.TextChoices):
        PRIVATE = "private", _("Just for me")
        LEADERS = "leaders", _("Leaders")
        GROUP = "group", _("The group")
        ORGANIZATION = "organization", _("The organization")

    class Signed(models.TextChoices):
        ME = "me", _("As me")
        SOMEONE = "someone", _("As “Someone”")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Waiting to be read")
        SHOWN = "shown", _("Shown")
        RETURNED = "returned", _("Sent back")
        HIDDEN = "hidden", _("Hidden")
        REMOVED = "removed", _("Removed")

    class Link(models.TextChoices):
        PASSED_ON = "passed_on", _("Passed on")
        INSPIRED = "inspired", _("Did this too")

    COUNTED_AT_PARENT: ClassVar[dict[str, str]] = {
        Link.PASSED_ON: "passed_on_count",
        Link.INSPIRED: "inspired_count",
    }

    NAMING = frozenset({Kind.SAW, Kind.RECEIVED})
    """Whose people can be thanked by name: those seen, and those who were kind to the author."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="acts")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.SET_NULL, related_name="acts")
    step = models.ForeignKey(Step, null=True, on_delete=models.SET_NULL, related_name="acts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="acts")
    guest_name = models.CharField(max_length=60, blank=True)
    anonymized = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, choices=Kind)
    source = models.CharField(max_length=6, choices=Source, default=Source.POSTED)
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.GROUP)
    signed = models.CharField(max_length=7, choices=Signed, default=Signed.ME)
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    idea_key = models.CharField(max_length=12, blank=True)
    text = models.TextField(max_length=TEXT_LIMIT, blank=True)
    done_on = models.DateField()
    zone = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    form_key = models.CharField(max_length=32, default=new_public_id)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="next_acts")
    ripple = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="chain")
    degree = models.PositiveSmallIntegerField(default=0)
    link_kind = models.CharField(max_length=9, choices=Link, blank=True)
    passed_on_count = models.PositiveIntegerField(default=0)
    inspired_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)

    objects = ActManager.from_queryset(ActQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "form_key"], name="one_act_per_form"),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(guest_name="") | Q(anonymized=True),
                name="an_act_has_an_author_a_guest_or_is_anonymized",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, link_kind="") | Q(parent__isnull=False) & ~Q(link_kind=""),
                name="a_linked_act_says_how_it_is_linked",
            ),
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(shown_at__isnull=False), name="a_shown_act_says_since_when"
            ),
        ]
        indexes = [
            models.Index(fields=["group", "-shown_at", "-id"], condition=IN_FEED, name="feed_of_a_group"),
            models.Index(
                fields=["group", "kind", "-shown_at", "-id"], condition=IN_FEED, name="feed_of_a_group_by_kind"
            ),
            models.Index(
                fields=["group", "degree", "ripple"], condition=IN_FEED & Q(degree__gt=0), name="links_of_a_group"
            ),
            models.Index(fields=["author", "-done_on", "-id"], name="acts_of_a_person"),
            models.Index(fields=["ripple", "degree", "id"], name="acts_of_a_ripple"),
            models.Index(fields=["challenge", "step"], name="acts_of_a_challenge"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="acts_taken_down"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("act", args=[self.public_id])

    @property
    def signed_by(self) -> str:
        """Who signs it, as anybody may read it; empty for Someone."""
        if self.signed == self.Signed.SOMEONE:
            return ""
        return self.author.name if self.author is not None else self.guest_name

    @property
    def is_shared(self) -> bool:
        """Whether everybody in the group may read it, as long as it is shown."""
        return self.audience in SHARED

    @property
    def is_in_feed(self) -> bool:
        return self.state == self.State.SHOWN and self.is_shared

    def is_read_first(self, *, naming: bool) -> bool:
        """Whether somebody who runs the group reads it before the group does.

        A tick says nothing of its own, unless it is `naming` somebody to thank; a rule of its own says whether it
        waits. Whoever reads for the group does not wait for themselves.
        """
        policy = self.group.policy
        says_nothing = self.source == self.Source.TICK and not naming
        unread_is_fine = policy.ticks_unapproved if says_nothing else policy.posts_unapproved
        if unread_is_fine or self.audience == self.Audience.PRIVATE:
            return False
        return self.author is None or not self.group.can_be_run_by(self.author)

    @property
    def is_tombstone(self) -> bool:
        return self.state == self.State.REMOVED

    def can_be_changed_by(self, user: User) -> bool:
        return self.author_id == user.pk and self.state != self.State.REMOVED

    def can_be_followed_by(self, user: User) -> bool:
        """Whether somebody of its group can pass it on or do it too: what others told and everybody there reads."""
        return self.is_in_feed and self.author_id != user.pk

    def can_be_restored_by(self, user: User) -> bool:
        """Who took an act down may bring it back for thirty days; nobody undoes what somebody else decided."""
        if self.state != self.State.REMOVED or self.removed_at is None:
            return False
        if self.removed_at < timezone.now() - UNDO_TIME:
            return False
        last = self.changes.order_by("-pk").first()
        return last is not None and last.by_id == user.pk and self.can_be_removed_by(user)

    def restore(self, by: User) -> bool:
        """Bring it back as it was before it was taken down."""
        last = self.changes.filter(after=self.State.REMOVED).order_by("-pk").first()
        return last is not None and self.change(last.before, by=by, why="restored")

    def can_be_removed_by(self, user: User) -> bool:
        """The author may always take an act down; so may those who run the group."""
        return self.author_id == user.pk or self.group.can_be_run_by(user)

    def follow(self, parent: "Act | None", link_kind: str) -> None:
        """Link this new act to the one it follows.

        Only a new act may follow another, and only one that is already stored, so a chain can
        never close into a loop of acts; the same people may appear again and again.
        """
        if parent is None:
            return
        if self.pk is not None:
            raise ValueError("Only a new act can be linked.")
        self.parent, self.link_kind = parent, link_kind
        if link_kind == self.Link.PASSED_ON:
            self.ripple_id = parent.ripple_id or parent.pk
            self.degree = parent.degree + 1

    def count(self, by: int) -> None:
        """Keep the group's and the parent's totals right, in the transaction that changes the act."""
        Counter.objects.add(self, by)
        if self.parent_id and self.is_shared:
            self._count_at_parent(by)

    @transaction.atomic
    def rewrite(
        self, *, text: str, done_on: date, audience: str, signed: str, by: User, alt: str | None = None
    ) -> None:
        """Change what an act says and who sees it.

        Words that a group reads before they are shown go back to be read, those about the photo (`alt`) too. An
        act that was kept to its author comes into the feed when it is first shared, as new. Totals follow, its own
        and its parent's. What is hidden stays so, until somebody who runs the group has read it again.

        Raises:
            TakenDown: it was taken down, so nothing of it is changed.
        """
        # Whoever edits or removes it at the same moment has done so by now: totals follow what is stored.
        self.refresh_from_db(
            fields=["text", "source", "audience", "state", "shown_at"], from_queryset=Act.objects.select_for_update()
        )
        if self.is_tombstone:
            raise Act.TakenDown(self)
        _check_may_tell(self.group, by, audience)
        counted, by_parent, was_shared = place_of(self), self.is_counted_by_parent, self.is_shared
        reworded = self._describe_photo(alt) or text != self.text
        self.text, self.done_on, self.audience, self.signed = text, done_on, audience, signed
        self.source, self.edited_at = self._source(), timezone.now()
        if self.is_in_feed and not was_shared:
            self.shown_at = self.edited_at
        self.save(update_fields=["text", "source", "done_on", "audience", "signed", "edited_at", "shown_at"])
        if self.state == self.State.SHOWN:
            Counter.objects.move(self, counted)
        if by_parent != self.is_counted_by_parent:
            self._count_at_parent(-1 if by_parent else +1)
        self._settle(by, is_news=reworded or not was_shared)

    def _describe_photo(self, alt: str | None) -> bool:
        """Say what its photo shows; returns whether that is something else than before."""
        from feed.models.photo import photo_of

        photo = photo_of(self)
        return photo is not None and alt is not None and photo.describe(alt)

    def _source(self) -> str:
        """What says something is an act that was posted; without a word it is a tick, counted apart."""
        if self.source not in {self.Source.TICK, self.Source.POSTED}:
            return self.source
        from feed.models.photo import photo_of

        was_passed_on = self.link_kind == self.Link.PASSED_ON
        says_something = self.text or was_passed_on or photo_of(self) is not None
        return self.Source.POSTED if says_something else self.Source.TICK

    def _settle(self, by: User, *, is_news: bool) -> None:
        """After a change by its author: take back what nobody may be told now, and let the group's rule decide."""
        from feed import case_messages

        if not self.is_shared:
            self.take_back()
        reads_first = self.is_read_first(naming=self.credits.exists())
        if (self.state == self.State.SHOWN and is_news and reads_first) or self.state == self.State.RETURNED:
            waits = self.audience != self.Audience.PRIVATE
            self.change(self.State.PENDING if waits else self.State.SHOWN, by=by, why="changed by its author")
            if waits:
                self.wait()
        elif self.state == self.State.PENDING and self.audience == self.Audience.PRIVATE:
            self.change(self.State.SHOWN, by=by, why="kept by its author")
        elif self.state == self.State.HIDDEN:
            case_messages.hidden_act_was_changed(self)

    @property
    def is_counted_by_parent(self) -> bool:
        return self.parent_id is not None and self.is_in_feed

    def _count_at_parent(self, by: int) -> None:
        field = self.COUNTED_AT_PARENT[self.link_kind]
        counted: dict[str, Any] = {field: F(field) + by}
        if self.link_kind == self.Link.PASSED_ON:
            # Now the parent is part of a chain, or its beginning.
            counted["ripple"] = Coalesce("ripple", "pk")
        Act.objects.filter(pk=self.parent_id).update(**counted)

    @transaction.atomic
    def change(self, state: str, *, by: User | None, why: str = "", at: datetime | None = None, said: str = "") -> bool:
        """Move the act to another state, with totals and a row that says who, when and why.

        Args:
            at: the moment; now, if left out.
            said: its author's own words, where somebody who runs the group has put others in their place.

        Returns:
            False when somebody else moved it first; then nothing happened.
        """
        before = self.state
        now = at or timezone.now()
        values: dict[str, Any] = {"state": state, "removed_at": now if state == self.State.REMOVED else None}
        if state == self.State.SHOWN and self.shown_at is None:
            values["shown_at"] = now
        if not Act.objects.filter(pk=self.pk, state=before).update(**values):
            return False
        for name, value in values.items():
            setattr(self, name, value)
        # The row is ours now. Who sees it and whether it is a tick may have changed since it was read, and totals
        # are kept by that.
        self.refresh_from_db(fields=["audience", "source"])
        self.changes.create(before=before, after=state, by=by, at=now, why=why, said=said)
        if before == self.State.SHOWN and state != self.State.SHOWN:
            self.count(-1)
            self.take_back()
        elif before != self.State.SHOWN and state == self.State.SHOWN:
            self.count(+1)
            self.announce()
        return True

    def wait(self) -> None:
        """Tell who reads for the group that it waits to be read."""
        from feed import reading_messages

        reading_messages.act_waits(self)

    def take_back(self) -> None:
        """Withdraw what was told of it and not read yet, now that the group cannot read it any more."""
        from feed import messages

        messages.act_was_hidden(self)

    def announce(self, named: "Iterable[Credit] | None" = None) -> None:
        """Tell those it concerns, now that the group can read it; what only few may read tells nobody."""
        from feed import messages

        messages.act_was_shown(self, named)
