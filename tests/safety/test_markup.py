"""Three hundred payloads in every field that takes words stay words, on every page and in every letter (B17).

The pages are drawn twice, with kind words in the fields and with all payloads at once. The two may differ in what they
say and in nothing else: no element, no attribute more or less.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection, models, transaction
from pytest_django import DjangoDbBlocker

from feed.models import ActDraft, Decision
from groups.messages import invite
from notifications import tasks
from tests.access import World, make_world
from tests.conftest import kept_for_the_file
from tests.factories import make_act
from tests.safety.forms import Walk
from tests.safety.payloads import ALL, PAYLOADS, PLAIN
from tests.test_data_inventory import ROOMS

WORDS = {"name", "text", "alt", "words", "note", "why", "own_title", "title", "what_for", "given_by", "equal_task"}
WORDS |= {"guest_name", "hint", "browser", "cue", "act"}
NO_WORDS = {
    *(
        "form_key",
        "key",
        "code",
        "prefix",
        "credential",
        "address",
        "email",
        "phone",
        "link",
        "password",
        "subject",
        "html",
    ),
    *("zone", "time_zone", "language", "weekdays", "option", "program_key", "step_key", "idea_key", "source", "rhythm"),
    *("sourced_id", "kind", "template", "verb", "thing", "reason", "message_id", "date_header", "session_data"),
    *("said", "public_id", "session_id", "key_id", "claim_token", "terms_fingerprint", "p256dh", "auth_locked"),
}
"""What the platform writes or reads itself; another value would break it, and nobody writes words there."""
OWN_LETTERS = "notifications.KeptMail"
"""Holds whole letters; those are looked at as what they are."""


def texts() -> "Iterator[models.Field[Any, Any]]":
    """Every field of the rooms that holds text of more than one kind."""
    for room in ROOMS:
        if room in {"account", "mfa", "socialaccount"}:
            continue
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and not (field.choices or field.unique):
                    yield field


def fields() -> "list[models.Field[Any, Any]]":
    """Those of them in which people's words stand."""
    return [field for field in texts() if field.name in WORDS and field.model._meta.label != OWN_LETTERS]


def plant(words: str) -> None:
    """The same words in every field of every row that takes words."""
    for field in fields():
        field.model._base_manager.update(**{field.attname: words})
    ActDraft.objects.update(fields={"text": words, "alt": words, "kind": "saw"})
    for step in apps.get_model("challenges", "Step")._base_manager.all():
        step.overrides = dict.fromkeys(("theme", "prompt", "detail", "reflection", "step_up"), words)
        step.save(update_fields=["overrides"])
    for factor in apps.get_model("mfa", "Authenticator")._base_manager.all():
        factor.data |= {"name": words}
        factor.save(update_fields=["data"])


def without_limits() -> None:
    """PostgreSQL holds a field to its length; here all payloads have to fit at once. It is undone with the rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for field in fields():
                table, column = (connection.ops.quote_name(n) for n in (field.model._meta.db_table, str(field.column)))
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text")


MARK = "window.__xss"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
ISOLATED = re.compile("\u2068[^\u2069]*" + re.escape(MARK))
"""As `accounts.names.isolated` puts a name into a sentence."""


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes, and every value that should not hold words.

    Beside that, where words stand that could turn the words around them: no element of theirs says that it goes its
    own way (`dir`, `<bdi>`), and they are of one kind with a sentence of ours.
    """

    FIXED = {"class", "id", "href", "src", "action", "method", "type", "rel", "target", "style", "formaction", "name"}
    OWN_WAY = {"bdi", "option", "title", "textarea", "text"}
    drawn = re.compile(r"(?<=secret=)\w+")  # a secret for an app that makes codes is another each time

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        self.around: list[tuple[str, bool]] = []
        self.loose: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = tuple((name, self.drawn.sub("", value or "") if name in self.FIXED else "") for name, value in attrs)
        self.found.append((tag, told))
        if tag not in VOID:
            self.around.append((tag, tag in self.OWN_WAY or ("dir" in dict(attrs) and tag != "html")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.around.pop()

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}", ()))
        while self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if MARK in data and not any(own for _, own in self.around) and not ISOLATED.search(data):
            self.loose.append(" > ".join(tag for tag, _ in self.around[-4:]))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", ()))


def read(html: str) -> Shape:
    parser = Shape()
    parser.feed(html)
    parser.close()
    return parser


def shape(html: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return read(html).found


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with kept_for_the_file(django_db_blocker):
        without_limits()
        world = make_world()
        mia, olive = world.person_in("member"), world.person_in("leader")
        make_act(world.group, olive, parent=world.act, link_kind="passed_on", challenge=world.challenge)
        ActDraft.objects.keep(mia, world.group, {"text": "Half a sentence."})
        Decision.objects.create(case=world.case, what="kept", by=olive, note="Kind words.")
        yield world


@pytest.fixture
def world(shared: World, db: None) -> World:
    return deepcopy(shared)


def drawn(world: World, words: str, wide: bool) -> dict[str, str]:
    """Every page as it is with these words in all fields."""
    with transaction.atomic():
        plant(words)
        pages = {
            f"{address} for {role}": reply.content.decode() for role, _, address, reply in Walk(world, wide).pages()
        }
        transaction.set_rollback(True)
    return pages


def test_there_are_three_hundred() -> None:
    assert len(set(PAYLOADS)) >= 300
    assert len(fields()) >= 15


def test_of_every_field_it_is_known_whether_it_holds_words() -> None:
    """A new field takes part in these tests, or says that it takes no words."""
    assert {field.name for field in texts()} <= WORDS | NO_WORDS


@pytest.mark.parametrize("wide", [False, pytest.param(True, marks=pytest.mark.audit)])
def test_on_every_page_words_stay_words(wide: bool, world: World) -> None:
    kind, other = drawn(world, PLAIN, wide), drawn(world, ALL, wide)
    assert set(kind) == set(other)
    assert len(kind) > (200 if wide else 70)
    shown, loose = 0, []
    for page, html in kind.items():
        full = read(other[page])
        assert full.found == shape(html), page
        shown += MARK in other[page]
        loose += [f"{page}: {place}" for place in dict.fromkeys(full.loose)]
    assert shown > 30, "hardly any page shows what was planted"
    assert not loose, "words of people that could turn those around them: " + "\n".join(loose)


def test_in_every_letter_words_stay_words(world: World, django_capture_on_commit_callbacks: Any) -> None:
    shapes = []
    for words in (PLAIN, ALL):
        mail.outbox.clear()
        with transaction.atomic():
            plant(words)
            with django_capture_on_commit_callbacks(execute=True):
                world_letters(world)
            tasks.tick()
            transaction.set_rollback(True)
        letters = [letter for letter in mail.outbox if isinstance(letter, EmailMultiAlternatives)]
        assert letters
        for letter in letters:
            assert "\n" not in letter.subject
            assert "\u202e" not in letter.subject
        shapes.append([shape(str(letter.alternatives[0][0])) for letter in letters])
    assert shapes[0] == shapes[1]


def world_letters(world: World) -> None:
    """An invitation, and what was decided about a report."""
    group, olive = world.group, world.person_in("leader")
    for row in (group, olive, world.case):
        row.refresh_from_db()
    invite("nia@example.org", group, world.code, olive)
    world.case.decide("hidden", by=olive, note=group.name)
