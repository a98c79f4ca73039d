"""Many groups and acts for `make bench`: plain rows in bulk, with counters that are exact."""

import random
from argparse import ArgumentParser
from collections import Counter as Tally
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Model

from accounts import terms
from accounts.models import User
from challenges.catalog import program
from challenges.models import Challenge, Participation, Step
from feed.models import Act, Comment, Counter, Credit, Reaction
from groups.models import Group, Membership, Organization

NEWEST = datetime(2026, 6, 30, 12, tzinfo=UTC)
SENTENCES = (
    "Held the lift for the whole of the third floor and its plants.",
    "Stayed on the phone until the taxi had really turned up.",
    "Refilled the printer before anybody had to ask who had emptied it.",
    "Asked how the exam had gone, and then only listened.",
    "Swapped a shift so that a colleague could see the school play.",
    "Wrote down what the night team had done and sent it to their lead.",
    "Left a dry umbrella at the stop for whoever came next.",
    "Carried the deliveries up. All four floors.",
)
UNUSABLE = "!"
ACT_COLUMNS = (
    "public_id",
    "group_id",
    "challenge_id",
    "author_id",
    "kind",
    "text",
    "done_on",
    "created_at",
    "shown_at",
    "form_key",
)
KINDS = ("did", "did", "did", "saw", "saw", "received")


class Command(BaseCommand):
    help = "Fill an empty database with many groups and acts, for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--groups", type=int, default=1000)
        parser.add_argument("--acts", type=int, default=1_000_000)
        parser.add_argument("--members", type=int, default=10, help="people in each group")
        parser.add_argument("--large", type=int, default=10_000, help="people in the one large group (0 for none)")

    def handle(self, *args: Any, groups: int, acts: int, members: int, large: int, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("The database is not empty; nothing was changed.")
        self.dice = random.Random(1)  # noqa: S311 - data, not secrets
        people = self._people(groups * members + large)
        rooms = self._groups(groups + (1 if large else 0))
        self._memberships(rooms, people, members, large)
        self._challenges(rooms)
        self._acts(rooms[:groups], people, acts, members)
        self._extras()
        self.stdout.write(f"{groups} groups, {acts} acts. Sign-in addresses: one@, ten@ and fifty@bench.example")

    def _bulk(self, model: type[Model], rows: Iterator[Model], size: int = 5000) -> None:
        for batch in batched(rows, size):
            model._default_manager.bulk_create(batch)

    def _people(self, count: int) -> list[int]:
        names = ("one", "ten", "fifty")
        self._bulk(
            User,
            (
                User(
                    email=f"{names[i] if i < 3 else f'p{i}'}@bench.example",
                    name=f"Person {i}",
                    password=UNUSABLE,
                    terms_fingerprint=terms.fingerprint(),
                )
                for i in range(count + 3)
            ),
        )
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email or "", verified=True, primary=True)
            for user in User.objects.order_by("pk")[:3]
        )
        return list(User.objects.order_by("pk").values_list("pk", flat=True))

    def _groups(self, count: int) -> list[int]:
        Organization.objects.bulk_create(Organization(name=f"Organization {i}") for i in range(max(1, count // 10)))
        homes = list(Organization.objects.values_list("pk", flat=True))
        self._bulk(
            Group,
            (
                Group(organization_id=homes[i % len(homes)], name=f"Group {i}", slug=f"group-{i}", mode="workplace")
                for i in range(count)
            ),
        )
        return list(Group.objects.order_by("pk").values_list("pk", flat=True))

    def _memberships(self, rooms: list[int], people: list[int], members: int, large: int) -> None:
        self.members: dict[int, list[int]] = {}
        rest = iter(people[3:])
        for number, room in enumerate(rooms):
            size = large if large and number == len(rooms) - 1 else members
            self.members[room] = [next(rest) for _ in range(size)]
        one, ten, fifty = people[:3]
        for person, count in ((one, 1), (ten, 10), (fifty, 50)):
            for room in rooms[:count]:
                self.members[room].append(person)
        if large:
            self.members[rooms[-1]].append(one)
        self._bulk(
            Membership,
            (
                Membership(group_id=room, user_id=user, role="leader" if i == 0 else "member")
                for room, users in self.members.items()
                for i, user in enumerate(users)
            ),
        )

    def _challenges(self, rooms: list[int]) -> None:
        plan = program("t02")
        start = datetime.now(tz=UTC).date() - timedelta(days=10)
        self._bulk(
            Challenge,
            (
                Challenge(
                    group_id=room,
                    program_key=plan.key,
                    program_version=plan.version,
                    cadence="daily",
                    starts_on=start,
                    ends_on=start + timedelta(days=20),
                    goal=300,
                )
                for room in rooms
            ),
        )
        self.challenge_of = dict(Challenge.objects.values_list("group_id", "pk"))
        self._bulk(
            Step,
            (
                Step(challenge_id=challenge, position=i, program_key=plan.key, step_key=step.key, version=plan.version)
                for challenge in self.challenge_of.values()
                for i, step in enumerate(plan.steps)
            ),
        )
        self._bulk(
            Participation,
            (
                Participation(challenge_id=self.challenge_of[room], user_id=user, joined_on=start)
                for room, users in self.members.items()
                for user in users[:50]
            ),
        )

    def _insert(self, names: tuple[str, ...], same: dict[str, Any], rows: Iterator[tuple[Any, ...]]) -> None:
        """Plain INSERTs: a million model instances would take most of the time."""
        columns = ", ".join((*names, *same))
        places = ", ".join(["%s"] * (len(names) + len(same)))
        rest = tuple(same.values())
        adapt = connection.ops.adapt_datetimefield_value
        with transaction.atomic(), connection.cursor() as cursor:
            for batch in batched(rows, 20_000):
                values = [(*(adapt(v) if isinstance(v, datetime) else v for v in row), *rest) for row in batch]
                cursor.executemany(f"INSERT INTO feed_act ({columns}) VALUES ({places})", values)  # noqa: S608

    def _acts(self, rooms: list[int], people: list[int], count: int, members: int) -> None:
        tally: Tally[tuple[int, str]] = Tally()

        def rows() -> Iterator[tuple[Any, ...]]:
            for i in range(count):
                # The first group holds a hundredth of everything, so that there is depth to page through.
                room = rooms[0] if i % 100 == 0 else rooms[i % len(rooms)]
                kind = KINDS[i % len(KINDS)]
                tally[room, kind] += 1
                at = NEWEST - timedelta(seconds=40 * (count - i))
                author = self.members[room][i // len(rooms) % members]
                text = SENTENCES[i % len(SENTENCES)]
                yield f"seed{i:012d}", room, self.challenge_of[room], author, kind, text, at.date(), at, at, f"s{i}"

        fixed = {"state": "shown", "audience": "group", "source": "posted", "signed": "me", "zone": "UTC"}
        empty = {"guest_name": "", "idea_key": "", "link_kind": "", "anonymized": False}
        zero = {"degree": 0, "passed_on_count": 0, "inspired_count": 0, "comment_count": 0}
        self._insert(ACT_COLUMNS, {**fixed, **empty, **zero}, rows())
        Counter.objects.bulk_create(
            Counter(group_id=room, challenge_id=self.challenge_of[room], source="posted", kind=kind, total=total)
            for (room, kind), total in tally.items()
        )

    def _extras(self) -> None:
        """Answers, names and comments on the acts that people see first, as a living feed has them."""
        newest = list(Act.objects.order_by("-pk").values_list("pk", "group_id", "kind")[:100_000])
        self._bulk(
            Reaction,
            (
                Reaction(act_id=act, user_id=user, group_id=room, kind="thanks")
                for act, room, _kind in newest
                for user in self.dice.sample(self.members[room], 2)
            ),
        )
        self._bulk(
            Credit,
            (
                Credit(act_id=act, person_id=self.members[room][1], group_id=room)
                for act, room, kind in newest
                if kind == "saw"
            ),
        )
        commented = [row for row in newest if row[0] % 5 == 0]
        self._bulk(
            Comment,
            (
                Comment(
                    act_id=act,
                    group_id=room,
                    author_id=self.members[room][2],
                    text="So it was you.",
                    form_key=f"seed-{act}",
                    shown_at=NEWEST,
                )
                for act, room, _kind in commented
            ),
        )
        for ids in batched((row[0] for row in commented), 500):
            Act.objects.filter(pk__in=ids).update(comment_count=1)
