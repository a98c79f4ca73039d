"""Chains of acts as people may see them: who set off whom, how far it went, and what is drawn of it.

A ripple is read whole, in a few columns, and only then cut to what is drawn or listed. Everybody in the
group sees the same chain. What a reader may not open is "a link" where something visible follows it,
and nothing at all where nothing does; what was taken down keeps its place.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from challenges.models import Challenge
from feed.cards import words_of
from feed.models import Act
from feed.models.act_query import SHARED

DRAWN = 60
"""A drawing holds at most so many acts; the list holds all."""
TONES = ("poppy", "sun", "sky", "petal", "leaf")


class Node(NamedTuple):
    """What the drawing of a ripple takes: a name, the place of its parent in the drawing, a color, a number."""

    name: str
    parent: int | None
    tone: str
    number: int


COLUMNS = (
    "pk",
    "parent_id",
    "degree",
    "state",
    "audience",
    "shown_at",
    "signed",
    "author_id",
    "author__name",
    "guest_name",
)


class Row(NamedTuple):
    """The few columns of an act that place it in its chain."""

    pk: int
    parent_id: int | None
    degree: int
    state: str
    audience: str
    was_shown: Any
    signed: str
    author_id: int | None
    author_name: str | None
    guest_name: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a ripple, numbered in the order in which the acts came.

    Attributes:
        kind: "act" when the reader may open it, "link" when not, "gone" when it was taken down or hidden.
        parent: the number of the place it was passed on from.
        person: whose it is, for counting; None for Someone.
    """

    number: int
    pk: int
    kind: str
    degree: int
    parent: int | None
    name: str
    person: int | str | None

    @property
    def is_act(self) -> bool:
        return self.kind == "act"


@dataclass(frozen=True, kw_only=True)
class Ripple:
    """A chain as one reader may see it."""

    public_id: str
    places: tuple[Place, ...]

    @property
    def path(self) -> str:
        return reverse("ripple", args=[self.public_id])

    @cached_property
    def acts(self) -> int:
        return sum(place.is_act for place in self.places)

    @cached_property
    def people(self) -> int:
        """People who signed. "Someone" is nobody here: a number that told them apart would tell who they are."""
        return len({place.person for place in self.places if place.is_act and place.person is not None})

    @cached_property
    def unsigned(self) -> int:
        return sum(place.is_act and place.person is None for place in self.places)

    @cached_property
    def degree(self) -> int:
        """How many times in a row it was passed on, at the furthest."""
        return max((place.degree for place in self.places if place.is_act), default=0)

    @cached_property
    def by_number(self) -> dict[int, Place]:
        return {place.number: place for place in self.places}

    def number_of(self, act: Act) -> int | None:
        return next((place.number for place in self.places if place.pk == act.pk), None)

    def branch(self, act: Act | None = None, most: int = DRAWN) -> list[Place]:
        """The places to draw: all of a small ripple, else the way to this act and what grew from it.

        Without an act, the way to the furthest one.
        """
        if len(self.places) <= most:
            return list(self.places)
        focus = (act and self.number_of(act)) or max(self.places, key=lambda place: place.degree).number
        way = self._way_to(focus)[-most:]
        chosen = set(way)
        for places in (self._below(chosen.copy(), {focus}), self._below(chosen.copy(), chosen.copy())):
            for number in places:
                if len(chosen) >= most:
                    break
                chosen.add(number)
        return [self.by_number[number] for number in sorted(chosen)]

    def _way_to(self, number: int) -> list[int]:
        way: list[int] = []
        at: int | None = number
        while at is not None:
            way.append(at)
            at = self.by_number[at].parent
        return way[::-1]

    def _below(self, known: set[int], roots: set[int]) -> list[int]:
        """Numbers that descend from the roots, in order: a parent always has the smaller number."""
        below, family = [], set(roots)
        for place in self.places:
            if place.parent in family:
                family.add(place.number)
                if place.number not in known:
                    below.append(place.number)
        return below

    @cached_property
    def nodes(self) -> list[Node]:
        return nodes_of(self.branch(most=12))

    @cached_property
    def label(self) -> str:
        """The drawing in words."""
        return label_of(self.branch(most=12), self)


def nodes_of(places: Iterable[Place]) -> list[Node]:
    places = list(places)
    index = {place.number: i for i, place in enumerate(places)}
    return [
        Node(
            place.name,
            index.get(place.parent) if place.parent else None,
            TONES[place.number % len(TONES)] if place.is_act else "rule",
            place.number,
        )
        for place in places
    ]


def label_of(places: Iterable[Place], ripple: Ripple) -> str:
    """The sentence that a drawing is read as: who passed on what to whom, by the numbers of the list."""
    words = [
        ngettext("A ripple of %(count)d act.", "A ripple of %(count)d acts.", ripple.acts) % {"count": ripple.acts}
    ]
    words += [
        _("%(number)d, %(name)s, from %(parent)d.")
        % {"number": place.number, "name": place.name, "parent": place.parent}
        if place.parent
        else _("%(number)d, %(name)s.") % {"number": place.number, "name": place.name}
        for place in places
    ]
    return " ".join(words)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A place in a ripple with its words, for the list that says what the drawing shows."""

    place: Place
    act: Act | None
    words: str
    link: str
    when: str
    is_current: bool


def told(places: Iterable[Place], *, current: Act | None = None) -> list[Told]:
    """The story of these places, in one query. Words are taken only of acts the reader may open."""
    places = list(places)
    opened = Act.objects.filter(pk__in=[place.pk for place in places if place.is_act])
    acts = {act.pk: act for act in opened.with_card()}
    return [_told(place, acts.get(place.pk), current) for place in places]


def _told(place: Place, act: Act | None, current: Act | None) -> Told:
    if place.parent:
        link = _("from %(number)d, degree %(degree)d") % {"number": place.parent, "degree": place.degree}
    else:
        link = _("the first") if place.number == 1 else ""
    return Told(
        place=place,
        act=act,
        words=words_of(act, act.group) if act else "",
        link=link,
        when=date_format(act.done_on, "MONTH_DAY_FORMAT") if act else "",
        is_current=current is not None and place.pk == current.pk,
    )


def ripple_of(act: Act, reader: User) -> Ripple:
    """The chain an act belongs to, as this reader may see it, in two queries and a name."""
    origin_id = act.ripple_id or act.pk
    chain = Act.objects.filter(Q(ripple_id=origin_id) | Q(pk=origin_id))
    may_open = set(Act.objects.visible_to(reader).filter(pk__in=chain.values("pk")).values_list("pk", flat=True))
    public_id = act.public_id
    if origin_id != act.pk:
        public_id = Act.objects.values_list("public_id", flat=True).get(pk=origin_id)
    return _ripple(public_id, chain, may_open)


def longest_of(challenge: Challenge) -> Ripple | None:
    """The ripple that was passed on furthest in a challenge, as its whole group sees it; None before the first link."""
    furthest = (
        Act.objects.filter(challenge=challenge, degree__gt=0)
        .in_feed()
        .order_by("-degree", "pk")
        .values_list("ripple_id", "ripple__public_id")
        .first()
    )
    if furthest is None:
        return None
    origin_id, public_id = furthest
    chain = Act.objects.filter(Q(ripple_id=origin_id) | Q(pk=origin_id))
    may_open = set(chain.filter(group_id=challenge.group_id).in_feed().values_list("pk", flat=True))
    return _ripple(public_id, chain, may_open)


def _ripple(public_id: str, chain: "QuerySet[Act]", may_open: Collection[int]) -> Ripple:
    rows = [Row(*values) for values in chain.order_by("pk").values_list(*COLUMNS)]
    numbers: dict[int, int] = {}
    places: list[Place] = []
    kept = _kept(rows, may_open)
    for row in rows:
        if row.pk in kept:
            numbers[row.pk] = len(places) + 1
            places.append(_place(row, numbers, row.pk in may_open))
    return Ripple(public_id=public_id, places=tuple(places))


def _kept(rows: list[Row], may_open: Collection[int]) -> set[int]:
    """What is listed: what may be opened, what was taken down, and what lies on the way to either."""
    kept: set[int] = set()
    for row in reversed(rows):
        if row.pk in may_open or row.pk in kept or _is_gone(row):
            kept.add(row.pk)
            if row.parent_id is not None:
                kept.add(row.parent_id)
    return kept


def _is_gone(row: Row) -> bool:
    """Taken down or hidden after the group had seen it. What nobody saw leaves no trace."""
    is_off = row.state in {Act.State.REMOVED, Act.State.HIDDEN}
    return is_off and row.was_shown and row.audience in SHARED


def _place(row: Row, numbers: dict[int, int], is_open: bool) -> Place:
    parent = numbers.get(row.parent_id) if row.parent_id and row.degree else None
    kind, (name, person) = "act", _who(row)
    if not is_open or _is_gone(row):
        kind, name, person = (
            ("gone", _("An act that was taken down"), None) if _is_gone(row) else ("link", _("A link"), None)
        )
    return Place(
        number=numbers[row.pk], pk=row.pk, kind=kind, degree=row.degree, parent=parent, name=name, person=person
    )


def _who(row: Row) -> tuple[str, int | str | None]:
    if row.signed == Act.Signed.SOMEONE:
        return _("Someone"), None
    if row.author_id is not None:
        return row.author_name or "", row.author_id
    return (row.guest_name, row.guest_name) if row.guest_name else (_("Someone"), None)
