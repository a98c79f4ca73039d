"""A random-looking string in every field of a person, found by walking the models: what holds it, holds them.

A new model or field fails the tests that use this until somebody has said whose it is and whether its owner
gets a copy of it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from accounts.models import AccountMail, AddressChange, Session, User
from accounts.models.audit import record
from challenges.models import CalendarFeed, Challenge, Choice, Habit, Plan
from feed.models import ActDraft, Case, Comment, KindNote, Moment, Photo, Reaction
from feed.pictures import SIZES
from groups.models import ExternalId, Group, JoinCode, OrganizationAdmin, Pupil
from notifications import outbox
from notifications.models import Channel, Clock, KeptMail, Preferences, PushDevice, Suppression, SwitchedOff, Topic
from tests.accounts.authenticator import Passkey
from tests.factories import make_act
from tests.test_data_inventory import ROOMS

OF_A_PERSON: dict[str, Callable[[User], Q]] = {
    "accounts.User": lambda user: Q(pk=user.pk),
    "accounts.AccountMail": lambda user: Q(address=user.email),
    "accounts.AddressChange": lambda user: Q(user=user),
    "accounts.Session": lambda user: Q(user=user),
    "mfa.Authenticator": lambda user: Q(user=user),
    "socialaccount.SocialAccount": lambda user: Q(user=user),
    "account.EmailAddress": lambda user: Q(user=user),
    "notifications.Notice": lambda user: Q(recipient=user) | Q(address=user.email),
    "notifications.Delivery": lambda user: Q(notice__recipient=user) | Q(notice__address=user.email),
    "notifications.KeptMail": lambda user: Q(address=user.email),
    "notifications.Preferences": lambda user: Q(user=user),
    "notifications.SwitchedOff": lambda user: Q(user=user),
    "notifications.Clock": lambda user: Q(user=user),
    "notifications.Suppression": lambda user: Q(address=user.email),
    "notifications.PushDevice": lambda user: Q(user=user),
    "groups.OrganizationAdmin": lambda user: Q(user=user),
    "groups.Membership": lambda user: Q(user=user),
    "groups.Pupil": lambda user: Q(user=user),
    "groups.ExternalId": lambda user: Q(user=user),
    "groups.JoinCode": lambda user: Q(created_by=user),
    "challenges.Participation": lambda user: Q(user=user),
    "challenges.Plan": lambda user: Q(participation__user=user),
    "challenges.Habit": lambda user: Q(user=user),
    "challenges.CalendarFeed": lambda user: Q(user=user),
    "challenges.Choice": lambda user: Q(participation__user=user),
    "feed.Act": lambda user: Q(author=user),
    "feed.ActChange": lambda user: Q(act__author=user),
    "feed.ActFeeling": lambda user: Q(act__author=user),
    "feed.Comment": lambda user: Q(author=user),
    "feed.Credit": lambda user: Q(person=user),
    "feed.Photo": lambda user: Q(uploader=user),
    "feed.ActDraft": lambda user: Q(user=user),
    "feed.Reaction": lambda user: Q(user=user),
    "feed.Moment": lambda user: Q(chosen_by=user),
    "feed.KindNote": lambda user: Q(by=user),
    "feed.Report": lambda user: Q(reporter=user),
    "feed.Decision": lambda user: Q(by=user),
}
OF_NOBODY = {
    "notifications.Sign": "that a part of the installation is at work",
    "accounts.AuditEntry": "ids only, append-only; it stays",
    "account.EmailConfirmation": "unused, empty",
    "groups.SupportContact": "belongs to an organization",
    "socialaccount.SocialApp": "configured by the operator",
    "socialaccount.SocialToken": "tokens are not stored",
    "groups.Classroom": "belongs to its class",
    "groups.LaunchCheck": "belongs to its class",
    "groups.ClassTries": "numbers without names",
    "groups.Authorization": "belongs to an organization",
    "groups.School": "belongs to an organization",
    "groups.SchoolSpan": "belongs to an organization",
    "groups.Organization": "belongs to its people together",
    "groups.Group": "belongs to its people together",
    "challenges.Challenge": "belongs to its group",
    "challenges.Step": "belongs to its group",
    "feed.Counter": "numbers without names",
    "feed.Case": "that something was reported; ids only",
}
# What the platform itself reads there, or compares with the person's own address: another word would break it.
FIXED = {
    *("accounts.User.time_zone", "accounts.User.language", "accounts.User.email"),
    *("accounts.AccountMail.address", "account.EmailAddress.email"),
    *("notifications.Notice.address", "notifications.KeptMail.address", "notifications.Suppression.address"),
    *("accounts.Session.session_key", "accounts.Session.session_data"),  # a session planted with words is none
    *("mfa.Authenticator.data", "socialaccount.SocialAccount.provider"),
    "groups.JoinCode.code",  # random, and the group's own key
}
NOT_GIVEN = {
    "accounts.User.password": "a hash is nobody's to read",
    "accounts.AccountMail.code": "opens the account",
    "accounts.AccountMail.public_id": "an inner address",
    "accounts.AddressChange.proof": "opens the account",
    "accounts.AddressChange.stopper": "an inner address",
    "accounts.Session.public_id": "an inner address",
    "accounts.Session.session_data": "what keeps a browser signed in",
    "notifications.Notice.public_id": "an inner address",
    "notifications.Notice.context": "inner ids, of other people's things too",
    "notifications.Delivery.reason": "an error of the mail server",
    "notifications.Preferences.stop_token": "opens what only a mail to its owner should",
    "notifications.Delivery.claim_token": "random, of the sender",
    "notifications.Delivery.message_id": "an inner address",
    "notifications.Delivery.date_header": "the same as when it was sent",
    "notifications.PushDevice.public_id": "an inner address",
    "notifications.PushDevice.endpoint": "lets others send to the device",
    "notifications.PushDevice.p256dh": "of use to the device alone",
    "notifications.PushDevice.auth_locked": "of use to the device alone",
    "notifications.PushDevice.key_id": "an inner id",
    "notifications.PushDevice.session_id": "an inner address",
    "notifications.KeptMail.public_id": "a letter that its owner has",
    "notifications.KeptMail.subject": "a letter that its owner has",
    "notifications.KeptMail.text": "a letter that its owner has; may name others",
    "notifications.KeptMail.html": "a letter that its owner has; may name others",
    "notifications.KeptMail.headers": "a letter that its owner has",
    "groups.Pupil.credential": "signs the child in",
    "groups.ExternalId.said": "a mark that says nothing",
    "challenges.CalendarFeed.token_hash": "a hash is nobody's to read",
    "feed.Act.guest_name": "empty where there is an author",
    "feed.Act.form_key": "random, of the form",
    "feed.Comment.form_key": "random, of the form",
    "feed.Credit.public_id": "an inner address",
    "feed.Photo.name": "where the file lies; the file itself is in the copy",
}
_numbers = count(100)


def all_models() -> Iterator[type[models.Model]]:
    for label in ROOMS:
        yield from apps.get_app_config(label).get_models()


def unclassified() -> set[str]:
    return {model._meta.label for model in all_models()} ^ (set(OF_A_PERSON) | set(OF_NOBODY))


def rows_of(label: str, user: User) -> models.QuerySet[Any]:
    found: models.QuerySet[Any] = apps.get_model(label)._default_manager.filter(OF_A_PERSON[label](user))
    return found.distinct()


def give_everything(user: User, group: Group, challenge: Challenge, friend: User) -> None:
    """One row at least of every kind for this person; the friend is whom they thank and who thanks them."""
    address = user.email or ""
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    soon = timezone.now() + timedelta(minutes=10)
    AccountMail.objects.create(address=address, template="login_code", code="123456", expires_at=soon)
    outbox.queue(address, "account", "code", expires_at=soon)
    outbox.queue(user, "account", "news")
    KeptMail.objects.create(address=address, subject="Your code", text="123456", html="<p>", headers={"To": address})
    Preferences.objects.create(user=user)
    SwitchedOff.objects.switch_off(user, Topic.DIGEST, Channel.MAIL, "settings")
    Clock.objects.wind("reminder", [user])
    Suppression.objects.stop(address, "bounced")
    OrganizationAdmin.objects.get_or_create(organization=group.organization, user=user)
    JoinCode.objects.create(group=group, created_by=user, expires_at=soon)
    Pupil.objects.create(user=user, organization=group.organization, hint="red coat", credential="locked")
    ExternalId.objects.create(
        organization=group.organization, source="oneroster", kind="person", sourced_id=f"of-{user.pk}", user=user
    )
    part = challenge.welcome(user)
    step = challenge.steps.first()
    assert step
    Choice.objects.create(participation=part, step=step, on=user.today(), offered=["a"], option="a")
    CalendarFeed.objects.renew(user)
    PushDevice.objects.create(user=user, endpoint=f"https://web.push.apple.com/{user.pk}")
    photo = add_photo(group, user)
    act = make_act(
        group, user, kind="saw", challenge=challenge, credited=[friend], feeling=4, photo=photo, idea_key="connect-1"
    )
    act.change("hidden", by=friend, why="by mistake")
    act.change("shown", by=friend, why="restored")
    theirs = make_act(group, friend, kind="saw", challenge=challenge, credited=[user])
    Comment.objects.post(theirs, user, "It was nothing.", form_key=f"of-{user.pk}")
    Reaction.objects.toggle(theirs, user, "thanks")
    Moment.objects.create(challenge=challenge, act=theirs, chosen_by=user)
    week = user.today() - timedelta(weeks=KindNote.objects.count())  # a group has one a week
    KindNote.objects.create(group=group, by=user, to="all", text="A kind note.", week=week)
    Plan.objects.make(challenge, user, cue="the kettle boils", act="ask how they are")
    Habit.objects.keep(user, cue="the bus is late", act="let somebody go first", monthly=True)
    Case.objects.about(theirs).report(user, reason="unkind", words="To my neighbor.")
    decided = Case.objects.about(make_act(group, friend, challenge=challenge))
    decided.report(friend, reason="other")
    decided.decide("hidden", by=user, note="Sorry.")
    ActDraft.objects.keep(user, group, {"text": "Not yet"}, add_photo(group, user))
    record(user, "changed", group, group_id=group.pk)
    AddressChange.objects.create(user=user, address=f"new.{address}", begun_by=friend)
    SocialAccount.objects.create(user=user, provider="sso", uid=f"sso-{user.pk}")
    Authenticator.objects.create(user=user, type="webauthn", data=Passkey().stored("My phone"))
    client = Client()
    client.force_login(user)
    session = client.session
    session["begun"] = f"{plant_name(user)}"
    session.save()


def add_photo(group: Group, user: User) -> Photo:
    return Photo.objects.create(group=group, uploader=user, width=4, height=3, alt="A bench")


def plant_name(user: User) -> str:
    return f"zqsession{user.pk}qz"


def plant(user: User) -> dict[str, str]:
    """Put a string of its own into each field of each row, and say where it is: canary by "Model.field"."""
    planted: dict[str, str] = {"accounts.Session.session_data": plant_name(user)}
    for label in OF_A_PERSON:
        rows = list(rows_of(label, user))
        assert rows, f"nothing of {label} to look at"
        for row in rows[::-1]:
            for field in row._meta.concrete_fields:
                if takes_words(field) and f"{label}.{field.name}" not in FIXED:
                    canary = f"zq{next(_numbers)}qz"
                    value = {"said": canary} if isinstance(field, models.JSONField) else canary
                    type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: value})
                    planted[f"{label}.{field.name}" if row is rows[0] else f"{label}.{field.name} of {row.pk}"] = canary
    for photo in Photo.objects.filter(uploader=user):
        for size in SIZES:
            default_storage.save(photo.path(size), ContentFile(f"RIFF {photo.public_id}".encode()))
    planted["accounts.User.email"] = user.email or ""
    user.refresh_from_db()
    return planted


def takes_words(field: Any) -> bool:
    if isinstance(field, models.JSONField):
        return True
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    return is_text and not field.is_relation and (field.max_length or 100) >= 8


def field_of(where: str) -> str:
    return where.split(" of ")[0]


def database() -> str:
    """Every value of every table, as text; sessions as what they say once they are unpacked."""
    found = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def media() -> str:
    """The name of every stored file, and what is in it."""
    return "\n".join(f"{path} {default_storage.open(path).read()!r}" for path in _paths(""))


def _paths(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}".lstrip("/")
    for name in folders:
        yield from _paths(f"{folder}/{name}".lstrip("/"))
