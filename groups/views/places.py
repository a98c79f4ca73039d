"""The people of a group as those who run it see them, and what they may do about one place."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.people import person
from accounts.typed import asked, typed
from groups.models import Group, Membership
from groups.models.group import LastLeader
from groups.settings_forms import PauseForm
from groups.views.invite import group_run_by

PAGE = 50
REMOVED_SHOWN = 20


@require_safe
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who is in, leaders first, and who was removed."""
    group = group_run_by(person(request), slug)
    active = group.memberships.active().select_related("user").order_by("role", "user__name", "pk")
    page = Paginator(active, PAGE).get_page(asked(request).get("page"))
    for place in page:
        place.group = group
    context = {
        "group": group,
        "page": page,
        "removed": removed_from(group)[:REMOVED_SHOWN],
    }
    return render(request, "groups/places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One person's place: leading, a pause, removal."""
    user = person(request)
    group = group_run_by(user, slug)
    place = _place(group, public_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = PauseForm(typed(request) if do == "mute" else None, organization=group.organization)
    mine = group.memberships.active().leaders().filter(user=user).first()
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        _change(request, place, mine, do, form)
        # Who laid their part into other hands has nothing to change here any more.
        return redirect("group-people" if group.can_be_run_by(user) else "people", slug=slug)
    context = {
        "group": group,
        "place": place,
        "form": form,
        "is_me": place.user_id == user.pk,
        "looks_after": group.has_admin(place.user) and not group.has_admin(user),
        "may_hand_over": mine is not None and mine.pk != place.pk and place.may_lead,
    }
    return render(request, "groups/place.html", context, status=422 if form.is_bound else 200)


def removed_from(group: Group) -> list[Membership]:
    """Those whose last place was closed by a leader, newest first."""
    last = group.memberships.filter(user=OuterRef("user")).order_by("-joined_at", "-pk").values("pk")[:1]
    closed = group.memberships.filter(state=Membership.State.REMOVED, pk=Subquery(last))
    return list(closed.select_related("user").order_by("-ended_at", "-pk"))


def _place(group: Group, public_id: str) -> Membership:
    """The place somebody has now, or the one that was closed."""
    places = group.memberships.filter(state__in=[Membership.State.ACTIVE, Membership.State.REMOVED])
    found = places.filter(user__public_id=public_id).select_related("user").order_by("state", "-pk")
    place = get_object_or_404(found[:1])
    place.group = group
    return place


def _change(request: HttpRequest, place: Membership, mine: Membership | None, do: str, form: PauseForm) -> None:
    """Do what a button of the page asks, and say what happened."""
    by, name = person(request), place.user.name
    done = ""
    try:
        if do == "lead" and place.make_leader(by):
            done = _("%(name)s leads as well now.")
        elif do == "unlead" and place.unmake_leader(by):
            done = _("%(name)s is a member like the others now.")
        elif do == "hand-over" and mine and mine.hand_over(place, by):
            done = _("%(name)s leads from now on.")
        elif do == "mute" and place.state == place.State.ACTIVE and not place.is_leader:
            place.mute(form.cleaned_data["until"], by)
            done = _("%(name)s can read along until then, and was told.")
        elif do == "unmute" and place.is_muted:
            place.mute(None, by)
            done = _("%(name)s can post again.")
        elif do == "remove" and _may_remove(place, by) and place.remove(by):
            done = _("%(name)s is no longer in the group, and was told.")
        elif do == "back" and place.let_back(by):
            done = _("An invitation works again for %(name)s.")
    except LastLeader:
        messages.info(request, _("A group needs somebody who leads it. Please let somebody else lead first."))
        return
    if done:
        messages.success(request, done % {"name": name})
    else:
        messages.info(request, _("Nothing was changed."))


def _may_remove(place: Membership, by: User) -> bool:
    """Nobody removes themselves: they leave. Who looks after the organization is removed by its admins alone."""
    return place.user_id != by.pk and (not place.group.has_admin(place.user) or place.group.has_admin(by))
