"""The words of the interface in other languages: gathered from the code, whole, and compiled."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from kindness_platform import translations
from kindness_platform.translations import (
    CATALOGS,
    add,
    catalogs,
    compile_into,
    differences,
    gathered,
    problems,
    update,
)

LANGUAGES = ["es"]
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalog_of(folder: Path, words: str, language: str = "es") -> Path:
    path = folder / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + words, encoding="utf-8")
    return path


def test_every_language_that_can_be_chosen_has_a_catalog() -> None:
    assert [language for language, _path in catalogs()] == LANGUAGES
    assert [language for language, _name in settings.LANGUAGES] == ["en", *LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language: str) -> None:
    assert problems(CATALOGS / language / "LC_MESSAGES" / "django.po") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalog_is_behind_the_code(language: str) -> None:
    assert differences(CATALOGS / language / "LC_MESSAGES" / "django.po") == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ('msgid "Thank you"\nmsgstr ""\n', "is not translated"),
        ('#, fuzzy\nmsgid "Thank you"\nmsgstr "Gracias"\n', "is marked as fuzzy"),
        ('msgid "%(n)d acts"\nmsgstr "actos"\n', "holds other values"),
        ('msgid "%(n)d acts"\nmsgstr "%(m)d actos"\n', "holds other values"),
        ('msgid "%(n)d acts"\nmsgstr "%(n)s actos"\n', "holds other values"),
        ('msgid "Read <a>this</a>"\nmsgstr "Lee esto"\n', "holds other values"),
        (
            'msgid "Read <a href=\\"%(u)s\\">it</a>"\nmsgstr "Lee <a href=\\"%(u)s\\" class=\\"x\\">esto</a>"\n',
            "holds other",
        ),
        ('msgid "{n} left"\nmsgstr "quedan"\n', "holds other values"),
        ('msgid ", day"\nmsgstr ", día "\n', "other spaces"),
        ('msgid "%(n)d act"\nmsgid_plural "%(n)d acts"\nmsgstr[0] "%(n)d acto"\nmsgstr[1] ""\n', "is not translated"),
        ('msgid "%(n)d act"\nmsgid_plural "%(n)d acts"\nmsgstr[0] "%(n)d acto"\nmsgstr[1] "%(n)d actos"\n', ""),
    ],
)
def test_what_would_break_a_page_is_found(words: str, problem: str, tmp_path: Path) -> None:
    found = problems(catalog_of(tmp_path, words))
    assert len(found) == bool(problem)
    assert all(problem in what for what in found)


def test_a_catalog_is_compiled_anew_at_every_start(tmp_path: Path) -> None:
    """An image that was built earlier may be started later, so no clock says whether it has changed."""
    source, target = tmp_path / "source", tmp_path / "made"
    catalog_of(source, 'msgid "Thank you"\nmsgstr "Gracias"\n')
    compile_into(target, source)
    made = target / "es" / "LC_MESSAGES" / "django.mo"
    assert b"Gracias" in made.read_bytes()
    catalog_of(source, 'msgid "Thank you"\nmsgstr "Mil gracias"\n')
    compile_into(target, source)
    assert b"Mil gracias" in made.read_bytes()
    assert [child.name for child in made.parent.iterdir()] == ["django.mo"]
    assert made.stat().st_mode & 0o777 == 0o644


@pytest.fixture
def small_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Code with one of each: a word in Python, two templates, and something that is kept."""
    for path, text in {
        "feed/act.py": (
            "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
            'a = _("Thank you")\nb = _(\n    "Two "\n    "parts"\n)\nc = pgettext("how it felt", "Good")\n'
            'd = ngettext("%(n)d act", "%(n)d acts", 3)\ne = _(a)\nf = gettext("It’s kind")\n'
        ),
        "feed/migrations/0001.py": '_("Only in a migration")\n',
        "templates/act.html": (
            '{% load i18n %}\n  <p title="{% translate "Hint" %}">it\'s {% blocktranslate trimmed count n=n %}\n'
            "  {{ n }} photo\n {% plural %}{{ n }} photos{% endblocktranslate %}</p>\n{{ x|default:_('None') }}\n"
        ),
        "templates/mail/act.txt": "{% blocktranslate trimmed %}\n  A letter\n  to {{ name }}{% endblocktranslate %}",
        "kindness_platform/data_inventory.toml": (
            '[retention.day]\nlimit = "one day"\nkept_by = "code"\n'
            '[[data]]\ntitle = "Your name"\npurpose = "what for"\nseen_by = "the person"\nfields = ["a.B"]\n'
        ),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "INVENTORY", tmp_path / "kindness_platform" / "data_inventory.toml")
    return tmp_path


GATHERED = {
    *("Thank you", "Two parts", ("%(n)d act", "%(n)d acts"), "It’s kind", "Good"),
    *("Hint", ("%(n)s photo", "%(n)s photos"), "None", "A letter to %(name)s"),
    *("one day", "Your name", "what for", "the person"),
}


def test_words_are_gathered_from_code_templates_and_what_is_kept(small_product: Path) -> None:
    found = [message for message in gathered() if message.id]
    assert {message.id for message in found} == GATHERED
    assert [message.context for message in found if message.id == "Good"] == ["how it felt"]


def test_a_new_catalog_asks_for_every_word(small_product: Path) -> None:
    add("fr", small_product / "locale")
    path = small_product / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    assert differences(path) == []
    assert len(problems(path)) == len(GATHERED)


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone(small_product: Path) -> None:
    folder = small_product / "locale"
    path = catalog_of(folder, 'msgid "Thank you"\nmsgstr "Gracias"\n\nmsgid "Old"\nmsgstr "Viejo"\n')
    assert "'Old': is in the catalog alone" in differences(path)
    assert "'Hint': is in the code alone" in differences(path)
    update(folder)
    assert differences(path) == []
    catalog = read_po(path.open("rb"))
    assert catalog["Thank you"].string == "Gracias"
    assert not any(message.fuzzy for message in catalog if message.id)
    once = path.read_bytes()
    update(folder)
    assert path.read_bytes() == once
