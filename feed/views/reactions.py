from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.people import person
from feed import messages
from feed.back import back_to
from feed.cards import cards_for
from feed.models import Act, Reaction


@require_POST
def reactions(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """Answer an act, or take the answer back. Nobody is told a number."""
    user = person(request)
    act = get_object_or_404(Act.objects.visible_to(user).with_card(), public_id=public_id)
    if act.author_id == user.pk or not act.is_in_feed or not act.group.policy.reactions_open:
        raise PermissionDenied
    if not limits.allow(request, "react"):
        return limits.too_many(request, "react")
    if Reaction.objects.toggle(act, user, kind):
        messages.act_was_answered(act)
    if not request.headers.get("HX-Request"):
        return back_to(request, act)
    # The card is drawn once more, and htmx takes nothing out of it but the bar.
    response = render(request, "feed/cards.html", {"cards": cards_for([act], user, [act.group])})
    response["HX-Retarget"] = f"#act-{act.public_id} .react"
    response["HX-Reswap"] = "outerHTML"
    response["HX-Reselect"] = ".react"
    return response
