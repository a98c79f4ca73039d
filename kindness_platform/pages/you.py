from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from feed.act_form import FEELINGS
from feed.practiced import practiced_by


@require_safe
def you(request: HttpRequest) -> HttpResponse:
    """My own page: what happened, the way to my acts, to what names me, to my settings. For nobody else."""
    mine = practiced_by(person(request))
    told = [(feeling, dict(FEELINGS)[feeling.value]) for feeling in mine.feelings]
    return render(request, "pages/you.html", {"mine": mine, "told": told})
