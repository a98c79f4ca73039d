"""Data in the product's own words: plain functions that make one thing each."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from accounts import terms
from accounts.models import User
from challenges.models import Challenge
from feed.models import Act
from groups.models import Authorization, Group, LaunchCheck, Membership, Pupil, School, SupportContact

_numbers = count(1)


def make_user(name: str = "", **overrides: Any) -> User:
    n = next(_numbers)
    name = name or f"Person {n}"
    return User.objects.create_user(
        **{
            "email": f"{name.split()[0].lower()}.{n}@example.org",
            "name": name,
            "terms_fingerprint": terms.fingerprint(),
            **overrides,
        }
    )


def make_group(leader: User | None = None, **overrides: Any) -> Group:
    fields = {"name": f"Group {next(_numbers)}", "mode": "workplace", **overrides}
    return Group.objects.found(founder=leader or make_user("Leader"), **fields)


def make_class(teacher: User | None = None, *, pupils: Sequence[str] = (), **overrides: Any) -> Group:
    """A class that may begin: authorized by its school, with pupils by these names, open around the clock."""
    fields = {"name": f"Class {next(_numbers)}", "mode": "primary", **overrides}
    teacher = teacher or make_user("Theo Teacher")
    group = Group.objects.found(founder=teacher, **fields)
    School.objects.get_or_create(
        organization=group.organization, defaults={"weekdays": "0123456", "opens_at": time.min, "closes_at": time.max}
    )
    Authorization.objects.give(group.organization, group, basis="school", given_by="The head teacher", by=teacher)
    SupportContact.objects.create(organization=group.organization, name="School counselor", phone="+1 555 0199")
    for key in LaunchCheck.Key:
        LaunchCheck.objects.tick(group, key, by=teacher, words="Ms. Bell")
    for name in pupils:
        make_pupil(group, name)
    return group


def make_pupil(group: Group, name: str = "", **overrides: Any) -> Pupil:
    teacher = group.memberships.leaders().first()
    assert teacher
    return Pupil.objects.add(group, name or f"Pupil {next(_numbers)}", by=teacher.user, **overrides)


def join(group: Group, user: User, role: str = "member") -> Membership:
    return group.admit(user, role=role)


def make_challenge(group: Group, *, program: str = "t02", started: int = 3, **overrides: Any) -> Challenge:
    """A challenge that began `started` days ago; every active member takes part."""
    leader = group.memberships.leaders().get().user
    starts_on = overrides.pop("starts_on", None) or date.today() - timedelta(days=started)
    return Challenge.objects.start(group=group, program_key=program, starts_on=starts_on, by=leader, **overrides)


def make_act(group: Group, author: User, **overrides: Any) -> Act:
    fields: dict[str, Any] = {
        "kind": "did",
        "text": "Held the door.",
        "done_on": author.today(),
        "form_key": f"form-{next(_numbers)}",
        **overrides,
    }
    return Act.objects.post(author, group, **fields)
