from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.people import person
from accounts.typed import typed
from challenges.edit_forms import MyWayForm, PlanForm
from challenges.models import Challenge, Participation, Plan


@require_http_methods(["GET", "HEAD", "POST"])
def my_way(request: HttpRequest, public_id: str) -> HttpResponse:
    """How I take part: dose, rhythm, pause. Nobody else ever sees it, and no reason is asked."""
    user = person(request)
    challenge = _taken_part_in(user, public_id)
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


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """ "When …, I will …" for this week: asked once, changed at will, and left out for a week with one button."""
    user = person(request)
    challenge = _taken_part_in(user, public_id)
    if challenge.group.is_class:  # pupils get no mail that it could stand in
        raise Http404
    mine, sent = Plan.objects.of_week(challenge, user), typed(request)
    if sent is not None and "skip" in sent:
        Plan.objects.make(challenge, user, cue="", act="")
        messages.success(request, _("No plan this week, then."))
        return redirect("home")
    form = PlanForm(sent, initial={"cue": mine.cue, "act": mine.act} if mine else None)
    if form.is_bound and form.is_valid():
        Plan.objects.make(challenge, user, **form.cleaned_data)
        messages.success(request, _("Kept. It stands on Today and in your reminders of this week."))
        return redirect("home")
    context = {"challenge": challenge, "form": form, "mine": mine}
    return render(request, "challenges/plan.html", context, status=422 if form.is_bound else 200)


def _taken_part_in(user: User, public_id: str) -> Challenge:
    """A challenge of a group in which this person is."""
    challenges = Challenge.objects.visible_to(user).select_related("group__organization")
    challenge = get_object_or_404(challenges, public_id=public_id)
    if not challenge.group.memberships.active().filter(user=user).exists():
        raise PermissionDenied
    challenge.group.check_open()
    return challenge
