"""A parent asks to see or remove what is kept about one child; a child moves (CHILDREN C4)."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Session, User
from groups.models import Authorization, Group, Pupil
from tests.client import CheckedClient
from tests.factories import join, make_act, make_class, make_pupil, make_user


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def kestrels(theo: User) -> Group:
    return make_class(theo, name="Kestrels")


def page(group: Group, pupil: Pupil, what: str = "data") -> str:
    return f"/groups/{group.slug}/pupils/{pupil.user.public_id}/{what}/"


def test_the_copy_holds_the_child_and_no_other(as_theo: Client, kestrels: Group) -> None:
    ada, ben = make_pupil(kestrels, "Ada", hint="red coat"), make_pupil(kestrels, "Ben")
    for pupil, text in ((ada, "Shared my pencils."), (ben, "Held the door for Cara.")):
        make_act(kestrels, pupil.user, text=text)
    answer: Any = as_theo.post(page(kestrels, ada), {"do": "copy"})
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        said = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert all(word in said for word in ("Ada", "red coat", "Shared my pencils."))
    secret = [ada.secret.card, *(f'"{word}"' for word in ada.secret.words), " ".join(ada.secret.words)]
    assert not any(word in said for word in ("Ben", "Held the door", *secret))


def test_removing_takes_the_name_and_then_everything(as_theo: Client, kestrels: Group) -> None:
    ada = make_pupil(kestrels, "Ada")
    make_act(kestrels, ada.user, text="Shared my pencils.")
    assert as_theo.post(page(kestrels, ada), {"do": "remove", "name": "Ben"}).status_code == 422
    assert as_theo.post(page(kestrels, ada), {"do": "remove", "name": ""}).status_code == 422
    assert Pupil.objects.count() == 1
    assert as_theo.post(page(kestrels, ada), {"do": "remove", "name": " ada "}).status_code == 302
    assert not User.objects.filter(kind="pupil").exists()
    assert not kestrels.memberships.filter(user=ada.user_id).exists()
    assert "Shared my pencils." not in as_theo.get(f"/groups/{kestrels.slug}/").content.decode()


def test_a_child_in_a_colleagues_class_too_is_not_one_teachers_to_remove(theo: User, kestrels: Group) -> None:
    tina = make_user("Tina")
    join(kestrels, tina, role="leader")
    ada = make_pupil(kestrels, "Ada")
    make_class(theo, organization=kestrels.organization).admit(ada.user)
    client = CheckedClient()
    client.force_login(tina)
    assert client.post(page(kestrels, ada), {"do": "remove", "name": "Ada"}).status_code == 403
    assert Pupil.objects.filter(pk=ada.pk).exists()


def test_a_child_moves_with_the_card_and_leaves_what_was_told(as_theo: Client, theo: User, kestrels: Group) -> None:
    owls = make_class(theo, name="Owls", organization=kestrels.organization)
    ada = make_pupil(kestrels, "Ada")
    make_act(kestrels, ada.user, text="Shared my pencils.")
    for _click in range(2):
        as_theo.post(page(kestrels, ada, "move"), {"to": owls.public_id})
    assert [one.name for one in Pupil.objects.in_class(owls)] == ["Ada"]
    assert not Pupil.objects.in_class(kestrels).exists()
    assert Pupil.objects.get().secret == ada.secret
    assert not Session.objects.filter(user=ada.user).exists()


def test_nobody_moves_to_a_class_that_nobody_has_allowed_or_of_another_school(
    as_theo: Client, theo: User, kestrels: Group
) -> None:
    owls = make_class(theo, organization=kestrels.organization)
    Authorization.objects.get(group=owls).withdraw(theo)
    ada = make_pupil(kestrels, "Ada")
    elsewhere = make_class(theo)
    for to in (owls.public_id, elsewhere.public_id, kestrels.public_id, "zzzz", ""):
        assert as_theo.post(page(kestrels, ada, "move"), {"to": to}).status_code == 422
    assert Pupil.objects.in_class(kestrels).exists()


def test_a_child_of_another_class_is_not_there(as_theo: Client, kestrels: Group) -> None:
    other = make_pupil(make_class(make_user("Stan")), "Zoe")
    for what in ("data", "move"):
        assert as_theo.get(page(kestrels, other, what)).status_code == 404
