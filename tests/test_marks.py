"""Every word of the interface goes through a catalog: English between brackets, and nothing left outside of them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, trans_real

from challenges import catalog
from feed.models import Act, Comment, Photo, Report
from notifications.models import KeptMail
from tests.access import World, make_world, routes
from tests.html import spoken

# Who found something and when, as studies are cited.
STUDY = re.compile(r"[A-Z][^()]*\(\d{4}\)(\. .*doi\.org/\S+)?")
# Shown to those who write letters: names of samples, and made-up people with what they have told.
SAMPLES = {"sample-mails", "sample-mail", "sample-mail-html"}
# Names in the drawing on the front page.
DRAWN = ("Amira", "Kwame", "Tomasz", "Sam", "Joan", "Rosa", "Priya")

BEGIN, END = "⟦", "⟧"


def _in_brackets(translate: Callable[..., str]) -> Callable[..., str]:
    """A look-up whose answers stand between brackets; what is safe stays safe, and nothing stays nothing."""

    def answer(*words: Any) -> str:
        found = translate(*words)
        marked = f"{BEGIN}{found}{END}" if found else found
        return SafeString(marked) if isinstance(found, SafeString) else marked

    return answer


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        answer = _in_brackets(getattr(trans_real, name))
        # What Django hands every call on to keeps the functions that it has used once. It comes first: asked for the
        # first time after the other, it would keep the brackets for all tests that follow.
        monkeypatch.setattr(f"django.utils.translation._trans.{name}", answer, raising=False)
        monkeypatch.setattr(trans_real, name, answer)


def test_the_brackets_work(bracketed: None) -> None:
    assert gettext("Thank you") == f"{BEGIN}Thank you{END}"
    assert ngettext("%(n)d new act", "%(n)d new acts", 2) == f"{BEGIN}%(n)d new acts{END}"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def leftovers(html: str) -> set[str]:
    """What of a page stands outside of all brackets."""
    whole = spoken(html)
    while (shorter := re.sub(rf"{BEGIN}[^{BEGIN}{END}]*{END}", "\n", whole)) != whole:
        whole = shorter
    return {" ".join(line.split()) for line in whole.split("\n") if re.search(r"[A-Za-z]{2}", line)}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


def content(world: World) -> list[str]:
    """What is no word of the interface: the catalog, which has files of its own for each language, names and dates."""
    shipped = [*catalog.programs().values(), *catalog.ideas().values(), *catalog.sources().values()]
    shipped += [*catalog.claims().values(), *catalog.left_out().values()]
    shipped += [*catalog.guides().values(), *catalog.ideas(young=True).values()]
    written = [text for item in shipped for text in _strings(msgspec.to_builtins(item))]
    people = [person for person in world.people.values() if person]
    names = [said for person in people for said in (person.name, person.email or "")]
    names += [world.group.name, world.code.spaced]
    names += [world.contact.name, settings.BASE_URL.partition("//")[2] + reverse("enter-code")]
    dates = [*map(str, WEEKDAYS.values()), *map(str, WEEKDAYS_ABBR.values()), *map(str, MONTHS.values())]
    acts = [*Act.objects.values_list("text", flat=True), *Comment.objects.values_list("text", flat=True)]
    acts += Report.objects.values_list("words", flat=True)
    mails = KeptMail.objects.values_list("subject", flat=True)
    alts = Photo.objects.values_list("alt", flat=True)
    lines = [" ".join(line.split()) for text in (*written, *names, *acts, *mails, *alts) for line in text.split("\n")]
    # Keys and codes of the catalog are no words: taken out, they would leave nothing of any sentence.
    words = {line for line in lines if len(line) > 3 and not re.fullmatch(r"[a-z0-9-]+", line)}
    return sorted({*words, *dates, *DRAWN, settings.SITE_NAME}, key=len, reverse=True)


@pytest.mark.parametrize("role", ["leader", "anonymous"])
def test_no_page_says_what_cannot_be_translated(role: str, world: World, bracketed: None) -> None:
    client, known, unmarked = world.client(role), content(world), {}
    for route in routes():
        reply = client.get(route.address(world.values(route)))
        if reply.status_code != 200 or not reply["Content-Type"].startswith("text/html"):
            continue
        if route.name in {"evidence", *SAMPLES}:
            continue
        for text in leftovers(reply.content.decode()):
            left = STUDY.sub(" ", text)
            for words in known:
                left = left.replace(words, " ")
            if re.search(r"[A-Za-z]{2}", left):
                unmarked[text] = route.name
    assert unmarked == {}
