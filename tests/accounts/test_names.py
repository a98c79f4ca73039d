"""BAD_INPUTS 33: names as they are meant, without what cannot be seen."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts.names import clean_name, isolated


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mia   Marsh ", "Mia Marsh"),
        ("Zoe\u0308", "Zoë"),
        ("Mia\u202eMarsh", "MiaMarsh"),
        ("M\u200bi\ufeffa", "Mia"),
        ("Mia\nMarsh\r\tX", "Mia Marsh X"),
        ("Mia\x00\x1b[31m", "Mia[31m"),
        ("محمد", "محمد"),
        ("می‌خواهم", "می‌خواهم"),
        ("क्‍ष", "क्‍ष"),
        ("👩‍👧", "👩‍👧"),
        ("🙂", "🙂"),
        ("7", "7"),
        ("O'Neil-Ødegård", "O'Neil-Ødegård"),
        ("<b>Mia</b>", "<b>Mia</b>"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_name_is_kept_as_it_is_meant(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


def test_marks_do_not_pile_up() -> None:
    assert clean_name("Z" + "\u0300" * 50) == "Z" + "\u0300" * 4


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\u200d\u200c", "\u3164\u2800", "\u202e", "\u0301"])
def test_a_name_with_nothing_to_see_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_name(typed)
    assert refused.value.code == "invisible"


@pytest.mark.parametrize("typed", ["x" * 61, "x" * 1_000_000, "\u0301" * 1_000_000])
def test_a_name_that_is_too_long_is_refused_at_once(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_name(typed)
    assert refused.value.code == "max_length"


@pytest.mark.parametrize("name", ["Mia", "Ferry Lane 7", "米亚", "زينب", "Mia زينب", "7 + 3"])
def test_only_a_name_that_runs_against_the_language_is_isolated(name: str) -> None:
    with override("en"):
        assert (isolated(name) == f"\u2068{name}\u2069") == ("زينب" in name)
    with override("ar"):
        assert (isolated(name) == name) == (name in {"زينب", "7 + 3"})
