"""The product in its second language: nothing English is left on a page or in a letter, and days and numbers fit."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po
from django.core import mail
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from groups.models import Group, JoinCode, Organization
from kindness_platform.translations import CATALOGS
from tests.access import World, make_world, routes
from tests.html import spoken

LONG = 20
"""A message of so many letters is looked for anywhere on a page; a shorter one has to stand alone in its line."""
HEAD = 6
VALUE = r"%\(\w+\)[sd]|%[sd]|\{\w+\}"


def english() -> Iterator[str]:
    """Every word of the interface that reads otherwise in Spanish."""
    with (CATALOGS / "es" / "LC_MESSAGES" / "django.po").open("rb") as file:
        for message in read_po(file, locale="es"):
            if message.id:
                yield from set(_forms(message)) - {*_said(message)}


def _forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _said(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def pattern(words: str) -> str:
    """What finds a message with anything filled in."""
    return ".{1,80}?".join(re.escape(part) for part in re.split(VALUE, plain(words)))


def head(words: str) -> str:
    """The first letters of a message; nothing where it begins with a value."""
    first = re.split(VALUE, plain(words))[0]
    return first[:HEAD] if len(first) >= HEAD else ""


def plain(words: str) -> str:
    return re.sub(r"<[^<>]*>", "", " ".join(words.split()))


class English:
    """Finds what is still English in a text."""

    def __init__(self) -> None:
        letters = {words: len(re.findall(r"[A-Za-z]", re.sub(VALUE, "", words))) for words in english()}
        # One expression of all of them would be tried letter by letter, which takes most of the time of this file.
        self.by_head: dict[str, list[re.Pattern[str]]] = defaultdict(list)
        for words, length in letters.items():
            if length >= LONG:
                self.by_head[head(words)].append(re.compile(pattern(words)))
        # Shorter ones with values in them, such as "%(names)s and %(last)s", would find many a sentence of a member.
        self.alone = {words for words, length in letters.items() if 2 < length < LONG and not re.search(VALUE, words)}
        self.known: dict[str, bool] = {}

    def in_text(self, text: str) -> set[str]:
        return {line for line in {" ".join(line.split()) for line in text.split("\n")} if self.is_english(line)}

    def is_english(self, line: str) -> bool:
        """Most lines stand on many pages, and to look for every message in one takes long."""
        if line not in self.known:
            heads = {line[at : at + HEAD] for at in range(len(line))} | {""}
            long = (found for head in heads for found in self.by_head.get(head, ()))
            self.known[line] = line in self.alone or any(found.search(line) for found in long)
        return self.known[line]


@pytest.fixture(scope="module")
def left_in_english() -> English:
    return English()


def test_what_is_english_is_found(left_in_english: English) -> None:
    assert left_in_english.in_text("Sign out\nCerrar sesión") == {"Sign out"}
    assert left_in_english.in_text("Hola. Nothing is sent to anyone yet. Adiós")
    assert not left_in_english.in_text("Aquí no hay nada todavía.\nNo")


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    User.objects.update(language="es")
    return made


@pytest.mark.parametrize(
    "role", ["admin", *(pytest.param(role, marks=pytest.mark.audit) for role in ("member", "anonymous"))]
)
def test_no_page_keeps_a_word_of_english(role: str, world: World, left_in_english: English) -> None:
    client = world.client(role)
    left: dict[str, str] = {}
    for route in routes():
        address = route.address({**world.values(route), "language": "es"})
        reply = client.get(address, headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.1"})
        if reply.headers.get("Content-Type", "").startswith("text/html") and not reply.streaming:
            page = reply.content.decode()
            if "<html" in page and route.name != "kept-mail-html":
                assert '<html lang="es" dir="ltr"' in page, route.name
            left |= dict.fromkeys(left_in_english.in_text(spoken(page)), route.name)
    assert left == {}


def test_a_visitor_reads_the_language_their_browser_asks_for(client: Client, db: None) -> None:
    page = client.get("/", headers={"Accept-Language": "es-AR"})
    assert page["Content-Language"] == "es"
    assert "Accept-Language" in page["Vary"]
    assert "Haz algo bueno por alguien" in page.content.decode()
    assert "Do someone a good turn" in client.get("/", headers={"Accept-Language": "fi"}).content.decode()


def test_mia_chooses_spanish_whatever_her_browser_says(as_mia: Client, mia: User) -> None:
    page = as_mia.get("/you/settings/").content.decode()
    assert '<option value="es"' in page
    assert "Español" in page
    reply = as_mia.post(
        "/you/settings/",
        {"name": mia.name, "time_zone": "UTC", "language": "es"},
        follow=True,
        headers={"Accept-Language": "en"},
    )
    mia.refresh_from_db()
    assert mia.language == "es"
    page = reply.content.decode()
    assert '<html lang="es"' in page
    assert "Guardado." in page


@pytest.mark.parametrize(
    ("filters", "english", "spanish"),
    [
        ("{{ day|day_name }}", "Thursday, March 12", "jueves 12 de marzo"),
        ("{{ day|full_day_name }}", "Thursday, March 12, 2026", "jueves 12 de marzo de 2026"),
        ('{{ day|date:"DATE_FORMAT" }}', "March 12, 2026", "12 de marzo de 2026"),
        ('{{ day|date:"MONTH_DAY_FORMAT" }}', "March 12", "12 de marzo"),
        ("{{ number }}", "0.5", "0,5"),
    ],
)
def test_days_and_numbers_read_as_they_should(filters: str, english: str, spanish: str) -> None:
    template = Template(filters)
    values = Context({"day": date(2026, 3, 12), "number": 0.5})
    for language, expected in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert template.render(values) == expected


def test_words_for_one_and_for_many(group: Group) -> None:
    with translation.override("es"):
        assert [translation.ngettext("%(n)d new act", "%(n)d new acts", n) % {"n": n} for n in (0, 1, 2)] == [
            "0 actos nuevos",
            "1 acto nuevo",
            "2 actos nuevos",
        ]


@pytest.fixture
def luz(mia: User, group: Group) -> User:
    """Somebody who has chosen Spanish."""
    User.objects.filter(pk=mia.pk).update(language="es")
    mia.refresh_from_db()
    return mia


def the_letter() -> tuple[str, str, str]:
    letter = mail.outbox[-1]
    assert isinstance(letter, mail.EmailMultiAlternatives)
    return str(letter.subject), str(letter.body), str(letter.alternatives[0][0])


def test_a_code_comes_in_the_language_of_its_reader(
    client: Client, luz: User, left_in_english: English, django_capture_on_commit_callbacks: Any
) -> None:
    """Whatever the borrowed browser asks for in which they sign in."""
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/login/", {"login": luz.email}, headers={"Accept-Language": "en"})
    subject, text, html = the_letter()
    assert "es tu código para entrar en" in subject
    assert "Funciona durante diez minutos, una vez." in text
    assert '<html lang="es" dir="ltr">' in html
    assert not left_in_english.in_text(text)
    assert not left_in_english.in_text(spoken(html))


def test_an_invitation_speaks_the_language_of_the_organization(
    as_olive: Client, olive: User, group: Group, left_in_english: English, django_capture_on_commit_callbacks: Any
) -> None:
    """Olive reads English; whom she invites is not known yet."""
    Organization.objects.filter(pk=group.organization_id).update(language="es")
    JoinCode.current(group, olive)
    with django_capture_on_commit_callbacks(execute=True):
        as_olive.post(reverse("send-invitations", args=[group.slug]), {"addresses": "luz@example.org"})
    subject, text, html = the_letter()
    assert subject == "Olive Okafor te invita a Ferry Lane Surgery"
    assert not left_in_english.in_text("\n".join((text, spoken(html))))


def test_what_a_leader_decides_in_english_is_told_in_spanish(luz: User, olive: User, group: Group) -> None:
    with translation.override("en"):
        group.memberships.get(user=luz).remove(olive)
    client = Client()
    client.force_login(luz)
    assert "ha cerrado tu lugar en el grupo" in client.get(reverse("notices")).content.decode()
