from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from groups.models import Group, Membership, Organization


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """My groups: what each is, how many we are, and what I am in it; what was put away or is on its way out."""
    user = person(request)
    us = Membership.objects.active().filter(group=OuterRef("group")).order_by().values("group")
    places = (
        Membership.objects.active()
        .filter(user=user, group__delete_after=None)
        .annotate(people=Subquery(us.annotate(n=Count("pk")).values("n")))
        .select_related("group")
        .order_by("group__name", "pk")
    )
    context = {
        "places": [place for place in places if place.group.is_open],
        "put_away": [place.group for place in places if not place.group.is_open],
        "going": Group.objects.ended_or_run_by(user).exclude(delete_after=None).order_by("name", "pk"),
        "organizations": Organization.objects.administered_by(user).order_by("name", "pk"),
    }
    return render(request, "groups/groups.html", context)
