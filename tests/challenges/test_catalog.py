"""The catalog: its promises to people, and what it says when a file is broken."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from challenges import catalog
from challenges.catalog import CatalogError, Category, Program, StepTemplate
from challenges.catalog.loader import ROOT, check_catalog, load_evidence, load_ideas, load_programs
from challenges.catalog.words import ALLOWED, banned_phrases

REPOSITORY = ROOT.parent.parent
PROGRAMS = list(catalog.programs().values())
FOR_ADULTS = [program for program in PROGRAMS if "A" in program.ages]
STEPS = [pytest.param(program, step, id=f"{program.key}-{step.key}") for program in PROGRAMS for step in program.steps]
STEPS_FOR_ADULTS = [pytest.param(p, step, id=f"{p.key}-{step.key}") for p in FOR_ADULTS for step in p.steps]

# I165 compliments someone unknown; the others are small courtesies to passers-by.
TOWARDS_STRANGERS = {"I161", "I162", "I165", "I166"}


# The ideas


def test_the_library_holds_166_ideas_in_sixteen_categories() -> None:
    assert len(catalog.ideas()) == 166
    assert Counter(idea.category.label for idea in catalog.ideas().values()) == {
        "Connect": 15,
        "Listen": 10,
        "Thank and credit": 12,
        "Help": 16,
        "Include and welcome": 11,
        "Celebrate": 10,
        "Repair and humility": 9,
        "Give and share": 12,
        "Place and planet": 9,
        "Self-kindness": 12,
        "Kind boundaries": 6,
        "Support in hard times": 9,
        "Online kindness": 9,
        "Playful": 10,
        "Notice and witness": 8,
        "Compassion practice": 8,
    }


@pytest.mark.parametrize(("letter", "number"), [("P", 90), ("S", 130), ("A", 155)])
def test_so_many_ideas_are_written_for_each_age(letter: str, number: int) -> None:
    assert sum(letter in idea.ages for idea in catalog.ideas().values()) == number


@pytest.mark.parametrize(("age_band", "number"), [("7-11", 89), ("11-15", 127), ("16-18", 127), ("adult", 155)])
def test_a_few_fewer_are_offered_because_minors_get_no_ideas_about_strangers(age_band: str, number: int) -> None:
    assert sum(idea.reaches(age_band) for idea in catalog.ideas().values()) == number


def test_151_ideas_cost_nothing() -> None:
    assert sum(idea.cost == "free" for idea in catalog.ideas().values()) == 151


@pytest.mark.parametrize("mode", ["workplace", "community", "secondary", "primary"])
@pytest.mark.parametrize("age_band", ["7-11", "11-15", "16-18"])
def test_nobody_under_18_is_sent_towards_strangers(mode: str, age_band: str) -> None:
    offered = {idea.key for idea in catalog.find_ideas(mode=mode, age_band=age_band)}
    assert offered
    assert not offered & TOWARDS_STRANGERS


def test_children_never_see_money_food_strangers_or_touch() -> None:
    for idea in catalog.find_ideas(mode="primary", age_band="7-11"):
        assert not {"money", "food", "stranger", "touch", "touch-self", "passer-by"} & set(idea.tags)


def test_an_idea_for_the_office_is_not_offered_to_a_choir() -> None:
    office = catalog.ideas()["I119"]
    assert office.suits("workplace", "adult")
    assert not office.suits("community", "adult")


def test_no_idea_for_a_community_speaks_of_colleagues() -> None:
    for idea in catalog.find_ideas(mode="community", age_band="adult"):
        assert not re.search(r"colleague|office|classmate|shift\b|boss", idea.text), idea


def test_ideas_that_need_care_come_with_guidance() -> None:
    careful = {"sensitive", "food", "stranger", "supervised", "family-help", "money"}
    for idea in catalog.ideas().values():
        assert idea.guidance or not careful & set(idea.tags), idea.key


def test_ideas_can_be_found_by_category_effort_setting_and_words() -> None:
    def found(**wanted: str | int) -> list[str]:
        return [idea.key for idea in catalog.find_ideas(mode="workplace", age_band="adult", **wanted)]  # type: ignore[arg-type]

    assert len(found(category="listen")) == 10
    assert len(found(category=Category.LISTEN)) == 10
    assert found(category="listen", effort=3) == ["I020"]
    assert found(setting="online", text="THANKS voice") == ["I032"]
    assert found(text="someone's list") == ["I034"], "a plain apostrophe finds a typographic one"
    assert found(text="no such words") == []


# The programs


def test_three_programs_ship_in_their_adult_forms() -> None:
    assert [(program.key, program.slug) for program in FOR_ADULTS] == [
        ("t01", "five-acts-a-week"),
        ("t02", "21-days-of-kindness"),
        ("t08", "ten-small-acts"),
    ]
    for program in FOR_ADULTS:
        assert program.modes[:2] == ("workplace", "community")
        assert "A" in program.ages


@pytest.mark.parametrize(("key", "mix"), [("t01", (15, 5)), ("t02", (17, 4)), ("t08", (10, 0))])
def test_the_mix_of_outward_and_inward_is_as_announced(key: str, mix: tuple[int, int]) -> None:
    program = catalog.program(key)
    assert program.mix == mix
    assert (program.outward, program.inward) == mix


def test_each_program_has_the_rhythm_it_promises() -> None:
    five, days, ten = (catalog.program(key) for key in ("t01", "t02", "t08"))
    assert (five.cadence.kind, five.cadence.per_week, five.cadence.half, len(five.steps)) == ("weekly", 5, 3, 20)
    assert (days.cadence.kind, days.cadence.half, len(days.steps)) == ("daily", 0, 21)
    assert (ten.cadence.kind, ten.length_days, len(ten.steps)) == ("cards", 21, 10)


@pytest.mark.parametrize(("program", "step"), STEPS_FOR_ADULTS)
def test_two_other_ideas_suit_adults_at_work_and_in_a_community(program: Program, step: StepTemplate) -> None:
    assert len(step.ideas) == 2
    for key in step.ideas:
        for mode in ("workplace", "community"):
            assert catalog.ideas()[key].suits(mode, "adult"), key


@pytest.mark.parametrize(("program", "step"), STEPS)
def test_a_prompt_is_one_short_sentence(program: Program, step: StepTemplate) -> None:
    for mode in program.modes:
        prompt = step.for_mode(mode).prompt
        assert len(prompt) <= 70
        assert prompt.endswith((".", ".”"))
        assert not re.search(r"[.?] ", prompt)


@pytest.mark.parametrize(("program", "step"), STEPS_FOR_ADULTS)
def test_a_community_is_not_spoken_to_as_if_it_were_an_office(program: Program, step: StepTemplate) -> None:
    told = " ".join(words(msgspec.structs.replace(step.for_mode("community"), variants={})))
    assert not re.search(r"colleague|teammate|printer|spreadsheet|desk\b|their lead\b|at work\b", told)


@pytest.mark.parametrize(("program", "step"), STEPS)
def test_a_step_about_oneself_starts_as_just_for_me(program: Program, step: StepTemplate) -> None:
    assert step.private == step.category.starts_private


def test_a_variant_replaces_only_what_it_says() -> None:
    lunch = catalog.program("t02").step("d05")
    elsewhere = lunch.for_mode("community")
    assert elsewhere.prompt == "Eat one meal away from the screen."
    assert elsewhere.reflection == lunch.reflection
    assert elsewhere.ideas == lunch.ideas
    assert lunch.for_mode("workplace") == lunch


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.key)
def test_the_last_step_asks_for_one_habit_to_keep(program: Program) -> None:
    for mode in program.modes:
        assert "When …, I will …." in program.steps[-1].for_mode(mode).detail


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.key)
def test_the_evidence_note_says_what_is_not_known(program: Program) -> None:
    for mode in program.modes:
        note = program.for_mode(mode).evidence_note
        assert len(note.strip().split("\n\n")) >= 3
        assert "What we know." in note
        assert "What we don’t know." in note
        assert "informed by" in note


def test_a_step_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        catalog.program("t02").step("d22")


def test_ten_small_acts_never_needs_money_and_says_what_to_be_careful_of() -> None:
    cards = {step.theme: step.detail.lower() for step in catalog.program("t08").steps}
    assert "no money at all counts the same" in cards["Give to a cause"]
    assert "gloves" in cards["Litter"]
    assert "allergies, diets and fasting" in cards["Treats"]
    assert "without food" in cards["Treats"]
    assert "home-made is the rule" in cards["Small surprise"]
    assert "counts as much as money" in cards["Tip or thank"]
    assert "no advice" in cards["Call and listen"]


# The evidence


def test_every_claim_rests_on_a_source_or_says_that_there_is_none() -> None:
    for claim in catalog.claims().values():
        if not claim.sources:
            assert claim.key == "this-platform"
            assert claim.strength == 0


def test_every_source_is_used() -> None:
    used = {key for claim in catalog.claims().values() for key in claim.sources}
    used |= {key for program in PROGRAMS for mode in program.modes for key in program.for_mode(mode).evidence}
    assert set(catalog.sources()) - used == {"cregg-cheavens-2022"}
    assert "Cregg & Cheavens, 2022" in catalog.left_out()["therapy"].text


def test_what_we_leave_out_is_explained() -> None:
    assert {"hormones", "brain", "body", "therapy"} <= set(catalog.left_out())


# The words


def words(entry: msgspec.Struct) -> Iterator[str]:
    """Every piece of copy in an entry, however deep."""

    def walk(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, msgspec.Struct):
            yield from walk(msgspec.structs.asdict(value))
        elif isinstance(value, dict):
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, tuple):
            for inner in value:
                yield from walk(inner)

    yield from walk(entry)


def catalog_copy() -> Iterator[tuple[str, str]]:
    """Everything the catalog says for itself. The titles of studies are not ours to reword, and
    the entries of `left_out` name what they turn down."""
    for program in PROGRAMS:
        for step in program.steps:
            yield from ((f"{program.key} {step.key}", text) for text in words(step))
        yield from ((program.key, text) for text in words(msgspec.structs.replace(program, steps=())))
    for idea in catalog.ideas().values():
        yield from ((idea.key, text) for text in words(idea))
    for claim in catalog.claims().values():
        yield from ((claim.key, text) for text in words(claim))


def template_copy(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(root.glob("templates/**/*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"\{#.*?#\}|<!--.*?-->", " ", text, flags=re.DOTALL)
            text = re.sub(r"\{% comment.*?endcomment %\}", " ", text, flags=re.DOTALL)
            yield str(path.relative_to(root)), text


def message_copy(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(root.glob("**/locale/**/*.po")):
        if ".venv" in path.parts:
            continue
        for entry in path.read_text(encoding="utf-8").split("\n\n"):
            lines = [line for line in entry.splitlines() if not line.startswith("#")]
            text = " ".join(re.findall(r'"(.*)"', "\n".join(lines)))
            yield str(path.relative_to(root)), text.replace('\\"', '"').replace('" "', "")


@pytest.mark.parametrize("copy", [lambda _: catalog_copy(), template_copy, message_copy])
def test_no_copy_promises_too_much_or_makes_anyone_feel_guilty(
    copy: Callable[[Path], Iterator[tuple[str, str]]],
) -> None:
    found = [(where, banned) for where, text in copy(REPOSITORY) if (banned := banned_phrases(text))]
    assert found == []


def test_the_walk_over_copy_sees_catalog_templates_and_messages(tmp_path: Path) -> None:
    assert sum(len(text) for _, text in catalog_copy()) > 25_000
    (tmp_path / "templates" / "mail").mkdir(parents=True)
    (tmp_path / "templates" / "mail" / "reminder.txt").write_text("{# proven #} You missed a day.")
    (tmp_path / "locale" / "de").mkdir(parents=True)
    (tmp_path / "locale" / "de" / "django.po").write_text('#: proven\nmsgid ""\n"Keep your "\n"streak"\nmsgstr ""\n')
    assert [banned_phrases(text) for _, text in template_copy(tmp_path)] == [["you missed"]]
    assert [banned_phrases(text) for _, text in message_copy(tmp_path)] == [["streak"]]


@pytest.mark.parametrize(
    "text",
    [
        "Kindness releases oxytocin.",
        "A dose of serotonin",
        "dopamine",
        "Endorphins",
        "the love hormone",
        "lowers blood\n  pressure",
        "People who help live longer",
        "a longer life",
        "the Helper’s high",
        "the helper's high",
        "It can rewire you",
        "Scientifically proven",
        "a proven method",
        "a 5-day streak",
        "Don’t break it",
        "don't break the chain",
        "You missed three days",
        "You’ve missed a day",
        "We miss you",
        "Last chance to join",
        "Help the less\n fortunate",
        "Cook for the needy",
        "an underprivileged child",
        "Give to the poor",
        "Buy somebody an alcoholic drink",
        "Kindness protects from disease",
    ],
)
def test_these_are_banned(text: str) -> None:
    assert banned_phrases(text)


@pytest.mark.parametrize(
    "text",
    [
        "Say “I missed that.”",
        "an unproven idea",
        "What did I miss?",
        "You might miss the bus",
        "a poor excuse, and the poorest one",
        "an improvement",
        *ALLOWED,
    ],
)
def test_these_are_not(text: str) -> None:
    assert banned_phrases(text) == []


def test_a_banned_word_beside_an_allowed_phrase_is_still_found() -> None:
    assert banned_phrases("No leaderboards, no streaks, no likes. Keep your streak.") == ["streak"]


def test_the_copy_is_plain_american_english() -> None:
    british = r"\w*(?:avour|olour|eighbour|ehaviour)\w*|programmes?|\w+isation|organis\w+|centre|practise\w*|whilst"
    loud = r"!|journey|empower\w*|unlock\w*|nudge\w*|leaderboard\w*|\bscore\w*"
    for where, text in [*catalog_copy(), *((key, entry.text) for key, entry in catalog.left_out().items())]:
        assert not re.search(rf"\b(?:{british})\b|{loud}", text, re.IGNORECASE), (where, text)
        assert "'" not in text, (where, text)
        assert '"' not in text, (where, text)


# Translations


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the catalog's files, to translate or to break."""
    for name in ("ideas.csv", "young.csv", "evidence.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "programs").mkdir()
    for path in (ROOT / "programs").glob("*.yaml"):
        shutil.copy(path, tmp_path / "programs")
    return tmp_path


@pytest.fixture
def in_german(files: Path) -> Path:
    (files / "programs" / "de").mkdir()
    (files / "programs" / "de" / "t02.yaml").write_text(
        "title: 21 Tage Freundlichkeit\n"
        "steps:\n"
        "  d01: {prompt: Grüße drei Menschen mit Namen.}\n"
        "  d02:\n"
        "    prompt: Danke einer Kollegin genau.\n"
        "    variants: {community: {prompt: Danke jemandem hier genau.}}\n",
        encoding="utf-8",
    )
    (files / "ideas.de.csv").write_text("key,text,guidance\nI004,Grüße drei Menschen,\n", encoding="utf-8")
    return files


def test_a_translated_program_speaks_german_where_it_can_and_english_elsewhere(in_german: Path) -> None:
    english, german = load_programs(in_german)["t02"], load_programs(in_german, "de")["t02"]
    assert german.title == "21 Tage Freundlichkeit"
    assert german.summary == english.summary
    assert german.step("d01").prompt == "Grüße drei Menschen mit Namen."
    assert german.step("d01").detail == english.step("d01").detail
    assert german.step("d02").for_mode("community").prompt == "Danke jemandem hier genau."
    assert german.step("d02").for_mode("community").detail == english.step("d02").for_mode("community").detail
    assert german.step("d03") == english.step("d03")


def test_a_translated_idea_keeps_everything_but_its_words(in_german: Path) -> None:
    english, german = load_ideas(in_german), load_ideas(in_german, "de")
    assert german["I004"].text == "Grüße drei Menschen"
    assert german["I004"].ages == english["I004"].ages
    assert german["I005"] == english["I005"]


@pytest.mark.parametrize("language", ["de-at", "DE"])
def test_a_variety_of_a_language_falls_back_to_it(in_german: Path, language: str) -> None:
    assert load_ideas(in_german, language)["I004"].text == "Grüße drei Menschen"


@pytest.mark.parametrize("language", ["fr", "en-us", "../de", "", "de/.."])
def test_an_unknown_language_is_english(in_german: Path, language: str) -> None:
    assert load_ideas(in_german, language)["I004"].text == "Greet three people by name today"
    assert load_programs(in_german, language)["t02"].title == "21 Days of Kindness"


def test_a_translation_cannot_change_a_rule(in_german: Path) -> None:
    path = in_german / "programs" / "de" / "t02.yaml"
    path.write_text("title: Titel\nsteps:\n  d01:\n    minutes: 90\n")
    with pytest.raises(CatalogError, match=r"t02\.yaml:4: .*unknown field `minutes`"):
        load_programs(in_german, "de")


def test_a_translation_of_a_step_that_is_not_there_is_an_error(in_german: Path) -> None:
    (in_german / "programs" / "de" / "t02.yaml").write_text("steps:\n  d01: {theme: Eins}\n  d99: {theme: Zwei}\n")
    (in_german / "ideas.de.csv").write_text("key,text,guidance\nI004,Eins,\nI999,Zwei,\n")
    assert [brief(error) for error in check_catalog(in_german)] == [
        "ideas.de.csv:3: unknown idea `I999`",
        "t02.yaml:3: t02 has no step `d99`",
    ]


def test_titles_of_weeks_are_translated_all_or_not_at_all(in_german: Path) -> None:
    (in_german / "programs" / "de" / "t02.yaml").write_text("title: Titel\nweeks_titles: [Nah]\n")
    with pytest.raises(CatalogError, match=r"t02\.yaml:2: t02 has 3 titles of weeks"):
        load_programs(in_german, "de")


def _words(item: object) -> dict[str, object]:
    """Every text of a program or an idea by where it stands; keys and names that no one reads are left out."""
    found = msgspec.to_builtins(item)
    unread = {"key", "slug", "category", "modes", "ages", "cadence", "evidence", "safeguards", "seeds", "record"}
    unread |= {"tags", "settings", "cost", "ideas"}

    def walk(value: object, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from () if name in unread else walk(inner, f"{place}.{name}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                yield from walk(inner, f"{place}.{number}")
        elif isinstance(value, str) and value:
            yield place, value

    return dict(walk(found, ""))


@pytest.mark.parametrize("language", ["es"])
def test_what_is_shipped_is_translated_to_the_last_word(language: str) -> None:
    for load in (load_programs, load_ideas):
        english, translated = load(ROOT), load(ROOT, language)
        for key in english:
            before, after = _words(english[key]), _words(translated[key])
            assert before.keys() == after.keys()
            assert [(key, place) for place in before if before[place] == after[place]] == []


@pytest.mark.parametrize("language", ["es"])
def test_a_translated_prompt_is_one_short_sentence_too(language: str) -> None:
    for program in load_programs(ROOT, language).values():
        for step in program.steps:
            for mode in program.modes:
                assert len(step.for_mode(mode).prompt) <= 70, (program.key, step.key)


# Broken files


def brief(error: str) -> str:
    """The complaint without the folder."""
    return Path(error.partition(":")[0]).name + ":" + error.partition(":")[2]


def change(path: Path, old: str, new: str, count: int = 1) -> int:
    """Put new for old and return the line where that happened."""
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


STEP_3 = "theme: Clear the way\n"
BROKEN_PROGRAMS = {
    "a minute that is a word": ("prompt: Greet three people by name.", "minutes: 2", "minutes: two", "Expected `int`"),
    "too many minutes": ("theme: Good morning", "minutes: 2\n", "minutes: 500\n", "<= 120 (steps[0].minutes)"),
    "minutes beyond what is promised": ("theme: Good morning", "minutes: 2\n", "minutes: 30\n", "promises 2 to 10"),
    "an unknown category": ("theme: Good morning", "category: connect", "category: conect", "enum value 'conect'"),
    "a misspelt field": ("theme: Good morning", "step_up: Add", "stepup: Add", "unknown field `stepup`"),
    "a missing field": (
        "",
        "  - key: d01\n    week: 1\n    theme: Good morning\n",
        "  - key: d01\n    week: 1\n",
        "`theme`",
    ),
    "an unknown idea": ("theme: Good morning", "[I048, I011]", "[I048, I999]", "unknown idea `I999`"),
    "one idea only": ("theme: Good morning", "[I048, I011]", "[I048]", "expected 2 ideas, found 1"),
    "an idea for school": ("theme: Good morning", "I048, I011", "I048, I046", "I046 may not be offered to A"),
    "an idea for the office": ("theme: Good morning", "I048, I011", "I048, I009", "does not suit a community group"),
    "an idea offered twice": ("theme: Clear", "I038, I039", "I038, I011", "I011 is already offered at d01"),
    "a key that stands twice": ("", "key: d02", "key: d01", "`d01` stands twice"),
    "a key out of order": ("", "key: d02", "key: d22", "expected the key `d02` here"),
    "a step in the wrong week": ("", "  - key: d08\n    week: 2", "  - key: d08\n    week: 1", "d08 belongs to week 2"),
    "a name that stands twice": ("theme: Good", "    minutes: 2\n", "    minutes: 2\n    minutes: 3\n", "`minutes`"),
    "inner work in public": ("theme: For you too", "    private: true\n", "", "add `private: true`"),
    "an age nobody wrote for": ("", "ages: [A]", "ages: [A, P]", "no kind of group here has the age P"),
    "a kind of group whose age is missing": (
        "",
        "modes: [workplace, community]",
        "modes: [workplace, community, secondary]",
        "a secondary group needs the age S",
    ),
    "a variant for another mode": ("theme: One exact", "      community:", "      primary:", "not offered in primary"),
    "a number for words in a variant": ("", "prompt: Thank someone here for one exact thing.", "prompt: 5", "`int`"),
    "an unknown mode": ("", "modes: [workplace, community]", "modes: [workplace, pub]", "enum value 'pub'"),
    "an unknown source": ("", "  - jung-2020", "  - jung-2021", "unknown source `jung-2021`"),
    "a day too many": ("", "length_days: 21", "length_days: 22", "22 steps, one for each day; found 21"),
    "an unknown rhythm": ("", "kind: daily", "kind: hourly", "enum value 'hourly'"),
    "another file's key": ("", "key: t02", "key: t03", "t02.yaml"),
    "another program's slug": ("", "slug: 21-days-of-kindness", "slug: five-acts-a-week", "already has the slug"),
    "minutes the wrong way round": ("", "minutes_low: 2", "minutes_low: 20", "minutes_low is more"),
    "a week without a title": ("", "  - Passing it on\n", "", "expected 3 titles of weeks"),
    "an unknown safeguard": ("", "safeguards: [S4,", "safeguards: [S40,", "safeguards[0]"),
    "something that is not YAML": ("", "modes: [workplace, community]", "modes: [workplace, community", "expected"),
}
# Where the line to look at is not the line that was changed.
ELSEWHERE = {
    "a missing field": "  - key: d01",
    "a name that stands twice": "    minutes: 3",
    "inner work in public": "    category: self-kindness",
    "a kind of group whose age is missing": "ages: [A]",
    "a variant for another mode": "      primary:",
    "a day too many": "steps:",
    "a week without a title": "weeks_titles:",
    "something that is not YAML": "ages: [A]",
    "a step in the wrong week": "    week: 1\n    theme: Unseen work",
}


@pytest.mark.parametrize("name", BROKEN_PROGRAMS)
def test_a_broken_program_is_named_with_its_line(files: Path, name: str) -> None:
    after, old, new, message = BROKEN_PROGRAMS[name]
    path = files / "programs" / "t02.yaml"
    whole = path.read_text(encoding="utf-8")
    start = whole.index(after)
    assert old in whole[start:]
    broken = whole[:start] + whole[start:].replace(old, new, 1)
    path.write_text(broken, encoding="utf-8")
    at = broken.index(ELSEWHERE[name], start if after else 0) if name in ELSEWHERE else whole.index(old, start)
    line = broken[:at].count("\n") + 1

    with pytest.raises(CatalogError) as caught:
        load_programs(files)
    assert brief(str(caught.value)).startswith(f"t02.yaml:{line}: ")
    assert message in str(caught.value)
    assert str(caught.value) in check_catalog(files)


def test_a_weekly_program_must_fill_its_weeks(files: Path) -> None:
    line = change(files / "programs" / "t01.yaml", "weeks: 4}", "weeks: 5}")
    errors = [brief(error) for error in check_catalog(files)]
    assert f"t01.yaml:{line - 1}: 5 weeks are 35 days" in errors
    assert any("expected 25 steps, 5 in each of 5 weeks; found 20" in error for error in errors)


def test_half_a_dose_is_no_more_than_the_whole(files: Path) -> None:
    line = change(files / "programs" / "t01.yaml", "half: 3", "half: 6")
    assert [brief(error) for error in check_catalog(files)] == [f"t01.yaml:{line}: half a dose is more than the whole"]


def test_a_program_of_cards_must_have_as_many_as_it_says(files: Path) -> None:
    change(files / "programs" / "t08.yaml", "cards: 10", "cards: 11")
    with pytest.raises(CatalogError, match="expected 11 steps, one for each card; found 10"):
        load_programs(files)


def test_an_idea_about_strangers_cannot_enter_a_program_for_teenagers(files: Path) -> None:
    path = files / "programs" / "t08.yaml"
    change(path, "        ideas: [I005, I061]", "        ideas: [I005, I161]")
    with pytest.raises(CatalogError, match="I161 may not be offered to S"):
        load_programs(files)


BROKEN_IDEAS = {
    "a column too few": ("quick,2,\n", "quick,2\n", "10 columns expected, 9 found"),
    "a column too many": ("Greet three people by name today", "Greet three people, by name", "10 columns expected, 11"),
    "an idea that stands twice": ("I004,", "I003,", "I003 stands twice"),
    "an unknown category": (
        "Greet three people by name today,connect",
        "Greet three people by name today,conect",
        "enum value 'conect'",
    ),
    "an effort that is no number": ("today,connect,1", "today,connect,one", "`effort`"),
    "an effort beyond three": ("today,connect,1", "today,connect,4", "`effort`"),
    "a time that is no number": ("quick,2,\n", "quick,soon,\n", "`min`"),
    "an unknown setting": ("1,free,work school community,P S A,quick,2", "1,free,pub,P S A,quick,2", "`settings[0]`"),
    "an unknown age": ("1,free,work school community,P S A,quick,2", "1,free,work,P X,quick,2", "`ages[1]`"),
    "money for children": ("work school community,P S A,quick", "work,P S A,money", "tagged money: only A"),
    "touch for teenagers": ("work school community,P S A,quick", "work,S A,touch", "tagged touch: only A"),
    "a quote that never ends": ("I004,Greet", 'I004,"Greet', "expected after"),
}


@pytest.mark.parametrize("name", BROKEN_IDEAS)
def test_a_broken_idea_is_named_with_its_line(files: Path, name: str) -> None:
    path = files / "ideas.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    old, new, message = BROKEN_IDEAS[name]
    assert old in lines[4]
    lines[4] = lines[4].replace(old, new)
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_ideas(files)
    assert brief(str(caught.value)).startswith("ideas.csv:5: ")
    assert message in str(caught.value)
    assert str(caught.value) in check_catalog(files)


def test_columns_in_another_order_are_refused(files: Path) -> None:
    change(files / "ideas.csv", "key,text", "text,key")
    with pytest.raises(CatalogError, match=r"ideas\.csv:1: the columns should be key,text,"):
        load_ideas(files)


def test_an_idea_over_two_lines_does_not_shift_the_line_of_the_next(files: Path) -> None:
    path = files / "ideas.csv"
    change(path, "I004,Greet three people by name today", 'I004,"Greet three\npeople"')
    line = change(path, "I005,", "I5,")
    with pytest.raises(CatalogError, match=rf"ideas\.csv:{line}: "):
        load_ideas(files)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    strength: 3", "    strength: 4", "`claims[0].strength`|claims"),
        ("    sources: [folk-dunn-2024]", "    sources: [folk-2024]", "unknown source `folk-2024`"),
        ("  - key: careful-tests", "  - key: small-average", "`small-average` stands twice"),
        ("  - key: bradley-2018", "  - key: algoe-haidt-2009", "`algoe-haidt-2009` stands twice"),
        ("  - key: brain", "  - key: hormones", "`hormones` stands twice"),
        ("    doi: 10.1098/rspb.2018.0116", "    doi: https://doi.org/10.1098", "doi"),
    ],
)
def test_broken_evidence_is_named_with_its_line(files: Path, old: str, new: str, message: str) -> None:
    line = change(files / "evidence.yaml", old, new)
    with pytest.raises(CatalogError, match=message) as caught:
        load_evidence(files)
    assert brief(str(caught.value)).startswith(f"evidence.yaml:{line}: ")


@pytest.mark.parametrize("name", ["ideas.csv", "evidence.yaml"])
def test_a_missing_file_is_an_error_and_not_a_crash(files: Path, name: str) -> None:
    (files / name).unlink()
    assert [brief(error).partition(" ")[0] for error in check_catalog(files)] == [f"{name}:1:"]


def test_the_check_tells_everything_at_once(files: Path) -> None:
    change(files / "programs" / "t01.yaml", "I011", "I998")
    change(files / "programs" / "t02.yaml", "I011", "I999")
    change(files / "programs" / "t02.yaml", "version: 1", "version: one")
    change(files / "programs" / "t08.yaml", "I014", "I997")
    change(files / "programs" / "t08.yaml", "I061", "I996")
    assert len(check_catalog(files)) == 4


def test_the_shipped_catalog_is_sound() -> None:
    assert check_catalog() == []


def test_the_command_says_ok() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "challenges.catalog"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "OK\n")


# Reading it


def test_only_one_thread_reads_and_what_it_read_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two senders ask for it right after a start; read by both of them at once, it killed the worker."""
    together, read = threading.Barrier(2), []

    def reader(language: str) -> dict[str, Program]:
        read.append(language)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(0.3)
            read.append("at the same time")
        return {}

    monkeypatch.setattr(catalog, "load_programs", reader)
    monkeypatch.setattr(catalog, "load_guides", reader)
    ask: list[Callable[[], object]] = [lambda: catalog.programs("x-a"), lambda: catalog.guides("x-b")]
    threads = [threading.Thread(target=one) for one in [*ask, *ask]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read) == ["x-a", "x-b"]
