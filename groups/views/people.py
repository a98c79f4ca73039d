from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people import person
from accounts.typed import asked
from groups.forms import LeaveForm
from groups.models import Group, Membership
from groups.models.group import LastLeader

PAGE = 120


@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in the group: names and who leads, for everybody the same."""
    group = get_object_or_404(Group.objects.visible_to(person(request)), slug=slug)
    places = group.memberships.active().select_related("user").order_by("user__name", "pk")
    page = Paginator(places, PAGE).get_page(asked(request).get("page"))
    context = {
        "group": group,
        "page": page,
        "is_member": group.memberships.active().filter(user=person(request)).exists(),
        "can_run": group.can_be_run_by(person(request)),
        "is_admin": group.has_admin(person(request)),
    }
    return render(request, "groups/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave a group, once it is sure that somebody leads it."""
    user = person(request)
    group = get_object_or_404(Group.objects.visible_to(user), slug=slug)
    membership = get_object_or_404(Membership.objects.active(), group=group, user=user)
    form = LeaveForm(request.POST if request.method == "POST" else None, group=group, membership=membership)
    if form.is_valid():
        try:
            group.part_with(user, successor=form.cleaned_data.get("successor"))
        except LastLeader:
            # Another leader left at the same moment; the page now asks who leads from here on.
            form = LeaveForm({}, group=group, membership=membership)
        else:
            messages.success(
                request, _("You have left %(group)s. What you posted there stays.") % {"group": group.name}
            )
            return redirect("groups")
    context = {"group": group, "form": form}
    return render(request, "groups/leave.html", context, status=422 if form.is_bound else 200)
