"""Which programs are offered to whom, and what can be said about one at a glance."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.catalog import Claim, Program, Source, StepTemplate, claims, programs, sources
from challenges.catalog.types import AGE_LETTERS, MODE_LETTERS

# Ground and figure, as the drawings take them; a program keeps its colors wherever it is shown.
COLORS = {
    "t01": "sun poppy,petal poppy,poppy petal,sun poppy",
    "t02": "sky spruce,sky poppy,sun spruce,sky spruce",
    "t08": "leaf sun,sun leaf,sky spruce,leaf sun",
    "t11": "sun sky,sky sun,petal spruce,sun sky",
    "t12": "petal sky,sky petal,sun spruce,petal sky",
}
OTHER_COLORS = "sun spruce,petal poppy,sky spruce"
AGES = {"P": gettext_lazy("7 to 11"), "S": gettext_lazy("11 to 18"), "A": gettext_lazy("adults")}
PEOPLE = {
    "workplace": gettext_lazy("teams at work"),
    "community": gettext_lazy("community groups"),
    "secondary": gettext_lazy("classes, 11 to 18"),
    "primary": gettext_lazy("classes, 7 to 11"),
}
WORDED = {
    "workplace": gettext_lazy("Worded for teams"),
    "community": gettext_lazy("Worded for community groups"),
    "secondary": gettext_lazy("Worded for ages 11 to 18"),
    "primary": gettext_lazy("Worded for ages 7 to 11"),
}


def programs_for(age_band: str, mode: str = "", *, language: str = "en") -> dict[str, Program]:
    """The programs offered to groups of an age band, and of one kind if it is named, by key."""
    letter = AGE_LETTERS[age_band]
    modes = {known for known in MODE_LETTERS if MODE_LETTERS[known] == letter and mode in {"", known}}
    return {key: plan for key, plan in programs(language).items() if modes & set(plan.modes)}


@dataclass(frozen=True)
class Glance:
    """A program as it is shown in a list: the words around its own title and summary."""

    plan: Program

    @property
    def url(self) -> str:
        return reverse("program", args=[self.plan.slug])

    @property
    def start_url(self) -> str:
        return reverse("start", query={"program": self.plan.slug})

    @property
    def is_for_adults(self) -> bool:
        """Whether anybody may begin it on the page that starts challenges; classes begin with their list."""
        return "A" in self.plan.ages

    @property
    def colors(self) -> str:
        return COLORS.get(self.plan.key, OTHER_COLORS)

    @property
    def seed(self) -> str:
        return f"program-{self.plan.key}"

    @property
    def length(self) -> str:
        days = self.plan.length_days
        if days % 7:
            return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
        return ngettext("%(count)d week", "%(count)d weeks", days // 7) % {"count": days // 7}

    @property
    def rhythm(self) -> str:
        """How often it asks, in a few words."""
        cadence = self.plan.cadence
        if cadence.kind == "daily":
            return _("A prompt each day")
        if cadence.kind == "weekly":
            return ngettext("%(count)d act a week", "%(count)d acts a week", cadence.per_week) % {
                "count": cadence.per_week
            }
        return ngettext("%(count)d card, in any order", "%(count)d cards, in any order", len(self.plan.steps)) % {
            "count": len(self.plan.steps)
        }

    @property
    def minutes(self) -> str:
        return _("%(low)d to %(high)d minutes") % {"low": self.plan.minutes_low, "high": self.plan.minutes_high}

    @property
    def ages(self) -> str:
        return _(", ").join(str(AGES[letter]) for letter in self.plan.ages)

    @property
    def people(self) -> str:
        return _(", ").join(str(PEOPLE[mode]) for mode in self.plan.modes)

    @property
    def mix(self) -> str:
        """Outward acts and inward practice, which every program states."""
        outward, inward = self.plan.mix
        told = ngettext("%(count)d for others", "%(count)d for others", outward) % {"count": outward}
        if not inward:
            return told
        kept = ngettext("%(count)d for yourself", "%(count)d for yourself", inward) % {"count": inward}
        return _("%(outward)s, %(inward)s") % {"outward": told, "inward": kept}

    @property
    def note(self) -> list[str]:
        return [paragraph for paragraph in self.plan.evidence_note.split("\n\n") if paragraph.strip()]

    @property
    def sources(self) -> list[Source]:
        known = sources()
        return [known[key] for key in self.plan.evidence]


@dataclass(frozen=True)
class Part:
    """A stretch of a program under one heading: a week, or all of its cards. Numbers run on through the parts."""

    title: str
    steps: list[tuple[int, StepTemplate]]


def parts_of(plan: Program, mode: str) -> list[Part]:
    """The prompts of a program, week by week, in the words for one kind of group."""
    numbered = [(n, step.for_mode(mode)) for n, step in enumerate(plan.steps, start=1)]
    weeks = sorted({step.week for _n, step in numbered})
    if len(weeks) < 2:
        return [Part(_("The prompts") if plan.cadence.kind != "cards" else _("The cards"), numbered)]
    return [Part(_week_title(plan, week), [(n, step) for n, step in numbered if step.week == week]) for week in weeks]


def _week_title(plan: Program, week: int) -> str:
    named = plan.weeks_titles[week - 1] if 0 < week <= len(plan.weeks_titles) else ""
    number = _("Week %(number)d") % {"number": week}
    return _("%(week)s: %(title)s") % {"week": number, "title": named} if named else number


STRENGTHS = {
    3: gettext_lazy("Well supported"),
    2: gettext_lazy("Supported by one or two good studies"),
    1: gettext_lazy("Early or small studies"),
    0: gettext_lazy("Contested, or nothing found"),
}


@dataclass(frozen=True)
class Study:
    """A source as it is named in passing: "Curry et al. (2018)"."""

    source: Source

    @property
    def name(self) -> str:
        authors = self.source.citation.partition(" (")[0].replace(" &", ",").split(",")
        people = [author.strip() for author in authors if author.strip()]
        if len(people) > 2:
            return _("%(first)s et al. (%(year)d)") % {"first": people[0], "year": self.source.year}
        return f"{' & '.join(people)} ({self.source.year})"


@dataclass(frozen=True)
class Grade:
    """The claims of one strength, with the studies behind each."""

    strength: int
    title: str
    claims: list[tuple[Claim, list[Study]]]


def graded_claims() -> list[Grade]:
    """What studies say, strongest first."""
    known = sources()
    return [
        Grade(
            strength,
            str(title),
            [
                (claim, [Study(known[key]) for key in claim.sources])
                for claim in claims().values()
                if claim.strength == strength
            ],
        )
        for strength, title in STRENGTHS.items()
    ]
