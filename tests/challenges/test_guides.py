"""What a teacher gets who leads a program: a guide to read, to print and to send home from."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from challenges import catalog
from challenges.catalog import CatalogError, Guide
from challenges.catalog.loader import ROOT, check_catalog, guide_errors, load_guides, load_programs
from challenges.catalog.words import banned_phrases
from tests.challenges.test_catalog import words

GUIDES = [
    pytest.param(key, mode, guide, language, id=f"{key}-{mode}-{language}")
    for language in ("en", "es")
    for (key, mode), guide in load_guides(ROOT, language).items()
]


def read(client: Client, key: str, mode: str, language: str = "en") -> str:
    plan = catalog.program(key)
    client.cookies["django_language"] = language
    reply = client.get(reverse("program-guide", args=[plan.slug]) + f"?for={mode}")
    assert reply.status_code == 200
    return unescape(reply.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "mode", "guide", "language"), GUIDES)
def test_a_guide_has_every_session_and_the_letter_home(
    client: Client, key: str, mode: str, guide: Guide, language: str
) -> None:
    html = read(client, key, mode, language)
    for session in guide.sessions:
        for text in (session.title, session.purpose, *session.steps, session.difficulty, session.upset):
            assert text in html
    for line in (*guide.before, *guide.adaptations, *guide.letter.strip().split("\n\n")):
        assert line in html
    for step in catalog.program(key, language).for_mode(mode).steps:
        assert step.prompt in html
    assert "data-print" in html


@pytest.mark.parametrize(("key", "mode", "guide", "language"), GUIDES)
def test_each_session_says_what_it_is_for_and_what_to_do_when_it_is_hard(
    key: str, mode: str, guide: Guide, language: str
) -> None:
    weekly = {"t11": 4, "t12": 6, "t01": 4}
    assert len(guide.sessions) == weekly.get(key, 2)
    for session in guide.sessions:
        assert len(session.steps) == 3
        assert session.minutes <= 20
        assert all((session.purpose, session.difficulty, session.upset))


@pytest.mark.parametrize(("key", "mode"), sorted(catalog.guides()))
def test_every_guide_keeps_children_safe(key: str, mode: str) -> None:
    guide = catalog.guides()[key, mode]
    before, letter = " ".join(guide.before), guide.letter
    assert "equal task" in before
    assert re.search(r"read every text first", before)
    assert "may be in danger" in before
    assert "Taking part is a choice" in letter
    assert re.search(r"need give no reason|no reason is needed", letter)
    assert "to see what is kept about your child, and to have it removed" in letter
    assert re.search(r"no photos|photos of children", letter)
    said = " ".join(words(guide))
    assert "someone at home" in said or key == "t01" or mode == "primary"
    assert re.search(r"asks? (?:pupils )?for (?:touch|food)", said) or "No act asks for touch" in said


@pytest.mark.parametrize(("key", "mode", "guide", "language"), GUIDES)
def test_a_guide_is_calm_and_promises_nothing(key: str, mode: str, guide: Guide, language: str) -> None:
    for text in words(guide):
        assert banned_phrases(text) == []
        assert "!" not in text
        assert "'" not in text
        assert '"' not in text


def test_every_program_for_classes_has_a_guide_and_no_guide_stands_alone(tmp_path: Path) -> None:
    plans = load_programs()
    assert list(guide_errors(ROOT, plans)) == []
    assert {(key, mode) for key, mode in catalog.guides()} == {
        ("t01", "secondary"),
        ("t08", "primary"),
        ("t08", "secondary"),
        ("t11", "primary"),
        ("t12", "secondary"),
    }
    fewer = {key: plan for key, plan in plans.items() if key != "t11"}
    assert ["no such form" in str(error) for error in guide_errors(ROOT, fewer)] == [True]
    assert len(list(guide_errors(tmp_path, plans))) == 5


def test_a_guide_in_another_language_has_everything(tmp_path: Path) -> None:
    (tmp_path / "guides" / "de").mkdir(parents=True)
    english = (ROOT / "guides" / "t08.primary.yaml").read_text(encoding="utf-8")
    (tmp_path / "guides" / "t08.primary.yaml").write_text(english, encoding="utf-8")
    shorter = english.replace("  - title: Look back\n", "  - title: Zurück\n").split("  - title: Zurück\n")[0]
    rest = english[english.index("adaptations:") :]
    (tmp_path / "guides" / "de" / "t08.primary.yaml").write_text(shorter + rest, encoding="utf-8")
    with pytest.raises(CatalogError, match="expected 2 entries"):
        load_guides(tmp_path, "de")
    assert load_guides(tmp_path, "fr") == load_guides(tmp_path)


def test_the_check_reads_the_guides_too() -> None:
    assert check_catalog() == []


@pytest.mark.django_db
def test_a_program_without_classes_has_no_guide(client: Client) -> None:
    assert client.get(reverse("program-guide", args=["21-days-of-kindness"])).status_code == 404
    assert client.get(reverse("program-guide", args=["thirty-days-of-cake"])).status_code == 404
    assert "Guide for teachers" not in client.get(reverse("program", args=["21-days-of-kindness"])).content.decode()


@pytest.mark.django_db
def test_the_program_page_leads_to_the_guide_in_the_same_words(client: Client) -> None:
    page = reverse("program", args=["ten-small-acts"])
    link = reverse("program-guide", args=["ten-small-acts"])
    assert f"{link}?for=primary" in client.get(page + "?for=primary").content.decode()
    assert link not in client.get(page + "?for=workplace").content.decode()
    assert "Guide for teachers" in client.get(reverse("program", args=["classroom-kindness-counts"])).content.decode()
