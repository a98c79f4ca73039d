"""What waits to be read is on no surface for anybody but its author and who reads first (CHILDREN C6, SAFETY B7).

A marker stands in everything a child has told: words, what a photo shows, the photo itself, a comment. Then every
address is opened by everybody, with all ways of asking; the copies of their data, their news and what goes to
devices are read, too.
"""

import json
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from accounts.data_rights import rooms
from accounts.models import User
from feed.models import Act, Comment, Photo
from feed.pictures import SIZES
from feed.reading import share
from groups.models import Group, JoinCode, Membership, OrganizationAdmin, Pupil
from notifications.models import Delivery, Notice
from notifications.shown import lines_of
from tests.access import Route, routes, words
from tests.client import pupil_client
from tests.factories import join, make_act, make_challenge, make_class, make_user

WORDS, PICTURE, SAID = "canarywordsqzx", "canarypictureqzx", "canarysaidqzx"
SURFACES = ("", "?q=canary", "?mine=1", "?kind=saw", "?before=1", "?comments=all")


@pytest.fixture
def theo(db: None) -> User:
    return make_user("Theo Teacher")


@pytest.fixture
def owls(theo: User) -> Group:
    """A secondary class with all open that an admin may open: photos, comments."""
    group = make_class(theo, name="Owls", mode="secondary", pupils=["Ada", "Ben", "Caleb"])
    for name in ("photos_open", "comments_open"):
        group.change_rule(name, allowed=True, by=theo)
    return Group.objects.select_related("organization").get(pk=group.pk)


def user_of(group: Group, name: str) -> User:
    return Pupil.objects.in_class(group).get(user__name=name).user


@pytest.fixture
def waiting(owls: Group) -> Act:
    ada, ben = user_of(owls, "Ada"), user_of(owls, "Ben")
    challenge = make_challenge(owls, program="t12", started=0)
    photo = Photo.objects.create(group=owls, uploader=ada, width=4, height=3)
    for size in SIZES:
        default_storage.save(photo.path(size), ContentFile(f"RIFF{PICTURE}".encode()))
    act = make_act(
        owls, ada, kind="saw", text=WORDS, challenge=challenge, credited=[ben], photo=photo, alt=f"{WORDS} in a photo"
    )
    assert act.state == "pending"
    shown = make_act(owls, ben, text="Carried the chairs.", challenge=challenge)
    teacher = owls.memberships.leaders().first()
    assert teacher
    assert share(shown, teacher.user)
    comment = Comment.objects.post(shown, ada, SAID, form_key="one")
    assert comment.state == "pending"
    return act


def addresses(act: Act, group: Group, code: JoinCode) -> Iterator[tuple[Route, str]]:
    """Every route, about the act that waits and what belongs to it."""
    comment = Comment.objects.get(text=SAID)
    challenge = act.challenge
    assert challenge
    step = challenge.steps.first()
    assert step
    photo = Photo.objects.get(act=act)
    ids = {
        "photo": photo.public_id,
        "comment": comment.public_id,
        "challenge": challenge.public_id,
        "closing": challenge.public_id,
        "my-way": challenge.public_id,
        "step": step.public_id,
        "choice": step.public_id,
        "credit": act.credits.get().public_id,
        "organization": group.organization.public_id,
        "school": group.organization.public_id,
        "class-pupil": user_of(group, "Ada").public_id,
        "class-card": user_of(group, "Ada").public_id,
        "group-person": user_of(group, "Ada").public_id,
    }
    for route in routes():
        public_id = next((value for start, value in ids.items() if route.name.startswith(start)), act.public_id)
        values = dict.fromkeys(route.arguments, "") | {
            "public_id": public_id,
            "slug": "a-kinder-half-term" if route.name.startswith("program") else group.slug,
            "code": code.code or "",
            "size": "large",
            "language": "en",
            "service": "postmark",
            "kind": "thanks",
            "pk": "1",
            "provider_id": "sso",
            "token": "x",
            "week": "1",
        }
        yield route, route.address(values)


def clients(group: Group, theo: User) -> dict[str, Client]:
    """Everybody but the author and who reads first."""
    people = {"aide": make_user("Ann Aide"), "gone": make_user("Gus Gone"), "stranger": make_user("Stan")}
    join(group, people["aide"])
    join(group, people["gone"], role="leader").end(Membership.State.REMOVED)
    make_class(people["stranger"], name="Kestrels", pupils=["Zoe"])
    found: dict[str, Client] = {"visitor": Client(raise_request_exception=False)}
    for role, person in people.items():
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(person)
    found["classmate"] = pupil_client(user_of(group, "Ben").pupil)
    zoe = Pupil.objects.get(user__name="Zoe")
    found["pupil of another class"] = pupil_client(zoe)
    return found


def test_nobody_finds_it_on_any_page(owls: Group, theo: User, waiting: Act) -> None:
    code = JoinCode.current(owls, theo, JoinCode.Purpose.CLASS)
    people = clients(owls, theo)
    found = []
    for route, address in addresses(waiting, owls, code):
        if route.name in {"class-leave", "account_logout"}:
            continue
        for role, client in people.items():
            for query in SURFACES if route.name in {"home", "group", "act"} else SURFACES[:1]:
                page = words(client.get(address + query))
                found += [(role, route.name, mark) for mark in (WORDS, PICTURE, SAID) if mark in page]
    assert found == []


def test_who_runs_the_class_finds_it_where_it_is_read_and_nowhere_else(owls: Group, theo: User, waiting: Act) -> None:
    code = JoinCode.current(owls, theo, JoinCode.Purpose.CLASS)
    client = Client(raise_request_exception=False)
    client.force_login(theo)
    found = {
        route.name
        for route, address in addresses(waiting, owls, code)
        if any(mark in words(client.get(address)) for mark in (WORDS, PICTURE, SAID))
    }
    assert found == {"waiting", "photo"}


def test_it_is_in_no_copy_no_news_and_on_no_device_of_anybody_else(owls: Group, theo: User, waiting: Act) -> None:
    aide = make_user("Ann Aide")
    join(owls, aide)
    OrganizationAdmin.objects.create(organization=owls.organization, user=aide)
    for person in (theo, aide, user_of(owls, "Ben")):
        copy = json.dumps([room.export(person).data for room in rooms()], default=str)
        assert not any(mark in copy for mark in (WORDS, SAID)), person.name
        told = " ".join(line.text for line in lines_of(list(Notice.objects.filter(recipient=person))))
        assert not any(mark in told for mark in (WORDS, SAID, "Ada")), person.name
    notices = [notice.context for notice in Notice.objects.all()]
    assert not any(mark in str(notices) for mark in (WORDS, SAID))
    assert not Delivery.objects.exclude(notice__recipient=theo).filter(channel="push").exists()
    copy = json.dumps([room.export(user_of(owls, "Ada")).data for room in rooms()], default=str)
    assert WORDS in copy, "its author's own copy holds it"


def test_the_markers_can_be_found_once_it_is_shared(owls: Group, theo: User, waiting: Act) -> None:
    """Else the tests above could not fail."""
    assert share(waiting, theo)
    Comment.objects.get(text=SAID).change("shown")
    aide = make_user("Ann Aide")
    join(owls, aide)
    client = Client()
    client.force_login(aide)
    page = words(client.get(owls.get_absolute_url()))
    assert WORDS in page
    assert SAID in words(client.get(Act.objects.get(text="Carried the chairs.").get_absolute_url()))
    photo = Photo.objects.get(act=waiting)
    assert PICTURE in words(client.get(reverse("photo", args=[photo.public_id, "large"])))


@pytest.mark.parametrize("state", ["returned", "removed"])
def test_what_was_sent_back_or_declined_stays_out_of_sight(owls: Group, theo: User, waiting: Act, state: str) -> None:
    waiting.change(state, by=theo, why="Once more, please.")
    aide = make_user("Ann Aide")
    join(owls, aide)
    client = Client(raise_request_exception=False)
    client.force_login(aide)
    photo = Photo.objects.get(act=waiting)
    for address in (owls.get_absolute_url(), waiting.get_absolute_url(), f"/photos/{photo.public_id}/large/", "/"):
        assert WORDS not in words(client.get(address))
    classmate = pupil_client(user_of(owls, "Ben").pupil)
    with override_settings(DEBUG=False):
        assert WORDS not in words(classmate.get("/"))
