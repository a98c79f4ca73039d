from dataclasses import dataclass
from typing import cast

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.typed import asked
from challenges.audience import Audience
from challenges.catalog import Category, Idea, find_ideas, ideas
from challenges.programs import AGES
from kindness_platform.htmx import render_page

EFFORTS = {"1": gettext_lazy("A little"), "2": gettext_lazy("Some"), "3": gettext_lazy("A good deal")}
SETTINGS = {
    "work": gettext_lazy("At work"),
    "school": gettext_lazy("At school"),
    "home": gettext_lazy("At home"),
    "community": gettext_lazy("Out and about"),
    "online": gettext_lazy("Online"),
    "self": gettext_lazy("On your own"),
}
# The library is for reading: whoever asks sees what any group may be offered, with its ages beside it.
AUDIENCES = (
    Audience("workplace", "adult"),
    Audience("secondary", "16-18"),
    Audience("secondary", "11-15"),
    Audience("primary", "7-11"),
)
BANDS = {"7-11": AGES["P"], "11-15": AGES["S"], "adult": AGES["A"]}
ANY = [("", gettext_lazy("Any"))]


class IdeasForm(forms.Form):
    """What to look for in the library; everything may be left open."""

    text = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=60, widget=forms.SearchInput)
    category = forms.ChoiceField(label=gettext_lazy("Kind of act"), required=False)
    effort = forms.ChoiceField(label=gettext_lazy("Effort"), required=False, choices=[*ANY, *EFFORTS.items()])
    setting = forms.ChoiceField(label=gettext_lazy("Where"), required=False, choices=[*ANY, *SETTINGS.items()])
    ages = forms.ChoiceField(label=gettext_lazy("Ages"), required=False, choices=[*ANY, *BANDS.items()])

    def __init__(self, data: object = None) -> None:
        super().__init__(data, auto_id="ideas-%s")  # type: ignore[arg-type]
        category = cast(forms.ChoiceField, self.fields["category"])
        category.choices = [*ANY, *((c.value, _(c.label)) for c in Category)]
        self.fields["text"].widget.attrs["autocomplete"] = "off"
        for name in ("category", "effort", "setting", "ages"):
            self.fields[name].widget.attrs["class"] = "input"

    def found(self) -> list[Idea]:
        """The ideas that fit; an answer that is not one of ours narrows nothing.

        Each is in the words for the ages that were asked for; where none were, in those for adults if they have it.
        """
        self.is_valid()
        chosen = self.cleaned_data
        effort, words = chosen.get("effort"), chosen.get("text", "")
        bands = [chosen["ages"]] if chosen.get("ages") else [one.age_band for one in AUDIENCES]
        wanted: dict[str, Idea] = {}
        worded: set[str] = set()
        for audience in [one for one in AUDIENCES if one.age_band in bands]:
            found = find_ideas(
                mode=audience.mode,
                age_band=audience.age_band,
                category=chosen.get("category") or None,
                effort=int(effort) if effort else None,
                setting=chosen.get("setting") or None,
                text=words,
                language=get_language() or "en",
            )
            wanted |= {idea.key: idea for idea in found if idea.key not in worded}
            worded |= audience.library().keys()
        return [wanted[key] for key in ideas() if key in wanted]


@dataclass(frozen=True)
class Entry:
    """An idea as the library shows it."""

    idea: Idea

    @property
    def category(self) -> str:
        return _(self.idea.category.label)

    @property
    def effort(self) -> str:
        return str(EFFORTS[str(self.idea.effort)])

    @property
    def settings(self) -> str:
        return _(", ").join(str(SETTINGS[setting]) for setting in self.idea.settings)

    @property
    def ages(self) -> str:
        """Which age bands it may be offered to; what reaches adults only says so."""
        bands = {"P": "7-11", "S": "11-15", "A": "adult"}
        reached = [str(AGES[letter]) for letter, band in bands.items() if self.idea.reaches(band)]
        return _("any age") if len(reached) == len(bands) else _(", ").join(reached)


@login_not_required
@require_safe
def ideas_page(request: HttpRequest) -> HttpResponse:
    """The idea library, to read and to search."""
    query = asked(request)
    form = IdeasForm(query)
    found = [Entry(idea) for idea in form.found()]
    context = {"form": form, "entries": found, "narrowed": any(query.get(name) for name in form.fields)}
    return render_page(request, "challenges/ideas.html", context, partial="found")
