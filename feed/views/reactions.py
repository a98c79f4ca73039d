from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.people import person
from accounts.pupils import open_to_pupils
from feed import messages
from feed.back import back_to
from feed.cards import cards_for
from feed.models import Act, Reaction

FOR_PUPILS = frozenset({Reaction.Kind.THANKS, Reaction.Kind.MOVED, Reaction.Kind.PASSING_ON})


@open_to_pupils
@require_POST
def reactions(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """Answer an act, or take the answer back. Nobody is told a number."""
    user = person(request)
    act = get_object_or_404(Act.objects.visible_to(user).with_card(), public_id=public_id)
    if user.is_pupil and kind not in FOR_PUPILS:
        raise Http404
    if act.author_id == user.pk or not act.is_in_feed or not act.group.policy.reactions_open:
        raise PermissionDenied
    if not limits.allow(request, "react"):
        return limits.too_many(request, "react")
    if Reaction.objects.toggle(act, user, kind):
        messages.act_was_answered(act)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('home')}#act-{public_id}") if user.is_pupil else back_to(request, act)
    # The card is drawn once more, and htmx takes nothing out of it but the bar.
    template = "feed/pupil_cards.html" if user.is_pupil else "feed/cards.html"
    response = render(request, template, {"cards": cards_for([act], user, [act.group])})
    response["HX-Retarget"] = f"#act-{act.public_id} .react"
    response["HX-Reswap"] = "outerHTML"
    response["HX-Reselect"] = ".react"
    return response
