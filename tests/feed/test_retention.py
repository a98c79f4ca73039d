"""What the feed forgets, and when: what was taken down, drafts, photos that nothing has (DESIGN §9.18)."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from challenges.models import Challenge
from feed.models import Act, ActDraft, Case, Comment, Credit, Decision, Moment, Photo, Reaction, Report
from feed.pictures import Picture, keep
from feed.recount import recount
from feed.retention import purge_feed
from feed.ripples import ripple_of
from groups.models import Group
from tests.factories import join, make_act, make_user

WORDS = "Walked the neighbor’s dog."
Files = Callable[[], list[str]]
Purge = Callable[..., int]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def files(media: Path) -> Files:
    return lambda: sorted(str(path.relative_to(media)) for path in media.rglob("*.webp"))


@pytest.fixture
def start() -> Iterator[datetime]:
    with time_machine.travel(timezone.now(), tick=False):
        yield timezone.now()


@pytest.fixture
def purge(
    db: None, start: datetime, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> Purge:
    """Forget as if so much time had passed; how many rows and files were too old."""

    def purge(**later: int) -> int:
        then = start + timedelta(**later)
        with time_machine.travel(then, tick=False), django_capture_on_commit_callbacks(execute=True):
            return purge_feed()

    return purge


def photo_of(user: User, group: Group) -> Photo:
    return keep(Picture(small=b"small", large=b"large", width=40, height=30), group, user)


@pytest.fixture
def told(olive: User, mia: User, group: Group, challenge: Challenge, start: datetime) -> Act:
    """An act of Mia's with everything that can belong to one, passed on by Olive."""
    act = make_act(
        group,
        mia,
        kind="saw",
        text=WORDS,
        feeling=4,
        credited=[olive],
        photo=photo_of(mia, group),
        alt="A small dog.",
        challenge=challenge,
        step=challenge.steps.first(),
        idea_key="I001",
    )
    Comment.objects.post(act, olive, "So it was you.", form_key="olives-words")
    Reaction.objects.toggle(act, olive, "thanks")
    Moment.objects.create(act=act, challenge=challenge)
    make_act(group, olive, parent=act, link_kind="passed_on", challenge=challenge)
    return act


def test_an_act_that_was_taken_down_is_emptied_after_thirty_days(
    as_mia: Client, told: Act, mia: User, olive: User, purge: Purge, files: Files
) -> None:
    Case.objects.about(told).report(olive, reason="unkind", words=WORDS)
    told.change("removed", by=mia)
    assert len(files()) == 2
    assert purge(days=30) == 0
    assert Act.objects.get(pk=told.pk).text == WORDS
    assert purge(days=30, hours=2) == 1
    act = Act.objects.get(pk=told.pk)
    assert (act.text, act.author, act.anonymized, act.step, act.idea_key, act.zone) == ("", None, True, None, "", "")
    for belonging in (Case, Comment, Credit, Moment, Photo, Reaction):
        assert not belonging._default_manager.filter(act=told).exists()
    assert not hasattr(act, "feeling")
    assert files() == []
    assert act.changes.get().by is None
    assert recount() == []


def test_what_was_passed_on_keeps_its_link_to_an_emptied_act(
    told: Act, mia: User, olive: User, purge: Purge, group: Group
) -> None:
    told.change("removed", by=mia)
    purge(days=31)
    following = Act.objects.get(parent=told)
    assert (following.ripple, following.degree) == (told, 1)
    ripple = ripple_of(following, olive)
    assert ripple
    assert [place.kind for place in ripple.places] == ["gone", "act"]


def test_an_emptied_act_cannot_be_brought_back(told: Act, mia: User, purge: Purge, as_mia: Client) -> None:
    told.change("removed", by=mia)
    purge(days=31)
    assert not Act.objects.get(pk=told.pk).can_be_restored_by(mia)
    assert as_mia.post(f"/acts/{told.public_id}/restore/").status_code == 404
    assert as_mia.get(f"/acts/{told.public_id}/").status_code == 404


def test_an_act_that_was_brought_back_stays_and_so_does_who_took_others_down(
    told: Act, mia: User, olive: User, group: Group, purge: Purge
) -> None:
    told.change("removed", by=mia)
    told.restore(mia)
    other = make_act(group, mia, text="Something unkind.")
    other.change("removed", by=olive)
    assert purge(days=31) == 1
    assert Act.objects.get(pk=told.pk).text == WORDS
    assert Comment.objects.filter(act=told).exists()
    assert other.changes.get().by == olive


def test_forgetting_twice_is_forgetting_once(told: Act, mia: User, purge: Purge) -> None:
    told.change("removed", by=mia)
    purge(days=31)
    before = list(Act.objects.order_by("pk").values())
    assert purge(days=32) == 0
    assert list(Act.objects.order_by("pk").values()) == before


def test_many_are_forgotten_a_few_at_a_time(
    mia: User, group: Group, purge: Purge, monkeypatch: pytest.MonkeyPatch, start: datetime
) -> None:
    monkeypatch.setattr("feed.retention.AT_ONCE", 2)
    for _ in range(5):
        make_act(group, mia).change("removed", by=mia)
    assert purge(days=31) == 5
    assert set(Act.objects.values_list("text", "author")) == {("", None)}


def test_a_comment_that_was_taken_down_goes_and_others_stay(told: Act, olive: User, mia: User, purge: Purge) -> None:
    Comment.objects.get().remove()
    Comment.objects.post(told, mia, "Thank you.", form_key="mias-words")
    assert purge(days=30) == 0
    assert purge(days=31) == 1
    assert [comment.text for comment in Comment.objects.all()] == ["Thank you."]


@pytest.mark.parametrize("what", ["kept", "removed", ""])
def test_what_was_reported_about_a_comment_goes_with_it(
    what: str, told: Act, olive: User, mia: User, purge: Purge
) -> None:
    comment = Comment.objects.get()
    case = Case.objects.about(told, comment)
    about_the_act = Case.objects.about(told)
    case.report(mia, reason="unkind", words=WORDS)
    if what:
        case.decide(what, by=olive)
    comment.remove()
    assert purge(days=30) == 0
    assert Decision.objects.count() == bool(what)
    assert purge(days=31) == 1
    assert purge(days=32) == 0
    assert not Comment.objects.exists()
    assert [*Case.objects.all()] == [about_the_act]
    assert not Report.objects.exists()
    assert not Decision.objects.exists()
    assert AuditEntry.objects.filter(verb=what).count() == bool(what)
    assert recount() == []


def test_a_comment_that_was_only_emptied_once_goes_too(told: Act, purge: Purge) -> None:
    Comment.objects.update(state="removed", removed_at=None, text="", author=None, anonymized=True)
    Case.objects.about(told, Comment.objects.get())
    assert purge(days=1) == 1
    assert not Case.objects.exists()


def test_a_draft_is_kept_for_thirty_days_and_its_photo_with_it(
    mia: User, olive: User, group: Group, purge: Purge, files: Files
) -> None:
    ActDraft.objects.keep(mia, group, {"text": WORDS}, photo_of(mia, group))
    assert purge(days=29) == 0
    assert len(files()) == 2
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        ActDraft.objects.keep(olive, group, {"text": "Just begun."})
    assert purge(days=31) == 2
    assert ActDraft.objects.get().user == olive
    assert files() == []


def test_a_photo_that_nothing_has_goes_after_a_day(mia: User, group: Group, purge: Purge, files: Files) -> None:
    photo_of(mia, group)
    assert purge(hours=23) == 0
    assert purge(hours=25) == 1
    assert (Photo.objects.count(), files()) == (0, [])


def test_a_photo_of_an_act_stays_as_long_as_the_act(told: Act, purge: Purge, files: Files) -> None:
    assert purge(days=3650) == 0
    assert len(files()) == 2


def test_a_file_without_a_row_goes_and_one_that_is_being_written_stays(
    told: Act, purge: Purge, files: Files, media: Path, start: datetime
) -> None:
    kept = files()
    (media / "photos/ab").mkdir(exist_ok=True)
    for name, age in (("ab01-small", 2), ("ab02-large", 0)):
        path = media / f"photos/ab/{name}.webp"
        path.write_bytes(b"stray")
        os.utime(path, (start.timestamp() - age * 86400,) * 2)
    assert purge(hours=1) == 1
    assert files() == sorted([*kept, "photos/ab/ab02-large.webp"])


def test_other_groups_keep_what_is_theirs(told: Act, mia: User, stan: User, foreign_group: Group, purge: Purge) -> None:
    join(foreign_group, make_user("Nils"))
    theirs = make_act(foreign_group, stan, text="Theirs.", photo=photo_of(stan, foreign_group))
    told.change("removed", by=mia)
    purge(days=31)
    assert Act.objects.get(pk=theirs.pk).text == "Theirs."
    assert Photo.objects.get().act == theirs
