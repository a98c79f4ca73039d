"""What must hold inside a program beyond the shape of its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .types import CatalogError, Idea, Program, StepTemplate
from .yamlfile import YamlFile

IDEAS_PER_STEP = 2
ONE_BAND_OF_EACH = {"P": "7-11", "S": "11-15", "A": "adult"}


def program_errors(
    file: YamlFile, program: Program, ideas: Mapping[str, Idea], sources: Collection[str]
) -> Iterator[CatalogError]:
    if program.key != file.path.stem:
        yield file.error(f"the file is called {file.path.name}, so the key is not", "key")
    if program.minutes_low > program.minutes_high:
        yield file.error("minutes_low is more than minutes_high", "minutes_low")
    for place, source in enumerate(program.evidence):
        if source not in sources:
            yield file.error(f"unknown source `{source}`", "evidence", place)
    yield from _cadence_errors(file, program)
    yield from _key_errors(file, program)
    offered: dict[str, str] = {}
    for number, step in enumerate(program.steps):
        yield from _step_errors(file, program, number, step)
        yield from _idea_errors(file, program, number, step, ideas)
        for place, key in enumerate(step.ideas):
            if key in offered:
                message = f"{key} is already offered at {offered[key]}"
                yield file.error(message, "steps", number, "ideas", place)
            offered[key] = step.key


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
    for place, letter in enumerate(step.ages):
        if letter not in program.ages:
            message = f"this program is not written for {letter}"
            yield file.error(message, "steps", number, "ages", place)
    for mode in step.variants:
        if mode not in program.modes:
            message = f"this program is not offered in {mode}"
            yield file.error(message, "steps", number, "variants", mode)


def _idea_errors(
    file: YamlFile, program: Program, number: int, step: StepTemplate, ideas: Mapping[str, Idea]
) -> Iterator[CatalogError]:
    if len(step.ideas) != IDEAS_PER_STEP:
        message = f"expected {IDEAS_PER_STEP} ideas, found {len(step.ideas)}"
        yield file.error(message, "steps", number, "ideas")
    for place, key in enumerate(step.ideas):
        where = ("steps", number, "ideas", place)
        idea = ideas.get(key)
        if idea is None:
            yield file.error(f"unknown idea `{key}`", *where)
            continue
        for letter in step.ages:
            age_band = ONE_BAND_OF_EACH[letter]
            if not idea.reaches(age_band):
                yield file.error(f"{key} may not be offered to {letter}", *where)
                continue
            for mode in program.modes:
                if not idea.suits(mode, age_band):
                    yield file.error(f"{key} does not suit a {mode} group", *where)
