from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.people import person
from accounts.typed import asked
from feed.cards import name_of
from feed.cursor import read_id_cursor
from feed.models import Act, Credit
from feed.models.act_query import PAGE

STATES = {"hide": Credit.State.HIDDEN, "decline": Credit.State.DECLINED, "show": Credit.State.SHOWN}


@require_safe
def about_me(request: HttpRequest) -> HttpResponse:
    """The acts that name me, newest first. Nobody else sees this page, nor what I make of it."""
    user = person(request)
    readable = Act.objects.visible_to(user).in_feed().order_by()
    credits_ = Credit.objects.filter(person=user, act__in=readable).exclude(state=Credit.State.REMOVED)
    before = read_id_cursor(asked(request).get("before"))
    if before is not None:
        credits_ = credits_.filter(pk__lt=before)
    found = list(credits_.select_related("act__author", "act__group").order_by("-pk")[: PAGE + 1])
    context = {
        "credits": [(credit, name_of(credit.act)) for credit in found[:PAGE]],
        "earlier": f"?before={found[PAGE - 1].pk}" if found[PAGE:] else "",
    }
    return render(request, "feed/credits.html", context)


@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say thank you, hide my name, decline, or show it again. The author hears of a thank-you and of nothing else."""
    credit = get_object_or_404(Credit.objects.visible_to(person(request)), public_id=public_id)
    word = request.POST.get("answer", "")
    if word == "thank":
        Credit.objects.filter(pk=credit.pk, thanked_at=None).update(thanked_at=timezone.now())
        messages.success(request, _("Your thank-you stands under the act, for its author alone."))
    elif word in STATES:
        credit.become(STATES[word])
        messages.success(
            request, _("Your name is shown again.") if word == "show" else _("Your name is gone from this act.")
        )
    else:
        raise BadRequest("This is not an answer.")
    return redirect("credits")
