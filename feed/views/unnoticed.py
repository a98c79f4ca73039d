from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from feed.unnoticed import unnoticed_in
from groups.views.pupils import class_run_by


@require_safe
def unnoticed(request: HttpRequest, slug: str) -> HttpResponse:
    """Whose kindness has not been noticed lately, for those who teach the class."""
    group = class_run_by(person(request), slug)
    return render(request, "feed/unnoticed.html", {"group": group, "found": unnoticed_in(group)})
