"""What a bundle would change in an organization. To plan changes nothing; a bundle read twice plans nothing."""

import difflib
import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac

from accounts.models import User
from groups.models import ExternalId, Group, Membership, Organization, Pupil
from groups.oneroster.school import Child, Class, School

SOURCE = "oneroster"
MANY_LEAVE = 0.2
"""From this share of the known pupils on, somebody is asked before they leave."""
ALIKE = 0.5


@dataclass(frozen=True)
class Coming:
    """A child who is new here, and why a letter is kept: somebody in a class of theirs has the same name."""

    child: Child
    hint: str


@dataclass(frozen=True)
class Renamed:
    pupil: Pupil
    child: Child


@dataclass(frozen=True)
class Seat:
    """A place that a pupil gets or leaves: both by what the school's system calls them."""

    child: str
    group: str


@dataclass
class Plan:
    """All that would change.

    Attributes:
        held: pupils whose id has come back with quite another name; nothing is done about them.
        sleeping: classes that are here and not in the bundle; they stay until somebody puts them away.
        absent: teachers of the bundle, by class, who are not in the organization yet.
    """

    school: School
    new_classes: list[Class] = field(default_factory=list)
    renamed_classes: list[tuple[Group, Class]] = field(default_factory=list)
    sleeping: list[Group] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    noted: list[tuple[ExternalId, str]] = field(default_factory=list)
    held: list[Renamed] = field(default_factory=list)
    taken: list[Seat] = field(default_factory=list)
    left: list[tuple[Membership, Pupil]] = field(default_factory=list)
    leaving: list[Pupil] = field(default_factory=list)
    moving: list[Pupil] = field(default_factory=list)
    absent: list[tuple[str, str]] = field(default_factory=list)
    known: int = 0
    groups: dict[str, Group] = field(default_factory=dict)
    pupils: dict[str, Pupil] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        changes = (self.new_classes, self.renamed_classes, self.coming, self.renamed, self.noted, self.taken, self.left)
        return not any(changes)

    @property
    def many_leave(self) -> bool:
        """Whether so many would leave that the file is more likely to be wrong than the school."""
        return len(self.leaving) > MANY_LEAVE * max(self.known, 1)

    @property
    def fingerprint(self) -> str:
        """The same for the same plan: what somebody has looked at is what is done."""
        said = [
            sorted(one.sourced_id for one in self.new_classes),
            sorted(f"{group.pk} {one.title}" for group, one in self.renamed_classes),
            sorted(f"{one.child.sourced_id} {one.child.name}" for one in self.coming),
            sorted(f"{one.pupil.pk} {one.child.name}" for one in (*self.renamed, *self.held)),
            sorted(f"{seat.child} {seat.group}" for seat in self.taken),
            sorted(place.pk for place, _pupil in self.left),
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def make_plan(organization: Organization, school: School) -> Plan:
    plan = Plan(school)
    _classes(organization, plan)
    _children(organization, plan)
    _seats(organization, plan)
    _teachers(organization, plan)
    return plan


def said_of(child: Child) -> str:
    """A keyed mark of the name that the school's system gives: whether it has changed, without keeping it.

    A nickname that the teacher has typed here stays, as long as the school's own list says the same as before.
    """
    return salted_hmac("oneroster", f"{child.sourced_id} {child.name}", algorithm="sha256").hexdigest()[:32]


def _classes(organization: Organization, plan: Plan) -> None:
    rows = ExternalId.objects.filter(organization=organization, source=SOURCE, kind=ExternalId.Kind.CLASS)
    for row in rows.select_related("group"):
        if row.group is not None:
            plan.groups[row.sourced_id] = row.group
    for sourced_id, one in plan.school.classes.items():
        group = plan.groups.get(sourced_id)
        if group is None:
            plan.new_classes.append(one)
        elif group.name != one.title:
            plan.renamed_classes.append((group, one))
    plan.sleeping = [
        group for sourced_id, group in plan.groups.items() if sourced_id not in plan.school.classes and group.is_open
    ]


def _children(organization: Organization, plan: Plan) -> None:
    rows = ExternalId.objects.filter(organization=organization, source=SOURCE, kind=ExternalId.Kind.PERSON)
    known = {row.sourced_id: row for row in rows.filter(user__kind=User.Kind.PUPIL)}
    pupils = {pupil.user_id: pupil for pupil in Pupil.objects.filter(organization=organization).select_related("user")}
    enrolled = {child for one in plan.school.classes.values() for child in one.pupils}
    letters = _letters(plan.school)
    for sourced_id, child in plan.school.children.items():
        row = known.get(sourced_id)
        pupil = pupils.get(row.user_id) if row and row.user_id else None
        if row is None or pupil is None:
            if sourced_id in enrolled:
                plan.coming.append(Coming(child, letters.get(sourced_id, "")))
            continue
        plan.pupils[sourced_id] = pupil
        if row.said == said_of(child):
            continue
        if child.name == pupil.name:
            plan.noted.append((row, said_of(child)))
        elif are_alike(pupil.name, child.name):
            plan.renamed.append(Renamed(pupil, child))
            plan.noted.append((row, said_of(child)))
        else:
            plan.held.append(Renamed(pupil, child))
    for sourced_id, row in known.items():
        if sourced_id not in plan.pupils and row.user_id is not None and row.user_id in pupils:
            plan.pupils[sourced_id] = pupils[row.user_id]


def _letters(school: School) -> dict[str, str]:
    """The letter of a surname, for children who share a class with another one of the same name, and only for them."""
    found: dict[str, str] = {}
    for one in school.classes.values():
        often = Counter(school.children[child].name.casefold() for child in one.pupils)
        for sourced_id in one.pupils:
            child = school.children[sourced_id]
            if often[child.name.casefold()] > 1:
                found[sourced_id] = child.letter
    return found


def _seats(organization: Organization, plan: Plan) -> None:
    """Who gets and who leaves a place. Only places in classes of the school's system are touched."""
    held = {one.child.sourced_id for one in plan.held}
    by_user = {pupil.user_id: sourced_id for sourced_id, pupil in plan.pupils.items()}
    by_group = {group.pk: sourced_id for sourced_id, group in plan.groups.items() if group.is_open}
    here: dict[Seat, Membership] = {}
    places = Membership.objects.active().filter(group__in=by_group, user__kind=User.Kind.PUPIL)
    for place in places:
        if place.user_id in by_user:
            here[Seat(by_user[place.user_id], by_group[place.group_id])] = place
    wanted = {Seat(child, one.sourced_id) for one in plan.school.classes.values() for child in one.pupils}
    closed = {sourced_id for sourced_id, group in plan.groups.items() if not group.is_open}
    wanted = {seat for seat in wanted if seat.child not in held and seat.group not in closed}
    plan.taken = sorted(wanted - set(here), key=lambda seat: (seat.group, seat.child))
    gone = [seat for seat in here if seat not in wanted and seat.child not in held]
    plan.left = [(here[seat], plan.pupils[seat.child]) for seat in gone]
    _say_who_leaves(plan, here, wanted, gone)


def _say_who_leaves(plan: Plan, here: Iterable[Seat], wanted: set[Seat], gone: list[Seat]) -> None:
    stay = {seat.child for seat in wanted}
    plan.known = len({seat.child for seat in here})
    changed: dict[str, int] = defaultdict(int)
    for seat in gone:
        changed[seat.child] += 1
    plan.leaving = [plan.pupils[child] for child in changed if child not in stay]
    plan.moving = [plan.pupils[child] for child in changed if child in stay]


def _teachers(organization: Organization, plan: Plan) -> None:
    """Teachers come by themselves: nobody gets an account, or a place that they did not ask for."""
    for one in plan.school.classes.values():
        group = plan.groups.get(one.sourced_id)
        led = group is not None and group.memberships.active().leaders().filter(user__is_active=True).exists()
        if not led:
            plan.absent += [(one.title, plan.school.teachers[teacher] or teacher) for teacher in sorted(one.teachers)]


def are_alike(one: str, other: str) -> bool:
    """Whether two names may be one child's: "Ana" and "Ana María", "Zoe" and "Zoë"; not "Ada" and "Ben"."""
    first, second = _plain(one), _plain(other)
    if first.startswith(second) or second.startswith(first):
        return True
    return difflib.SequenceMatcher(None, first, second).ratio() >= ALIKE


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
