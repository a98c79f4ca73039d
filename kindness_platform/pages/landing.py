"""The front page for visitors."""

from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import get_language

from challenges.programs import Glance, programs_for
from kindness_platform.art import Place


class Example(NamedTuple):
    """Somebody made up, with an id to draw a patch from."""

    public_id: str


# The umbrella of the example: who set off whom, in the order it happened.
UMBRELLA = (
    (None, "ink", "Amira"),
    (0, "poppy", "Kwame"),
    (0, "sun", "Tomasz"),
    (1, "sky", "Sam"),
    (2, "sun", "Joan"),
    (3, "poppy", "Rosa"),
    (5, "leaf", "Priya"),
)


def landing(request: HttpRequest) -> HttpResponse:
    """What a visitor sees at `/`. Its numbers are counted from the catalogue, never written down."""
    programs = [Glance(plan) for plan in programs_for("adult", language=get_language() or "en").values()]
    return render(
        request,
        "pages/landing.html",
        {
            "top_class": "top--sun",
            "programs": programs,
            "how_many": capfirst(str(apnumber(len(programs)))),
            "umbrella": [Place(parent, tone, number) for number, (parent, tone, _name) in enumerate(UMBRELLA, 1)],
            "example": Example("example-kwame"),
            "people": [(number, name) for number, (_parent, _tone, name) in enumerate(UMBRELLA, 1)],
        },
    )
