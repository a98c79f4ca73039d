"""Walks every route of the URLconf with every method as every role, and says what each gets.

`python scripts/access_table.py` writes the table anew into `tests/access_table.txt`, to be read line by line in
the review of the change: the test compares, it does not judge. What must hold whatever the table
says (strangers get 404, nothing public by accident) is judged in `test_access.py`.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import now

from accounts.ids import new_public_id
from accounts.models import AddressChange, Session, User
from challenges.models import CalendarFeed, Challenge, Step
from feed.models import Act, Case, Comment, Credit, Photo
from feed.pictures import SIZES
from groups.models import Group, JoinCode, Membership, OrganizationAdmin, SupportContact
from notifications import stopping
from notifications.models import KeptMail, Notice, PushDevice
from tests.accounts.authenticator import Passkey
from tests.factories import join, make_act, make_challenge, make_group, make_user

TABLE = Path(__file__).with_name("access_table.txt")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = ("anonymous", "member", "leader", "admin", "other_member", "other_leader", "removed")
NONSENSE = "zzzzzzzzzzzzzzzz"


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    arguments: tuple[str, ...]

    def address(self, values: dict[str, str]) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], self.pattern)


def routes() -> list[Route]:
    """Every route of the URLconf, in the order of its name; `/admin/` is walked in `pages/test_operator_site.py`."""
    return sorted(_walk(get_resolver().url_patterns, ""), key=lambda route: route.name)


def _walk(patterns: Any, prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and pattern.app_name == "admin":
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            clean = re.sub(r"\^|\$|\\Z", "", address)
            yield Route(pattern.name or clean, "/" + clean, tuple(re.findall(r"<(?:\w+:)?(\w+)>", clean)))


@dataclass(frozen=True)
class World:
    """Two organizations; everything addressed belongs to the first one and mostly to Mia."""

    people: dict[str, User | None]
    sessions: dict[str, str]
    group: Group
    challenge: Challenge
    step: Step
    act: Act
    comment: Comment
    case: Case
    credit: Credit
    photo: Photo
    code: JoinCode
    notice: Notice
    mail: KeptMail
    passkey: Authenticator
    connected: SocialAccount
    change: AddressChange
    session: Session
    contact: SupportContact
    calendar: str
    stop: str
    device: PushDevice

    def values(self, route: Route) -> dict[str, str]:
        """What stands in a route's address."""
        by_start = (
            ("challenge", self.challenge.public_id),
            ("my-way", self.challenge.public_id),
            ("plan", self.challenge.public_id),
            ("closing", self.challenge.public_id),
            ("step", self.step.public_id),
            ("choice", self.step.public_id),
            ("case", self.case.public_id),
            ("comment-", self.comment.public_id),
            ("credit", self.credit.public_id),
            ("photo", self.photo.public_id),
            ("kept-mail", self.mail.public_id),
            ("device-", self.device.public_id),
            ("notice", self.notice.public_id),
            ("class-pupil", self.person_in("member").public_id),
            ("class-card", self.person_in("member").public_id),
            ("lost-address", self.change.user.public_id),
            ("end-session", self.session.public_id),
            ("school", self.group.organization.public_id),
            ("organization", self.group.organization.public_id),
            ("support-contact", self.contact.public_id),
            ("group-person", self.person_in("member").public_id),
        )
        public_id = next((value for start, value in by_start if route.name.startswith(start)), self.act.public_id)
        programs = {"program": "21-days-of-kindness", "program-guide": "ten-small-acts"}
        slug = programs.get(route.name, self.group.slug)
        return {
            "public_id": public_id,
            "slug": slug,
            "code": self.code.code or "",
            "size": "small",
            "week": "1",
            "language": "en",
            "service": "postmark",
            "kind": "thanks",
            "name": "week",
            "pk": str(self.connected.pk if route.name == "disconnect" else self.passkey.pk),
            "provider_id": "sso",
            "token": self._token(route),
        }

    def _token(self, route: Route) -> str:
        if route.name == "calendar-file":
            return self.calendar
        if route.name == "stop":
            return self.stop
        return self.change.stopper if "stop" in route.name else self.change.proof

    def person_in(self, role: str) -> User:
        person = self.people[role]
        assert person is not None
        return person

    def nonsense(self, route: Route) -> dict[str, str]:
        """The same address with ids that nothing has."""
        return {**self.values(route), "public_id": NONSENSE, "slug": f"nothing-{NONSENSE[:6]}", "pk": "987654321"}

    def client(self, role: str) -> Client:
        """A fresh browser of somebody who has signed in."""
        client = Client(raise_request_exception=False)
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


def make_world() -> World:
    olive, mia, rex = make_user("Olive Okafor"), make_user("Mia Marsh"), make_user("Rex Removed")
    group = make_group(olive, name="Ferry Lane Surgery")
    ada = make_user("Ada Admin")
    OrganizationAdmin.objects.filter(organization=group.organization).delete()
    OrganizationAdmin.objects.create(organization=group.organization, user=ada)
    join(group, mia)
    join(group, rex)
    group.memberships.get(user=rex).end(Membership.State.REMOVED)
    stan = make_user("Stan Stone")
    foreign = make_group(stan, name="Canal Street Allotments")
    sam = make_user("Sam Ferreira")
    join(foreign, sam)
    make_challenge(foreign)
    challenge = make_challenge(group)
    step = challenge.steps.first()
    assert step is not None
    act = make_act(group, mia, kind="saw", text="Stayed until the taxi came.", challenge=challenge, credited=[mia])
    photo = Photo.objects.create(group=group, act=act, uploader=mia, width=4, height=3, alt="A bench")
    for size in SIZES:
        default_storage.save(photo.path(size), ContentFile(b"RIFF"))
    comment = Comment.objects.post(act, mia, "So it was you.", form_key="one")
    case = Case.objects.about(act)
    case.report(olive, reason="unkind", words="It sounds like gossip.")
    people = {
        "member": mia,
        "leader": olive,
        "admin": ada,
        "other_member": sam,
        "other_leader": stan,
        "removed": rex,
    }
    return World(
        people={"anonymous": None} | people,
        sessions={role: _session_of(person) for role, person in people.items()},
        group=group,
        challenge=challenge,
        step=step,
        act=act,
        comment=comment,
        case=case,
        credit=Credit.objects.get(act=act),
        photo=photo,
        code=JoinCode.current(group, olive),
        notice=Notice.objects.create(recipient=mia, kind="credit", key="one", in_app=True, context={"act": act.pk}),
        mail=KeptMail.objects.create(address="mia@example.org", subject="Your code", text="123456"),
        passkey=Authenticator.objects.create(user=mia, type="webauthn", data=Passkey().stored("Mia's phone")),
        connected=SocialAccount.objects.create(user=mia, provider="sso", uid="mia"),
        change=AddressChange.objects.create(user=mia, address="mia.new@example.org", begun_by=olive),
        session=Session.objects.create(
            session_key="of-another-browser", user=mia, public_id=new_public_id(), expire_date=now() + timedelta(days=1)
        ),
        contact=SupportContact.objects.create(organization=group.organization, name="Doctor", phone="+1 555 0100"),
        calendar=CalendarFeed.objects.renew(mia),
        stop=stopping.url_for(mia, "reminder").split("/")[-2],
        device=PushDevice.objects.create(
            user=mia, endpoint="https://web.push.apple.com/mia", browser="Safari · iPhone"
        ),
    )


def _session_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def words(response: HttpResponseBase) -> str:
    """What a reply says, be it a page, a file or an archive of files."""
    content = response.getvalue() if isinstance(response, StreamingHttpResponse) else response.content  # type: ignore[attr-defined]
    unpacked = b""
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = b"".join(archive.read(name) for name in archive.namelist())
    return (bytes(content) + unpacked).decode(errors="replace")


def ask(client: Client, method: str, address: str) -> HttpResponse:
    """Ask and undo: whatever a request changes is rolled back, so that every cell starts from the same world."""
    with transaction.atomic():
        response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return cast(HttpResponse, response)


def cells(world: World, route: Route, methods: Sequence[str] = METHODS) -> dict[str, list[int]]:
    """The status that each role gets, for each method."""
    address = route.address(world.values(route))
    clients = {role: world.client(role) for role in ROLES}
    table: dict[str, list[int]] = {}
    for method in methods:
        table[method] = [ask(clients[role], method, address).status_code for role in ROLES]
    return table


def rows(route: Route, found: dict[str, list[int]]) -> list[str]:
    """The table's lines of one route; methods that everybody gets the same refusal for share a line."""
    lines: dict[tuple[int, ...], list[str]] = {}
    for method, statuses in found.items():
        lines.setdefault(tuple(statuses), []).append(method)
    return [
        f"{route.name:<34} {','.join(methods):<36} {' '.join(f'{status:>4}' for status in statuses)}"
        for statuses, methods in lines.items()
    ]


def stored_rows() -> dict[str, list[str]]:
    """The committed table, by route."""
    stored: dict[str, list[str]] = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            stored.setdefault(line.split()[0], []).append(line)
    return stored


def stored_cells(route: Route) -> dict[str, list[int]]:
    """The same as `cells`, as the committed table has it."""
    found: dict[str, list[int]] = {}
    for line in stored_rows()[route.name]:
        _name, methods, *statuses = line.split()
        found |= {method: list(map(int, statuses)) for method in methods.split(",")}
    return found


def write_table(world: World) -> None:
    head = f"# {'route':<32} {'methods':<36} {' '.join(role[:4] for role in ROLES)}\n# roles: {', '.join(ROLES)}\n"
    lines = []
    for route in routes():
        cache.clear()  # each row is asked as in a test of its own, where no other has used up a limit
        lines += rows(route, cells(world, route))
    TABLE.write_text(head + "\n".join(lines) + "\n")
