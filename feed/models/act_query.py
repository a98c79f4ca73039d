"""Lists of acts in the product's words: who may open which, and in which order and at what cost they come."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.models import User
from feed.models.literal import Literal
from groups.models import Group

if TYPE_CHECKING:
    from feed.models.act import Act

PAGE = 20
# What a card draws of an act. A field that is missing here raises where it is asked for, so none is fetched apart.
CARD_FIELDS = (
    *("public_id", "group_id", "kind", "text", "state", "audience", "signed", "guest_name", "idea_key"),
    *("done_on", "created_at", "shown_at", "edited_at", "passed_on_count", "comment_count", "link_kind"),
    *("parent_id", "step_id"),
    *("author__public_id", "author__name"),
    *("photo__public_id", "photo__alt", "photo__width", "photo__height", "photo__act_id"),
)
KIN_FIELDS = (
    *("parent__public_id", "parent__group_id", "parent__state", "parent__audience", "parent__signed"),
    *("parent__guest_name", "parent__author__name"),
    *("step__program_key", "step__step_key", "step__version", "step__overrides"),
)
SHARED = ("group", "organization")
"""The audiences of what everybody in a group may read; in raw statements they stand as words."""
IN_FEED = Q(state="shown", audience__in=[*SHARED])
# The same for queries, in the words by which SQLite recognizes the indexes of the feed.
FOUND_IN_FEED = Q(state=Literal("shown"), audience__in=[Literal(audience) for audience in SHARED])


class ActQuerySet(models.QuerySet["Act"]):
    def who_did_one(self, day: date, people: Collection[int]) -> set[int]:
        """Those of these people (ids) who have told an act of theirs of this day."""
        return set(self.filter(author__in=people, done_on=day, kind="did").values_list("author_id", flat=True))

    def visible_to(self, user: User) -> "ActQuerySet":
        """What a person may open: shown acts of their groups, their own, and what is for them as a leader.

        What is hidden stays with its author and those who run the group.
        """
        groups = Group.objects.visible_to(user)
        shared = Q(group__in=groups) & IN_FEED
        mine = Q(group__in=groups, author=user) & ~Q(state="removed")
        hidden = Q(state="hidden") & ~Q(audience="private")
        for_leaders = (Q(state="shown", audience="leaders") | hidden) & Q(group__in=Group.objects.ended_or_run_by(user))
        return self.filter(shared | mine | for_leaders)

    def read_by(self, user: User) -> "ActQuerySet":
        """What waits for this person to read it before its group does."""
        return self.filter(state="pending", group__in=Group.objects.run_by(user)).exclude(audience="private")

    def in_feed(self) -> "ActQuerySet":
        return self.filter(FOUND_IN_FEED).order_by("-shown_at", "-pk")

    def before(self, cursor: "tuple[datetime, Any] | None") -> "ActQuerySet":
        """The acts below a cursor (moment shown, id): the same cost at any depth."""
        if cursor is None:
            return self
        shown_at, pk = cursor
        return self.filter(Q(shown_at__lt=shown_at) | Q(shown_at=shown_at, pk__lt=pk), shown_at__lte=shown_at)

    def after(self, cursor: "tuple[datetime, int] | None") -> "ActQuerySet":
        """The acts above a cursor; none without one."""
        if cursor is None:
            return self.none()
        shown_at, pk = cursor
        return self.filter(Q(shown_at__gt=shown_at) | Q(shown_at=shown_at, pk__gt=pk), shown_at__gte=shown_at)

    def with_card(self) -> "ActQuerySet":
        """All that a card draws, in the same query."""
        return self.select_related("author", "photo", "parent__author", "group__organization", "step")

    def for_cards(self, most: int) -> "list[Act]":
        """The first so many acts with what cards draw and no more, for pages that know their groups already.

        Two queries at most. Most acts follow no other and have words of their own, so what the others
        came from is asked apart: joined to every act it would double the cost of planning the query.
        """
        acts = self.select_related("author", "photo").only(*CARD_FIELDS).fetch_mode(models.FETCH_RAISE)
        page = list(acts[:most])
        kin = [act.pk for act in page if act.parent_id or (act.step_id and not act.text)]
        if kin:
            origins = self.model.objects.select_related("parent__author", "step").only(*KIN_FIELDS).in_bulk(kin)
            for act in page:
                if act.pk in origins:
                    act.parent, act.step = origins[act.pk].parent, origins[act.pk].step
        return page
