from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import typed
from challenges.edit_forms import MyWayForm
from challenges.models import Challenge, Participation


@require_http_methods(["GET", "HEAD", "POST"])
def my_way(request: HttpRequest, public_id: str) -> HttpResponse:
    """How I take part: dose, rhythm, pause. Nobody else ever sees it, and no reason is asked."""
    user = person(request)
    challenges = Challenge.objects.visible_to(user).select_related("group__organization")
    challenge = get_object_or_404(challenges, public_id=public_id)
    if not challenge.group.memberships.active().filter(user=user).exists():
        raise PermissionDenied
    challenge.group.check_open()
    if request.method == "POST":
        # Sent twice at once, it is one row still.
        mine = challenge.welcome(user)
    else:
        known = challenge.participations.filter(user=user).first()
        mine = known or Participation(challenge=challenge, user=user, joined_on=user.today())
    mine.challenge = challenge
    form = MyWayForm(typed(request), instance=mine, today=user.today())
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Only you can see this."))
        return redirect("home")
    context = {"challenge": challenge, "form": form, "mine": mine}
    return render(request, "challenges/my_way.html", context, status=422 if form.is_bound else 200)
