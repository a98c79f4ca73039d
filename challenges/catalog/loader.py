"""Reads the catalog's files. Every complaint is a CatalogError that names its file and line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from .rules import CLASSES, program_errors
from .types import ADULT_TAGS, CatalogError, Evidence, Guide, Idea, IdeaText, Program, ProgramOverlay
from .yamlfile import YamlFile, reason, shown

ROOT = Path(__file__).parent

IDEA_COLUMNS = ("key", "text", "category", "effort", "cost", "settings", "ages", "tags", "min", "guidance")
IDEA_TEXT_COLUMNS = ("key", "text", "guidance")

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*")


def load_programs(root: Path = ROOT, language: str = "en") -> Mapping[str, Program]:
    ideas = load_ideas(root)
    sources = {source.key for source in load_evidence(root).sources}
    programs: dict[str, Program] = {}
    slugs: dict[str, str] = {}
    for path in program_paths(root):
        file, program = read_program(path)
        for error in program_errors(file, program, ideas, sources):
            raise error
        if program.slug in slugs:
            raise file.error(f"{slugs[program.slug]} already has the slug `{program.slug}`", "slug")
        slugs[program.slug] = program.key
        translation = _in_language(path.parent, "{language}/" + path.name, language)
        if translation:
            program = load_overlay(translation, program).applied_to(program)
        programs[program.key] = program
    return MappingProxyType(programs)


def program_paths(root: Path = ROOT) -> list[Path]:
    return sorted((root / "programs").glob("*.yaml"))


def read_program(path: Path) -> tuple[YamlFile, Program]:
    file = YamlFile(path)
    return file, file.convert(Program)


def load_overlay(path: Path, program: Program) -> ProgramOverlay:
    file = YamlFile(path)
    overlay = file.convert(ProgramOverlay)
    known = {step.key for step in program.steps}
    for key in overlay.steps:
        if key not in known:
            raise file.error(f"{program.key} has no step `{key}`", "steps", key)
    weeks = len(program.weeks_titles)
    if overlay.weeks_titles and len(overlay.weeks_titles) != weeks:
        raise file.error(f"{program.key} has {weeks} titles of weeks", "weeks_titles")
    return overlay


def load_guides(root: Path = ROOT, language: str = "en") -> Mapping[tuple[str, str], Guide]:
    """The guides for those who run a program with a class, by the program's key and the kind of class."""
    guides: dict[tuple[str, str], Guide] = {}
    for path in sorted((root / "guides").glob("*.yaml")):
        key, _dot, mode = path.stem.partition(".")
        english = YamlFile(path).convert(Guide)
        found = _in_language(path.parent, "{language}/" + path.name, language)
        guides[key, mode] = _same_shape(YamlFile(found), english) if found else english
    return MappingProxyType(guides)


def _same_shape(file: YamlFile, english: Guide) -> Guide:
    """A guide in another language, which must have what the English one has: nobody gets half a session."""
    guide = file.convert(Guide)
    for name in ("before", "sessions", "adaptations"):
        if len(getattr(guide, name)) != len(getattr(english, name)):
            raise file.error(f"expected {len(getattr(english, name))} entries", name)
    return guide


def guide_errors(root: Path, programs: Mapping[str, Program]) -> Iterator[CatalogError]:
    """Every program for classes has a guide for each kind of class, and no guide stands alone."""
    wanted = {(key, mode) for key, plan in programs.items() for mode in plan.modes if mode in CLASSES}
    there = load_guides(root).keys()
    for key, mode in sorted(wanted ^ there):
        path = root / "guides" / f"{key}.{mode}.yaml"
        words = "this program has no such form" if (key, mode) in there else "this guide is missing"
        yield CatalogError(shown(path), 1, words)


def load_evidence(root: Path = ROOT) -> Evidence:
    file = YamlFile(root / "evidence.yaml")
    evidence = file.convert(Evidence)
    _refuse_repeats(file, "sources", [source.key for source in evidence.sources])
    _refuse_repeats(file, "claims", [claim.key for claim in evidence.claims])
    _refuse_repeats(file, "left_out", [entry.key for entry in evidence.left_out])
    known = {source.key for source in evidence.sources}
    for number, claim in enumerate(evidence.claims):
        for place, key in enumerate(claim.sources):
            if key not in known:
                raise file.error(f"unknown source `{key}`", "claims", number, "sources", place)
    return evidence


def load_ideas(root: Path = ROOT, language: str = "en", *, young: bool = False) -> Mapping[str, Idea]:
    """The library, in a language and, where `young`, in words for under-18s.

    A language without such words of its own has the words for adults rather than English ones.
    """
    path = root / "ideas.csv"
    ideas: dict[str, Idea] = {}
    for row in _rows(path, IDEA_COLUMNS):
        idea = row.convert(Idea)
        if idea.key in ideas:
            raise row.error(f"{idea.key} stands twice")
        adult = sorted(ADULT_TAGS.intersection(idea.tags))
        if adult and set(idea.ages) != {"A"}:
            raise row.error(f"{idea.key} is tagged {', '.join(adult)}: only A may be offered it")
        ideas[idea.key] = idea
    if young:
        _reword(ideas, root / "young.csv", young=True)
    if translation := _in_language(root, "ideas.{language}.csv", language):
        _reword(ideas, translation)
        words = _in_language(root, "young.{language}.csv", language) if young else None
        if words:
            _reword(ideas, words, young=True)
    return MappingProxyType(ideas)


def _reword(ideas: dict[str, Idea], path: Path, *, young: bool = False) -> None:
    """Put the words of a file over those of the library."""
    for row in _rows(path, IDEA_TEXT_COLUMNS):
        text = row.convert(IdeaText)
        idea = ideas.get(text.key)
        if idea is None:
            raise row.error(f"unknown idea `{text.key}`")
        if young and set(idea.ages) == {"A"}:
            raise row.error(f"{text.key} is for adults only")
        ideas[text.key] = text.applied_to(idea)


def check_catalog(root: Path = ROOT) -> list[str]:
    """Everything wrong with the files, as `path:line: message`; empty when all is well."""
    errors: list[CatalogError] = []

    def attempt[T](load: Callable[[], T]) -> T | None:
        try:
            return load()
        except CatalogError as error:
            errors.append(error)
            return None

    ideas = attempt(lambda: load_ideas(root))
    evidence = attempt(lambda: load_evidence(root))
    for path in program_paths(root):
        read = attempt(lambda path=path: read_program(path))  # type: ignore[misc]
        if read and ideas is not None and evidence is not None:
            sources = {source.key for source in evidence.sources}
            errors += program_errors(*read, ideas, sources)
    if not errors:
        for language in ["en", *_languages(root)]:
            attempt(lambda code=language: load_ideas(root, code))  # type: ignore[misc]
            attempt(lambda code=language: load_programs(root, code))  # type: ignore[misc]
            attempt(lambda code=language: load_guides(root, code))  # type: ignore[misc]
    if not errors:
        errors += guide_errors(root, load_programs(root))
    # What is wrong in two kinds of groups is told once.
    return list(dict.fromkeys(map(str, errors)))


class _Row(NamedTuple):
    path: Path
    line: int
    cells: dict[str, str]

    def error(self, message: str) -> CatalogError:
        return CatalogError(shown(self.path), self.line, message)

    def convert[T](self, kind: type[T]) -> T:
        fields: dict[str, object] = {**self.cells}
        for column in {"settings", "ages", "tags"} & fields.keys():
            fields[column] = self.cells[column].split()
        for column, field in {"effort": "effort", "min": "minutes"}.items():
            if column in fields:
                fields[field] = _number(self.cells[column])
        fields.pop("min", None)
        try:
            return msgspec.convert(fields, kind)
        except msgspec.ValidationError as error:
            raise self.error(str(error).replace("`$.", "`").replace("`minutes`", "`min`")) from error


def _number(cell: str) -> int | str:
    return int(cell) if cell.isdecimal() else cell


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[_Row]:
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            for cells in reader:
                row = _Row(path, line, dict(zip(columns, map(str.strip, cells), strict=False)))
                if line == 1 and tuple(cells) != columns:
                    raise row.error(f"the columns should be {','.join(columns)}")
                if cells and len(cells) != len(columns):
                    raise row.error(f"{len(columns)} columns expected, {len(cells)} found")
                if cells and line > 1:
                    yield row
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(shown(path), line, reason(error)) from error


def _refuse_repeats(file: YamlFile, name: str, keys: list[str]) -> None:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise file.error(f"`{key}` stands twice", name, number, "key")


def _in_language(folder: Path, pattern: str, language: str) -> Path | None:
    """The file for a language, or for what it is a variety of: `de` serves `de-at`."""
    code = language.lower()
    if not _LANGUAGE.fullmatch(code):
        return None
    while code:
        path = folder / pattern.format(language=code)
        if path.is_file():
            return path
        code = code.rpartition("-")[0]
    return None


def _languages(root: Path) -> list[str]:
    folders = {path.parent.name for path in (root / "programs").glob("*/*.yaml")}
    files = {path.name.split(".")[1] for path in root.glob("ideas.*.csv")}
    return sorted(folders | files)
