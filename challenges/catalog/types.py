"""The nouns of the catalog: programs and their steps, ideas, sources and claims."""

from __future__ import annotations

import enum
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

Mode = Literal["workplace", "community", "secondary", "primary"]
AgeLetter = Literal["P", "S", "A"]
Effort = Literal[1, 2, 3]
Setting = Literal["work", "school", "home", "community", "online", "self"]
Record = Literal["did", "saw", "received"]

Text = Annotated[str, Meta(min_length=1)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Minutes = Annotated[int, Meta(ge=1, le=120)]
Safeguard = Annotated[str, Meta(pattern=r"^S([1-9]|1[0-7])$")]
SeedRow = Annotated[str, Meta(pattern=r"^[A-EZ]-\d\d$")]

AGE_LETTERS: dict[str, AgeLetter] = {"7-11": "P", "11-15": "S", "16-18": "S", "adult": "A"}


def is_young(age_band: str) -> bool:
    """Whether people of this age are spoken to in the words for under-18s."""
    return AGE_LETTERS[age_band] != "A"


# For whom a program is worded in each kind of group.
MODE_LETTERS: dict[str, AgeLetter] = {"workplace": "A", "community": "A", "secondary": "S", "primary": "P"}

# Where the members of a group can act. A class has no workplace; an evening choir has neither.
MODE_SETTINGS: dict[str, frozenset[str]] = {
    "workplace": frozenset({"work", "home", "community", "online", "self"}),
    "community": frozenset({"home", "community", "online", "self"}),
    "secondary": frozenset({"school", "home", "community", "online", "self"}),
    "primary": frozenset({"school", "home", "community", "self"}),
}

# An idea with one of these tags may not carry the letters P or S at all.
ADULT_TAGS = frozenset({"money", "food", "stranger", "touch", "touch-self"})

# An ordinary courtesy to people one does not know: fine with one's family, but an organized
# program never sends anyone under 18 towards strangers, whatever the letters say.
WITHHELD_FROM_MINORS = ADULT_TAGS | {"passer-by"}


def gettext_noop(message: str) -> str:
    """Mark a label for translation without needing Django; templates translate it when shown."""
    return message


class Category(enum.StrEnum):
    label: str

    CONNECT = "connect", gettext_noop("Connect")
    LISTEN = "listen", gettext_noop("Listen")
    THANK_AND_CREDIT = "thank-and-credit", gettext_noop("Thank and credit")
    HELP = "help", gettext_noop("Help")
    INCLUDE_AND_WELCOME = "include-and-welcome", gettext_noop("Include and welcome")
    CELEBRATE = "celebrate", gettext_noop("Celebrate")
    REPAIR_AND_HUMILITY = "repair-and-humility", gettext_noop("Repair and humility")
    GIVE_AND_SHARE = "give-and-share", gettext_noop("Give and share")
    PLACE_AND_PLANET = "place-and-planet", gettext_noop("Place and planet")
    SELF_KINDNESS = "self-kindness", gettext_noop("Self-kindness")
    KIND_BOUNDARIES = "kind-boundaries", gettext_noop("Kind boundaries")
    SUPPORT_IN_HARD_TIMES = "support-in-hard-times", gettext_noop("Support in hard times")
    ONLINE_KINDNESS = "online-kindness", gettext_noop("Online kindness")
    PLAYFUL = "playful", gettext_noop("Playful")
    NOTICE_AND_WITNESS = "notice-and-witness", gettext_noop("Notice and witness")
    COMPASSION_PRACTICE = "compassion-practice", gettext_noop("Compassion practice")

    def __new__(cls, slug: str, label: str) -> Category:
        category = str.__new__(cls, slug)
        category._value_ = slug
        category.label = label
        return category

    @property
    def is_inward(self) -> bool:
        """Practice on oneself, as against something done for another."""
        return self in INWARD

    @property
    def starts_private(self) -> bool:
        """What people do here starts as "just for me", until they choose otherwise."""
        return self in INWARD or self is Category.REPAIR_AND_HUMILITY


INWARD = frozenset({Category.COMPASSION_PRACTICE, Category.SELF_KINDNESS, Category.KIND_BOUNDARIES})


class CatalogError(Exception):
    """Something is wrong in a data file; says where, the way a compiler would."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(path, line, message)
        self.path = path
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything read from a file: unchangeable, and a misspelt field is an error."""


class Cadence(Entry, frozen=True):
    kind: Literal["daily", "weekly", "cards"]
    per_week: Annotated[int, Meta(ge=0, le=7)] = 0
    half: Annotated[int, Meta(ge=0, le=7)] = 0
    weeks: Annotated[int, Meta(ge=0, le=13)] = 0
    cards: Annotated[int, Meta(ge=0, le=30)] = 0


class StepText(Entry, frozen=True):
    """Wording that replaces a step's own; what is empty stays as it was."""

    theme: str = ""
    prompt: str = ""
    detail: str = ""
    reflection: str = ""
    step_up: str = ""
    starters: tuple[Text, ...] = ()


class StepVariant(StepText, frozen=True):
    """A step as one kind of group meets it: other words and, where the ages ask for it, other ideas."""

    ideas: tuple[str, ...] = ()


class StepTemplate(Entry, frozen=True):
    key: Key
    theme: Text
    prompt: Text
    detail: Text
    reflection: Text
    category: Category
    minutes: Minutes
    step_up: Text
    ideas: tuple[str, ...]
    starters: tuple[Text, ...] = ()
    """How a sentence about it may begin, for pupils who write."""
    week: int = 0
    record: Record = "did"
    private: bool = False
    variants: dict[Mode, StepVariant] = {}

    def for_mode(self, mode: str) -> StepTemplate:
        """The same step in the words that fit this kind of group."""
        for written_for, text in self.variants.items():
            if written_for == mode:
                return self.reworded(text)
        return self

    def reworded(self, text: StepText) -> StepTemplate:
        return msgspec.structs.replace(self, **given(text))


class ProgramText(Entry, frozen=True):
    """What a program says of itself to one kind of group; what is empty stays as it was."""

    summary: str = ""
    blurb: str = ""
    evidence_note: str = ""


class ProgramVariant(ProgramText, frozen=True):
    """A program as one kind of group meets it: other words about it, and the studies behind those."""

    evidence: tuple[str, ...] = ()


class Mix(NamedTuple):
    outward: int
    inward: int


class Program(Entry, frozen=True):
    key: Key
    version: Annotated[int, Meta(ge=1)]
    slug: Key
    title: Text
    summary: Text
    blurb: Text
    modes: Annotated[tuple[Mode, ...], Meta(min_length=1)]
    ages: Annotated[tuple[AgeLetter, ...], Meta(min_length=1)]
    length_days: Annotated[int, Meta(ge=1, le=91)]
    cadence: Cadence
    minutes_low: Minutes
    minutes_high: Minutes
    goal_per_person: Annotated[int, Meta(ge=1)]
    steps: Annotated[tuple[StepTemplate, ...], Meta(min_length=1)]
    evidence: tuple[str, ...]
    evidence_note: Text
    safeguards: tuple[Safeguard, ...]
    seeds: tuple[SeedRow, ...] = ()
    weeks_titles: tuple[Text, ...] = ()
    variants: dict[Mode, ProgramVariant] = {}

    def for_mode(self, mode: str) -> Program:
        """The same program in the words for this kind of group, its steps too."""
        steps = tuple(step.for_mode(mode) for step in self.steps)
        text = {str(written_for): text for written_for, text in self.variants.items()}.get(mode, ProgramVariant())
        return msgspec.structs.replace(self, **given(text) | {"steps": steps})

    def step(self, key: str) -> StepTemplate:
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    @property
    def inward(self) -> int:
        return sum(step.category.is_inward for step in self.steps)

    @property
    def outward(self) -> int:
        return len(self.steps) - self.inward

    @property
    def mix(self) -> Mix:
        return Mix(self.outward, self.inward)


class StepOverlay(StepText, frozen=True):
    """One step in another language."""

    variants: dict[Mode, StepText] = {}


class ProgramOverlay(ProgramText, frozen=True):
    """A program in another language: words only, so a translation cannot change a rule."""

    title: str = ""
    weeks_titles: tuple[Text, ...] = ()
    variants: dict[Mode, ProgramText] = {}
    steps: dict[str, StepOverlay] = {}

    def applied_to(self, program: Program) -> Program:
        steps = tuple(
            _translated(step, self.steps[step.key]) if step.key in self.steps else step for step in program.steps
        )
        variants = dict(program.variants)
        for mode, text in self.variants.items():
            variants[mode] = msgspec.structs.replace(variants.get(mode, ProgramVariant()), **given(text))
        return msgspec.structs.replace(program, **given(self) | {"steps": steps, "variants": variants})


def _translated(step: StepTemplate, overlay: StepOverlay) -> StepTemplate:
    variants = dict(step.variants)
    for mode, text in overlay.variants.items():
        variants[mode] = msgspec.structs.replace(variants.get(mode, StepVariant()), **given(text))
    return msgspec.structs.replace(step, **given(overlay) | {"variants": variants})


class Session(Entry, frozen=True):
    """One session that a teacher leads: what it is for, three steps, and what to do when it is not easy."""

    title: Text
    minutes: Minutes
    purpose: Text
    steps: Annotated[tuple[Text, ...], Meta(min_length=3, max_length=3)]
    difficulty: Text
    upset: Text
    bring: str = ""


class Guide(Entry, frozen=True):
    """What the adult needs who runs a program with a class; one file for a program, a kind of group and a language."""

    intro: Text
    before: Annotated[tuple[Text, ...], Meta(min_length=1)]
    sessions: Annotated[tuple[Session, ...], Meta(min_length=1)]
    adaptations: Annotated[tuple[Text, ...], Meta(min_length=1)]
    letter: Text


class Idea(Entry, frozen=True):
    key: Annotated[str, Meta(pattern=r"^I\d{3}$")]
    text: Text
    category: Category
    effort: Effort
    cost: Literal["free", "low"]
    settings: Annotated[tuple[Setting, ...], Meta(min_length=1)]
    ages: Annotated[tuple[AgeLetter, ...], Meta(min_length=1)]
    tags: tuple[Key, ...]
    minutes: Minutes
    guidance: str = ""

    def reaches(self, age_band: str) -> bool:
        """May this idea be offered to people of this age, in any group?"""
        letter = AGE_LETTERS[age_band]
        if letter != "A" and WITHHELD_FROM_MINORS.intersection(self.tags):
            return False
        return letter in self.ages

    def suits(self, mode: str, age_band: str) -> bool:
        """May this idea be offered in this kind of group to people of this age?"""
        return self.reaches(age_band) and not MODE_SETTINGS[mode].isdisjoint(self.settings)


class IdeaText(Entry, frozen=True):
    """One idea in another language."""

    key: str
    text: str = ""
    guidance: str = ""

    def applied_to(self, idea: Idea) -> Idea:
        return msgspec.structs.replace(idea, **given(self))


class Source(Entry, frozen=True):
    key: Key
    citation: Text
    doi: Annotated[str, Meta(pattern=r"^10\.\d{4,9}/\S+$")]
    year: Annotated[int, Meta(ge=1950, le=2100)]


class Claim(Entry, frozen=True):
    """What studies say on one point; strength 3 to 1, or 0 where it is contested or null."""

    key: Key
    text: Text
    strength: Literal[0, 1, 2, 3]
    sources: tuple[str, ...]
    what_we_do: Text


class LeftOut(Entry, frozen=True):
    """Something often said about kindness that we do not say, and why."""

    key: Key
    title: Text
    text: Text


class Evidence(Entry, frozen=True):
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    left_out: tuple[LeftOut, ...]


def given(words: Struct) -> dict[str, object]:
    """The fields a translation or variant really fills in."""
    return {
        name: value
        for name, value in msgspec.structs.asdict(words).items()
        if name not in {"key", "steps", "variants"} and value
    }
