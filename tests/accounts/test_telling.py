"""How long an answer takes tells nobody whether there is such a person (B8).

Not by a clock, which measures the machine: what takes the time is counted. Whoever is asked about, as many passwords
are hashed, as much is written, and the database is asked as often, give or take one question.
"""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from groups.models import Group, JoinCode

WRONG = "three other words entirely"
DOORS = {
    "password": (reverse("account_login", query={"with": "password"}), "login", {"password": WRONG}),
    "mailed code": (reverse("account_login"), "login", {}),
    "new password": (reverse("account_reset_password"), "email", {}),
}


@pytest.fixture
def keyed(mia: User) -> User:
    mia.set_password("four quiet words here")
    mia.save()
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    return mia


def effort(monkeypatch: pytest.MonkeyPatch, ask: Any) -> tuple[int, int, int]:
    """How many passwords were hashed, how many rows were written, and how many questions asked."""
    hashed: list[str] = []
    plain = hashers.MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(self, password, salt)

    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as asked:
        patch.setattr(hashers.MD5PasswordHasher, "encode", counted)
        ask(Client())
    verbs = [query["sql"].split()[0] for query in asked.captured_queries]
    return len(hashed), sum(verb in {"INSERT", "UPDATE", "DELETE"} for verb in verbs), verbs.count("SELECT")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("unknown", ["nobody@example.org", "closed@example.org"])
def test_it_costs_the_same_to_ask_about_anybody(
    door: str, unknown: str, keyed: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    address, field, more = DOORS[door]
    if unknown.startswith("closed"):
        User.objects.create_user(email=unknown, name="Cleo Closed", is_active=False)
    Client().get(address)  # what is read once by each process
    efforts = []
    for login in (keyed.email or "", unknown):
        with django_capture_on_commit_callbacks(execute=True):
            efforts.append(
                effort(monkeypatch, lambda client, login=login: client.post(address, {field: login, **more}))
            )
    known, other = efforts
    assert known[:2] == other[:2]
    assert known[0] == (door == "password")
    assert abs(known[2] - other[2]) <= 1
    assert len(mail.outbox) == (0 if door == "password" else 2)


def test_a_dead_code_costs_what_a_wrong_one_does(group: Group, olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    current = JoinCode.current(group, olive)
    dead = current.code or ""
    current.rotate(olive)
    efforts = [
        effort(monkeypatch, lambda client, code=code: client.get(reverse("join", args=[code])))
        for code in ("ABCD2345WXYZ", dead, "ABCD2345WXYZ")
    ]
    assert efforts[1] == efforts[2]
