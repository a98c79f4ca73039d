"""Nothing is kept longer than its class allows, and nothing goes before (CHILDREN C3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db.models import Model, QuerySet
from django.test import Client
from django.utils import timezone

from accounts.models import AccountMail, AddressChange, AuditEntry, Session, User
from accounts.models.audit import record
from feed.models import Act, ActChange, ActDraft, Case, Comment, KindNote, Photo, Reaction
from groups.models import ClassTries
from kindness_platform.inventory import inventory
from kindness_platform.tasks import forget
from notifications import farewell, outbox, tasks
from notifications.models import Delivery, KeptMail, Notice, Suppression
from tests.factories import make_act, make_class, make_group, make_pupil, make_user

Rows = QuerySet[Any]
NOBODY = "nobody@example.org"


def act_taken_down() -> Rows:
    """Its words; the row stays where a ripple needs it."""
    act = make_act(make_group(user := make_user()), user, text="Held the door.", feeling=4)
    act.change("removed", by=user)
    return Act.objects.filter(pk=act.pk, text="Held the door.", author=user, feeling__value=4)


def note_to_act_taken_down() -> Rows:
    act = make_act(make_group(user := make_user()), user)
    act.change("returned", by=user, why="Who was it?", said="A friend.")
    act.change("removed", by=user)
    return ActChange.objects.filter(act=act, why="Who was it?", said="A friend.")


def photo_of_act_taken_down() -> Rows:
    user = make_user()
    group = make_group(user)
    photo = Photo.objects.create(group=group, uploader=user, width=4, height=3)
    make_act(group, user, photo=photo).change("removed", by=user)
    return _one(photo)


def comment_taken_down() -> Rows:
    user = make_user()
    comment = Comment.objects.post(make_act(make_group(user), user), user, "It was you.", form_key="one")
    comment.remove()
    return _one(comment)


def report_of_comment_taken_down() -> Rows:
    user = make_user()
    act = make_act(make_group(user), user)
    comment = Comment.objects.post(act, user, "It was you.", form_key="one")
    case = Case.objects.about(act, comment)
    case.report(make_user(), reason="unkind")
    case.decide("removed", by=user)
    return case.decisions.all()


def reaction_to_act_taken_down() -> Rows:
    act = make_act(make_group(user := make_user()), user)
    Reaction.objects.toggle(act, user, "thanks")
    act.change("removed", by=user)
    return Reaction.objects.filter(act=act)


def kind_note() -> Rows:
    user = make_user()
    return _one(KindNote.objects.send(make_group(user), user, to="all", text="A kind note."))


def draft() -> Rows:
    user = make_user()
    return _one(ActDraft.objects.keep(user, make_group(user), {"text": "Not yet"}))


def code() -> Rows:
    mail = AccountMail.objects.create(address=NOBODY, template="login_code", code="123456", expires_at=timezone.now())
    return AccountMail.objects.filter(pk=mail.pk)


def letter_to_nobody() -> Rows:
    return _one(outbox.queue(NOBODY, "account", "x", expires_at=timezone.now()))


def notice() -> Rows:
    return _one(outbox.queue(make_user(), "account", "x"))


def delivery() -> Rows:
    return Delivery.objects.filter(notice__in=notice())


def kept_mail() -> Rows:
    return _one(KeptMail.objects.create(address=make_user().email or "", subject="s", text="t"))


def kept_mail_to_nobody() -> Rows:
    return _one(KeptMail.objects.create(address=NOBODY, subject="s", text="t"))


def address_that_bounced() -> Rows:
    return _one(Suppression.objects.stop("gone@example.org", "bounced"))


def address_that_bounced_once() -> Rows:
    Suppression.objects.score("full@example.org", 1)
    return Suppression.objects.filter(address="full@example.org")


def session() -> Rows:
    client = Client()
    client.force_login(make_user())
    return Session.objects.filter(pk=client.session.session_key)


def change_of_address() -> Rows:
    user = make_user()
    return _one(AddressChange.objects.create(user=user, address="new@example.org"))


def unfinished_sign_up() -> Rows:
    user = make_user()
    EmailAddress.objects.create(user=user, email=user.email or "")
    return User.objects.filter(pk=user.pk)


def audit() -> Rows:
    user = make_user()
    record(user, "changed", user)
    return AuditEntry.objects.filter(actor_id=user.pk)


def pupil_without_class() -> Rows:
    group = make_class()
    user = make_pupil(group).user
    group.memberships.get(user=user).end("left")
    return User.objects.filter(pk=user.pk)


def forgotten_class() -> Rows:
    return _one(make_class())


def tries() -> Rows:
    return _one(ClassTries.objects.create(group=make_class(), on=timezone.now().date()))


def _one(row: Model) -> Rows:
    return type(row)._default_manager.filter(pk=row.pk)


# The class of the inventory, its days if they are not the class's own, and what falls under it.
CASES: list[tuple[str, int | None, Callable[[], Rows]]] = [
    ("act", None, act_taken_down),
    ("act", None, note_to_act_taken_down),
    ("act", None, photo_of_act_taken_down),
    ("act", None, comment_taken_down),
    ("act", None, report_of_comment_taken_down),
    ("answer", None, reaction_to_act_taken_down),
    ("draft", None, draft),
    ("note", None, kind_note),
    ("code", None, code),
    ("notice", 1, letter_to_nobody),
    ("notice", None, notice),
    ("notice", None, delivery),
    ("demo_mail", None, kept_mail),
    ("demo_mail", 1, kept_mail_to_nobody),
    ("suppression", None, address_that_bounced),
    ("suppression", None, address_that_bounced_once),
    ("session", None, session),
    ("address_change", None, change_of_address),
    ("sign_up", None, unfinished_sign_up),
    ("audit", None, audit),
    ("pupil", None, pupil_without_class),
    ("class", None, forgotten_class),
    ("tries", None, tries),
]


def test_every_class_that_counts_days_is_tried() -> None:
    counted = {name for name, retention in inventory()["retention"].items() if "days" in retention}
    assert counted == {name for name, _days, _make in CASES}


@pytest.mark.django_db
@pytest.mark.every_row
@pytest.mark.parametrize(("name", "days", "make"), CASES, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_class_is_kept_to_its_limit_and_no_longer(name: str, days: int | None, make: Callable[[], Rows]) -> None:
    start = timezone.now()
    limit = timedelta(days=days or inventory()["retention"][name]["days"])
    with time_machine.travel(start, tick=False):
        rows = make()
        kept = set(rows.values_list("pk", flat=True))
        assert kept
    with time_machine.travel(start + limit - timedelta(hours=1), tick=False):
        forget()
        assert set(rows.values_list("pk", flat=True)) == kept
    with time_machine.travel(start + limit + timedelta(hours=25), tick=False):
        forget()
        assert not rows.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("down", [False, True], ids=["sent", "mail-server-down"])
def test_the_last_letter_leaves_no_address_after_a_day(
    down: bool, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    if down:

        def refuses(_letter: object) -> None:
            raise OSError("connection refused")

        monkeypatch.setattr("notifications.mail.send", refuses)
    start = timezone.now()
    with time_machine.travel(start, tick=False), django_capture_on_commit_callbacks(execute=True):
        farewell.queue(NOBODY, "en")
    assert Notice.objects.exists() is down
    for hour in range(1, 25):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            tasks.tick()
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()
