from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.people import person
from accounts.typed import asked
from feed.models import Act
from feed.ripples import DRAWN, Ripple, label_of, nodes_of, ripple_of, told

LISTED = 60


@require_safe
def ripple(request: HttpRequest, public_id: str) -> HttpResponse:
    """A chain as a story and as a drawing that say the same.

    Whoever may open one act of it may see its shape; of the others they learn that there is a link.
    """
    act = get_object_or_404(Act.objects.select_related("group"), public_id=public_id)
    ripple = ripple_of(act, person(request))
    if not ripple.acts:
        raise Http404
    if ripple.public_id != public_id:
        return redirect(f"{ripple.path}?from={public_id}#told-{public_id}")
    drawn = ripple.branch()
    page = Paginator(ripple.places, LISTED).get_page(asked(request).get("page"))
    context = {
        "ripple": ripple,
        "came_from": _came_from(ripple, asked(request).get("from", ""), act),
        "nodes": nodes_of(drawn),
        "label": label_of(drawn, ripple),
        "more": len(ripple.places) - len(drawn),
        "is_line": len(drawn) <= 12,
        "page": page,
        "story": told(page.object_list),
        "drawn_most": DRAWN,
    }
    return render(request, "feed/ripple.html", context)


def _came_from(ripple: Ripple, named: str, origin: Act) -> Act:
    """The way back: the act the reader came from, else the first one of the chain that they may open."""
    readable = [place.pk for place in ripple.places if place.is_act]
    acts = Act.objects.select_related("group")
    asked_for = acts.filter(public_id=named).first() if named else origin
    if asked_for is not None and asked_for.pk in readable:
        return asked_for
    return acts.get(pk=readable[0])
