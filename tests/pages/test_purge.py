"""A group that was deleted is gone when its days of grace are over, with every word and file of it (F9)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import journal
from accounts.models import AuditEntry, User
from challenges.models import Challenge
from feed.models import Act, ActDraft, Comment, Moment, Photo, Reaction
from feed.pictures import SIZES
from groups.messages import invite
from groups.models import Group, JoinCode, Organization, SupportContact
from kindness_platform.purge import purge_groups
from kindness_platform.tasks import forget
from notifications.models import Delivery, KeptMail, Notice
from notifications.sender import deliver
from tests.factories import join, make_act, make_challenge, make_group

CANARY = "canaryqzx"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full(olive: User, mia: User, settings: Any, tmp_path: Path) -> Group:
    """A group with a canary wherever somebody can write."""
    settings.DATA_DIR = tmp_path / "data"
    default = settings.STORAGES["default"]
    settings.STORAGES = settings.STORAGES | {
        "default": default | {"OPTIONS": default["OPTIONS"] | {"location": tmp_path}}
    }
    settings.MAILERS = {"default": {"BACKEND": "notifications.mail.KeptMailBackend"}}
    group = make_group(olive, name=f"{CANARY} group")
    join(group, mia)
    challenge = make_challenge(group)
    Challenge.objects.filter(pk=challenge.pk).update(own_title=f"{CANARY} title")
    step = challenge.steps.first()
    assert step
    step.reword({"prompt": f"{CANARY} prompt"}, by=olive)
    SupportContact.objects.create(organization=group.organization, name=f"{CANARY} doctor", phone="112")
    first = make_act(group, mia, text=f"{CANARY} act", challenge=challenge, kind="saw", credited=[olive], feeling=4)
    second = make_act(group, olive, text=f"{CANARY} more", parent=first, link_kind="passed_on")
    make_act(group, mia, text=f"{CANARY} again", parent=second, link_kind="passed_on")
    make_act(group, mia, text=f"{CANARY} kept", audience="private")
    Comment.objects.post(first, olive, f"{CANARY} comment", form_key="one")
    Reaction.objects.toggle(first, olive, "thanks")
    Moment.objects.create(challenge=challenge, act=first, chosen_by=olive)
    ActDraft.objects.keep(mia, group, {"text": f"{CANARY} draft"})
    for act in (first, None):
        photo = Photo.objects.create(group=group, act=act, uploader=mia, width=4, height=3, alt=f"{CANARY} photo")
        for size in SIZES:
            default_storage.save(photo.path(size), ContentFile(CANARY.encode()))
    code = JoinCode.current(group, olive)
    invite(f"{CANARY}@example.org", group, code, olive)
    for pk in Delivery.objects.values_list("pk", flat=True):
        deliver(pk)
    return group


def told_of() -> list[str]:
    """Every row and file in which the canary still sings."""
    rows = [
        f"{model._meta.label} {row.pk}"
        for model in apps.get_models()
        for row in model._default_manager.all()
        if CANARY in json.dumps({f.name: str(getattr(row, f.attname)) for f in model._meta.concrete_fields})
    ]
    files = [file for file in Path(default_storage.path("")).rglob("*") if file.is_file()]
    return rows + [str(file) for file in files if CANARY in file.read_text()]


def end_grace(group: Group) -> None:
    Group.objects.filter(pk=group.pk).update(delete_after=timezone.now() - timedelta(seconds=1))


def test_the_canary_can_be_heard(full: Group) -> None:
    heard = " ".join(told_of())
    for where in ("Group ", "Organization", "Challenge", "Step", "Act ", "Comment", "Draft", "Photo", "KeptMail"):
        assert where in heard, f"the test below could not fail for {where}"
    assert "Notice" in heard
    assert "SupportContact" in heard
    assert ".webp" in heard


def test_nothing_of_it_is_left(full: Group, olive: User) -> None:
    full.delete_soon(olive)
    end_grace(full)
    forget()
    assert told_of() == []
    assert not Organization.objects.filter(pk=full.organization_id).exists()
    assert AuditEntry.objects.filter(group_id=full.pk, verb="asked to delete").exists(), "ids stay, words do not"


def test_within_the_days_of_grace_nothing_is_lost(full: Group, olive: User, as_mia: Client) -> None:
    before = told_of()
    full.delete_soon(olive)
    assert purge_groups() == 0
    full.keep(olive)
    assert purge_groups() == 0
    assert told_of() == before
    assert as_mia.get(full.get_absolute_url()).status_code == 200


def test_its_people_keep_their_accounts_and_other_groups(full: Group, olive: User, mia: User, as_mia: Client) -> None:
    other = make_group(olive, name="Another one")
    join(other, mia)
    act = make_act(other, mia, text="Elsewhere.")
    full.delete_soon(olive)
    end_grace(full)
    assert purge_groups() == 1
    assert purge_groups() == 0
    assert as_mia.get(act.get_absolute_url()).status_code == 200
    assert as_mia.get(reverse("notices")).status_code == 200
    assert Act.objects.get() == act


def test_an_organization_with_another_group_stays(full: Group, olive: User) -> None:
    make_group(olive, organization=full.organization)
    full.delete_soon(olive)
    end_grace(full)
    purge_groups()
    assert SupportContact.objects.count() == 1


def test_files_stay_when_the_rows_could_not_go(full: Group, olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    full.delete_soon(olive)
    end_grace(full)

    def fails(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(journal, "record", fails)
    with pytest.raises(RuntimeError):
        purge_groups()
    assert ".webp" in " ".join(told_of())
    assert Act.objects.filter(link_kind="passed_on").count() == 2, "chains are whole"
    assert (Notice.objects.filter(kind="invitation").count(), KeptMail.objects.count()) == (1, 1)


def test_a_restored_backup_does_not_bring_it_back(full: Group, olive: User) -> None:
    full.delete_soon(olive)
    end_grace(full)
    purge_groups()
    assert any(line.endswith(f" group {full.public_id}") for line in journal.lines())
    again = make_group(olive, name=f"{CANARY} from a backup")
    Group.objects.filter(pk=again.pk).update(public_id=full.public_id)
    journal.replay()
    assert told_of() == []


def test_somebody_who_is_no_longer_anywhere_is_a_person_all_the_same(full: Group, olive: User, as_mia: Client) -> None:
    full.delete_soon(olive)
    end_grace(full)
    purge_groups()
    assert as_mia.get(reverse("home")).status_code == 200
