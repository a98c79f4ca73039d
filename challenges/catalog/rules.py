"""What must hold inside a program beyond the shape of its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from .types import MODE_LETTERS, CatalogError, Idea, Program, StepTemplate
from .yamlfile import Step, YamlFile

IDEAS_PER_STEP = 2
ONE_BAND_OF_EACH = {"P": "7-11", "S": "11-15", "A": "adult"}
CLASSES = ("secondary", "primary")
STARTERS_PER_STEP = range(2, 5)


def program_errors(
    file: YamlFile, program: Program, ideas: Mapping[str, Idea], sources: Collection[str]
) -> Iterator[CatalogError]:
    if program.key != file.path.stem:
        yield file.error(f"the file is called {file.path.name}, so the key is not", "key")
    if program.minutes_low > program.minutes_high:
        yield file.error("minutes_low is more than minutes_high", "minutes_low")
    yield from _source_errors(file, program, sources)
    yield from _age_errors(file, program)
    yield from _cadence_errors(file, program)
    yield from _key_errors(file, program)
    for number, step in enumerate(program.steps):
        yield from _step_errors(file, program, number, step)
    for mode in program.modes:
        yield from _idea_errors(file, program, mode, ideas)


def _source_errors(file: YamlFile, program: Program, sources: Collection[str]) -> Iterator[CatalogError]:
    named: list[tuple[tuple[str, ...], Sequence[str]]] = [(("evidence",), program.evidence)]
    for mode, variant in program.variants.items():
        if mode not in program.modes:
            yield file.error(f"this program is not offered in {mode}", "variants", mode)
        named.append((("variants", mode, "evidence"), variant.evidence))
    for where, keys in named:
        for place, key in enumerate(keys):
            if key not in sources:
                yield file.error(f"unknown source `{key}`", *where, place)


def _age_errors(file: YamlFile, program: Program) -> Iterator[CatalogError]:
    """The kinds of group say the ages; both are written down, so that a reader of the file sees them."""
    for mode in program.modes:
        if MODE_LETTERS[mode] not in program.ages:
            yield file.error(f"a {mode} group needs the age {MODE_LETTERS[mode]}", "ages")
    for place, letter in enumerate(program.ages):
        if letter not in {MODE_LETTERS[mode] for mode in program.modes}:
            yield file.error(f"no kind of group here has the age {letter}", "ages", place)


def _cadence_errors(file: YamlFile, program: Program) -> Iterator[CatalogError]:
    cadence, steps = program.cadence, len(program.steps)
    if cadence.half > cadence.per_week:
        yield file.error("half a dose is more than the whole", "cadence", "half")
    match cadence.kind:
        case "daily":
            expected, weeks = program.length_days, -(-program.length_days // 7)
            wanted = f"{expected} steps, one for each day"
        case "weekly":
            expected, weeks = cadence.weeks * cadence.per_week, cadence.weeks
            wanted = f"{expected} steps, {cadence.per_week} in each of {weeks} weeks"
            if program.length_days != weeks * 7:
                yield file.error(f"{weeks} weeks are {weeks * 7} days", "length_days")
        case "cards":
            expected, weeks = cadence.cards, 0
            wanted = f"{expected} steps, one for each card"
    if steps != expected:
        yield file.error(f"expected {wanted}; found {steps}", "steps")
    if program.weeks_titles and len(program.weeks_titles) != weeks:
        yield file.error(f"expected {weeks} titles of weeks", "weeks_titles")


def _key_errors(file: YamlFile, program: Program) -> Iterator[CatalogError]:
    """Keys are stored with what people did, so they follow one pattern and never move."""
    seen = set()
    for number, step in enumerate(program.steps):
        key, week = _key_and_week(program, number)
        if step.key in seen:
            yield file.error(f"`{step.key}` stands twice", "steps", number, "key")
        elif step.key != key:
            yield file.error(f"expected the key `{key}` here", "steps", number, "key")
        elif step.week != week:
            yield file.error(f"{key} belongs to week {week}", "steps", number, "week")
        seen.add(step.key)


def _key_and_week(program: Program, number: int) -> tuple[str, int]:
    match program.cadence.kind:
        case "daily":
            return f"d{number + 1:02}", number // 7 + 1
        case "weekly":
            week, place = divmod(number, program.cadence.per_week or 1)
            return f"w{week + 1}-{place + 1}", week + 1
        case "cards":
            return f"c{number + 1:02}", 0


def _step_errors(file: YamlFile, program: Program, number: int, step: StepTemplate) -> Iterator[CatalogError]:
    if not program.minutes_low <= step.minutes <= program.minutes_high:
        span = f"{program.minutes_low} to {program.minutes_high}"
        yield file.error(f"this program promises {span} minutes", "steps", number, "minutes")
    if step.category.starts_private and not step.private:
        message = f"a step about {step.category} starts as just for me: add `private: true`"
        yield file.error(message, "steps", number, "category")
    for mode in step.variants:
        if mode not in program.modes:
            message = f"this program is not offered in {mode}"
            yield file.error(message, "steps", number, "variants", mode)

    yield from _class_errors(file, program, number, step)


def _class_errors(file: YamlFile, program: Program, number: int, step: StepTemplate) -> Iterator[CatalogError]:
    """Pupils are spoken to in words of their own, and are helped to begin a sentence."""
    for mode in [mode for mode in program.modes if mode in CLASSES]:
        where: tuple[Step, ...] = ("steps", number)
        if mode in step.variants:
            where = (*where, "variants", mode)
        elif len(program.modes) > 1:
            yield file.error(f"a {mode} class needs its own words here", *where, "variants")
            continue
        if len(step.for_mode(mode).starters) not in STARTERS_PER_STEP:
            yield file.error(f"a {mode} class needs two to four `starters` here", *where, "starters")


def _idea_errors(file: YamlFile, program: Program, mode: str, ideas: Mapping[str, Idea]) -> Iterator[CatalogError]:
    """What stands beside the steps in one kind of group: two ideas that suit it, and none of them twice."""
    letter = MODE_LETTERS[mode]
    age_band = ONE_BAND_OF_EACH[letter]
    offered: dict[str, str] = {}
    for number, step in enumerate(program.steps):
        own = bool(mode in step.variants and step.variants[mode].ideas)
        where: tuple[Step, ...] = ("steps", number, *(("variants", mode) if own else ()), "ideas")
        keys = step.for_mode(mode).ideas
        if len(keys) != IDEAS_PER_STEP:
            yield file.error(f"expected {IDEAS_PER_STEP} ideas, found {len(keys)}", *where)
        for place, key in enumerate(keys):
            idea = ideas.get(key)
            if idea is None:
                yield file.error(f"unknown idea `{key}`", *where, place)
            elif not idea.reaches(age_band):
                yield file.error(f"{key} may not be offered to {letter}", *where, place)
            elif not idea.suits(mode, age_band):
                yield file.error(f"{key} does not suit a {mode} group", *where, place)
            elif key in offered:
                yield file.error(f"{key} is already offered at {offered[key]}", *where, place)
            offered[key] = step.key
