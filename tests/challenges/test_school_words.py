"""What pupils read: short, plain, for their age, in English and in Spanish (CHILDREN C12)."""

import re

import pytest

from challenges import catalog
from challenges.audience import Audience
from challenges.catalog import Program
from tests.reading import age_of, english_syllables, grade_of, spanish_syllables, words_of

AGES = {"primary": 9, "secondary": 12}
BANDS = {"primary": "7-11", "secondary": "11-15"}
PLANS = [
    pytest.param(plan, mode, language, id=f"{plan.key}-{mode}-{language}")
    for language in ("en", "es")
    for plan in catalog.programs(language).values()
    for mode in plan.modes
    if mode in AGES
]
HARDEST = 8


def read_by_pupils(plan: Program, mode: str) -> list[str]:
    """Every string of a program that stands on a pupil's page."""
    form = plan.for_mode(mode)
    said = [form.title, *form.weeks_titles]
    for step in form.steps:
        said += [step.theme, step.prompt, step.detail, step.reflection, step.step_up, *step.starters]
    return said


def ideas_for(mode: str, language: str) -> list[str]:
    ideas = Audience(mode, BANDS[mode]).ideas(language)
    return [text for idea in ideas for text in (idea.text, idea.guidance) if text]


@pytest.mark.parametrize(("plan", "mode", "language"), PLANS)
def test_a_program_can_be_read_at_the_age_it_is_for(plan: Program, mode: str, language: str) -> None:
    assert age_of(read_by_pupils(plan, mode), language) <= AGES[mode]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("mode", ["primary", "secondary"])
def test_the_ideas_can_be_read_at_the_age_they_are_for(mode: str, language: str) -> None:
    said = ideas_for(mode, language)
    assert age_of(said, language) <= AGES[mode]
    assert grade_of(said, language) <= 5


@pytest.mark.parametrize("mode", ["primary", "secondary"])
def test_no_sentence_that_a_pupil_reads_is_hard(mode: str) -> None:
    """A formula that counts on passages says nothing about three words; from four on, none is above grade eight."""
    plans = [plan for plan in catalog.programs().values() if mode in plan.modes]
    said = [text for plan in plans for text in read_by_pupils(plan, mode)] + ideas_for(mode, "en")
    sentences = [sentence for text in said for sentence in re.split(r"(?<=[.?;:])\s", text)]
    hard = [
        (round(grade_of([one]), 1), one) for one in sentences if len(words_of(one)) > 3 and grade_of([one]) > HARDEST
    ]
    assert hard == []


def test_every_idea_for_under_18s_is_in_words_for_them() -> None:
    written = {line.partition(",")[0] for line in (catalog.loader.ROOT / "young.csv").read_text().splitlines()[1:]}
    reached = {key for key, idea in catalog.ideas().items() if idea.reaches("7-11") or idea.reaches("11-15")}
    assert written == reached
    for key in reached:
        adult, young = catalog.ideas()[key], catalog.ideas(young=True)[key]
        assert not adult.guidance or young.guidance, key
        assert "under 18" not in young.guidance
        assert (young.category, young.ages, young.tags) == (adult.category, adult.ages, adult.tags)


def test_every_idea_for_under_18s_has_its_words_in_spanish() -> None:
    english, spanish = catalog.ideas(young=True), catalog.ideas("es", young=True)
    adult = catalog.ideas("es")
    for key, idea in english.items():
        if idea.reaches("7-11") or idea.reaches("11-15"):
            assert spanish[key].text != idea.text
            assert bool(spanish[key].guidance) == bool(idea.guidance), key
            assert not idea.guidance or spanish[key].guidance not in {idea.guidance, adult[key].guidance}, key


def test_a_pupil_is_never_sent_out_alone() -> None:
    """What leads outdoors, to a neighbor or to found things says who comes along (S8)."""
    careful = {"supervised", "outdoor", "family-help"}
    alone = {"I008", "I022", "I041", "I079", "I091", "I100", "I160"}
    for idea in Audience("primary", "7-11").ideas():
        if careful & set(idea.tags) and idea.key not in alone:
            assert re.search(r"grown-up|your family", f"{idea.text} {idea.guidance}"), idea.key


@pytest.mark.parametrize(("plan", "mode", "language"), PLANS)
def test_a_pupil_who_may_write_is_helped_to_begin(plan: Program, mode: str, language: str) -> None:
    for step in plan.for_mode(mode).steps:
        assert 2 <= len(step.starters) <= 4, step.key
        for starter in step.starters:
            assert starter.endswith("…"), (step.key, starter)
            assert len(starter) <= 40


@pytest.mark.parametrize(("plan", "mode", "language"), PLANS)
def test_a_pupils_words_ask_for_no_secret_and_promise_nothing(plan: Program, mode: str, language: str) -> None:
    said = " ".join(read_by_pupils(plan, mode))
    assert not re.search(r"!|\b(?:mum|mom|dad|mother|father|mamá|papá|madre|padre)s?\b", said, re.IGNORECASE)
    assert not re.search(r"\b(?:secret|confess|worst|trauma|religion|church|secreto|religión)\w*", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("listen", 2), ("thanked", 1), ("planted", 2), ("apple", 2), ("family", 3), ("someone", 2)],
)
def test_syllables_are_counted_in_english(word: str, count: int) -> None:
    assert english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [("pan", 1), ("guía", 2), ("familia", 3), ("quieres", 2), ("ayuda", 3), ("día", 2), ("hoy", 1), ("viaje", 2)],
)
def test_syllables_are_counted_in_spanish(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


def test_the_formula_tells_easy_from_hard() -> None:
    assert grade_of(["The cat sat on the mat. It was fat."]) < 1
    assert grade_of(["Organizational responsibilities necessitate comprehensive administrative collaboration."]) > 20


SAFE = {
    "c01": (r"your family|relative", r"at home first|your family know"),
    "c02": (r"class collection", r"not have to buy|no money"),
    "c03": (r"classmate", r"not how they look|not about looks"),
    "c04": (r"someone you know", r"things you have|Home-made is the rule"),
    "c05": (r"by hand", r"grown-up to mail it|someone at home to mail it"),
    "c06": (r"with a(n adult| grown-up)", r"gloves.*(road|traffic)"),
    "c07": (r"seed", r"Ask (a grown-up|first)"),
    "c08": (r"game", r"laughs at nobody"),
    "c09": (r"at home", r"Ask (first|what)"),
    "c10": (r"school", r"their name"),
}


@pytest.mark.parametrize("mode", ["primary", "secondary"])
def test_the_ten_cards_of_a_class_are_the_same_ten_acts_made_safe(mode: str) -> None:
    for step in catalog.program("t08").for_mode(mode).steps:
        prompt, care = SAFE[step.key]
        assert re.search(prompt, step.prompt, re.IGNORECASE), step.key
        assert re.search(care, step.detail), step.key
        assert not re.search(r"donat|\btip\b|shelter|allerg|do not know", f"{step.prompt} {step.detail}"), step.key
