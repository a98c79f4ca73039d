from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from feed.act_form import FEELINGS
from feed.practiced import practiced_by
from notifications.models import Suppression


@require_safe
def you(request: HttpRequest) -> HttpResponse:
    """My own page: what happened, the way to my acts, to what names me, to my settings. For nobody else."""
    me = person(request)
    mine = practiced_by(me)
    told = [(feeling, dict(FEELINGS)[feeling.value]) for feeling in mine.feelings]
    no_mail = Suppression.objects.stopped().filter(address=(me.email or "").lower()).first()
    return render(request, "pages/you.html", {"mine": mine, "told": told, "no_mail": no_mail})
