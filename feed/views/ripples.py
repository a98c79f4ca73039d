from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.people import person
from feed.models import Act
from feed.ripples import DRAWN, label_of, nodes_of, ripple_of, told

LISTED = 60


@require_safe
def ripple(request: HttpRequest, public_id: str) -> HttpResponse:
    """A chain as a story and as a drawing that say the same.

    Whoever may open one act of it may see its shape; of the others they learn that there is a link.
    """
    act = get_object_or_404(Act, public_id=public_id)
    ripple = ripple_of(act, person(request))
    if not ripple.acts:
        raise Http404
    if ripple.public_id != public_id:
        return redirect(f"{ripple.path}#told-{public_id}")
    drawn = ripple.branch()
    page = Paginator(ripple.places, LISTED).get_page(request.GET.get("page"))
    context = {
        "ripple": ripple,
        "nodes": nodes_of(drawn),
        "label": label_of(drawn, ripple),
        "more": len(ripple.places) - len(drawn),
        "is_line": len(drawn) <= 12,
        "page": page,
        "story": told(page.object_list),
        "drawn_most": DRAWN,
    }
    return render(request, "feed/ripple.html", context)
