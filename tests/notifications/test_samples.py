"""The page on which those who write letters see each kind of them, with made-up people in it."""

from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.template import Engine
from django.test import Client
from django.utils import translation

from notifications import kinds, samples

LETTERS = {path.stem for path in (Path(settings.BASE_DIR) / "templates" / "mail").glob("*.html")} - {"base"}
# Thanks are told one by one, and by mail, to those who ask for that. Read before any test adds kinds of its own.
BY_MAIL = {kind.name for kind in kinds.every() if kind.mail} | {"credit"}


def test_no_letter_is_without_a_sample() -> None:
    assert {samples.template(name).removeprefix("mail/") for name in samples.every()} == LETTERS
    assert {samples.kind(name) for name in samples.every()} == BY_MAIL


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_word_in_a_sample_is_there(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that a template asks for and nobody gives would be an empty place in a letter."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "NOT THERE: %s")
    for name in samples.every():
        with translation.override(language):
            letter = samples.letter(name)
        for words in (letter.subject, letter.body, str(letter.alternatives[0][0])):
            assert words.strip(), name
            assert "NOT THERE" not in words, (name, words)


def test_what_can_be_stopped_says_so_in_both_parts() -> None:
    """SAFETY A13, in the words of the letter itself."""
    for name in samples.every():
        letter = samples.letter(name)
        stops = "List-Unsubscribe" in letter.message()
        assert stops == bool(kinds.get(samples.kind(name)).topic), name
        for words in (letter.body, str(letter.alternatives[0][0])):
            assert ("/stop/sample/" in words) == stops, name


def test_they_are_shown_in_the_demo_and_nowhere_else(client: Client, db: None, settings: LazySettings) -> None:
    page = client.get("/dev/mail/kinds/").content.decode()
    assert all(f"/dev/mail/kinds/{name}/" in page for name in samples.every())
    paths = ["/dev/mail/kinds/", "/dev/mail/kinds/week/", "/dev/mail/kinds/week/html/"]
    assert "A week at Ferry Lane Surgery" in client.get(paths[1]).content.decode()
    assert "sandbox" in client.get(paths[2])["Content-Security-Policy"]
    assert client.get("/dev/mail/kinds/nonsense/").status_code == 404
    settings.DEMO = False
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
