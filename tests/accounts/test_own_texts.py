"""Terms and contact of those who run the server, in place of ours: plain text, read at the start, asked for anew."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts import own_texts, terms
from accounts.models import AuditEntry, User
from accounts.own_texts import Block, blocks

Put = Callable[..., None]
TERMS = """# Who offers this

The school at the river. Write to
office@river.example.

- Be kind.
- Name nobody else <b>without</b> their yes.
"""


@pytest.fixture
def put(tmp_path: Path, settings: Settings) -> Iterator[Put]:
    """Writes files as an operator does, and starts anew."""
    settings.DATA_DIR = tmp_path

    def write(**texts: str | bytes) -> None:
        own_texts.folder().mkdir(exist_ok=True)
        for name, text in texts.items():
            content = text if isinstance(text, bytes) else text.encode()
            (own_texts.folder() / f"{name.replace('_', '.')}.txt").write_bytes(content)
        own_texts.source.cache_clear()

    own_texts.source.cache_clear()
    yield write
    own_texts.source.cache_clear()


def test_a_text_is_headings_lists_and_words() -> None:
    assert blocks(TERMS) == [
        Block("heading", "Who offers this"),
        Block("paragraph", "The school at the river. Write to office@river.example."),
        Block("list", items=("Be kind.", "Name nobody else <b>without</b> their yes.")),
    ]
    assert blocks("# One\nright below\r\n\r\n\r\n- no list\nbut words") == [
        *(Block("heading", "One"), Block("paragraph", "right below")),
        Block("paragraph", "- no list but words"),
    ]


def test_the_page_shows_them_as_words_and_never_as_markup(put: Put, visitor: Client) -> None:
    put(terms=TERMS)
    page = visitor.get("/terms/").content.decode()
    assert '<h2 dir="auto">Who offers this</h2>' in page
    assert '<a href="mailto:office@river.example">office@river.example</a>' in page
    assert "&lt;b&gt;without&lt;/b&gt;" in page
    assert "What we ask of you" not in page
    assert f"Version {terms.fingerprint()[:12]}" in page
    assert 'href="/privacy/"' in page


def test_a_translation_is_for_its_readers_and_others_read_the_text(put: Put, visitor: Client) -> None:
    put(terms=TERMS, terms_es="# Quién lo ofrece\n\nLa escuela del río.")
    assert "La escuela del río." in visitor.get("/terms/", headers={"Accept-Language": "es"}).content.decode()
    assert "The school at the river." in visitor.get("/terms/", headers={"Accept-Language": "fi"}).content.decode()


def test_the_privacy_page_names_whom_to_turn_to(put: Put, visitor: Client) -> None:
    assert "Ask whoever invited you" in visitor.get("/privacy/").content.decode()
    put(contact="Data protection: privacy@river.example, https://river.example/privacy")
    page = visitor.get("/privacy/").content.decode()
    assert '<a href="mailto:privacy@river.example">' in page
    assert '<a href="https://river.example/privacy" rel="nofollow">' in page
    assert "Ask whoever invited you" not in page


def test_who_accepted_other_words_is_asked_once(put: Put, as_mia: Client, mia: User) -> None:
    put(terms=TERMS)
    assert as_mia.get("/you/").headers["Location"] == "/terms/accept/?next=%2Fyou%2F"
    as_mia.post("/terms/accept/", {"next": "/you/"})
    assert as_mia.get("/you/").status_code == 200
    mia.refresh_from_db()
    assert mia.terms_fingerprint == terms.fingerprint()
    assert AuditEntry.objects.filter(actor_id=mia.pk, verb=f"accepted terms {terms.fingerprint()[:12]}").exists()
    put(terms=TERMS.replace("Be kind.", "Be kind and brief."))
    assert "Something has changed" in as_mia.get("/you/", follow=True).content.decode()


def test_where_lines_break_translations_and_the_contact_ask_nobody(put: Put) -> None:
    put(terms=TERMS)
    before = terms.fingerprint()
    put(terms=TERMS.replace("Write to\n", "Write\r\nto "), terms_es="Hola.", contact="Room 3")
    assert terms.fingerprint() == before


def test_our_own_hold_again_when_the_file_is_gone(put: Put, mia: User) -> None:
    put(terms=TERMS)
    assert not mia.has_accepted_terms
    (own_texts.folder() / "terms.txt").unlink()
    own_texts.source.cache_clear()
    assert mia.has_accepted_terms


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("term", b"Hello.", "nothing reads this file"),
        ("terms_es", b"Hola.", "needs the text itself"),
        ("terms", b"\xff\xfeH\0i\0", "not UTF-8"),
        ("contact", b" \n", "is empty"),
        ("contact", b"a" * 200_001, "longer than"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start(put: Put, db: None, name: str, content: bytes, words: str) -> None:
    put(**{name: content})
    with pytest.raises(CommandError, match=words):
        call_command("check")


def test_a_language_that_is_not_offered_is_said(put: Put) -> None:
    put(terms="Hello.", terms_fr="Bonjour.")
    assert own_texts.problems() == ["texts/terms.fr.txt: there is no language fr."]
    put(terms="\ufeffHello.")
    assert own_texts.source("terms") == "Hello."


def test_who_had_accepted_the_first_version_is_not_asked_by_an_update() -> None:
    """The update takes the fingerprint of version 1 for whoever had accepted it."""
    step = import_module("accounts.migrations.0004_terms_by_fingerprint")
    assert terms._fingerprint("", 1) == step.OUR_FIRST
