from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from groups.models import Membership


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """My groups: what each is, how many we are, and what I am in it."""
    places = (
        Membership.objects.active()
        .filter(user=person(request), group__archived_at=None)
        .annotate(people=Count("group__memberships", filter=Q(group__memberships__state=Membership.State.ACTIVE)))
        .select_related("group")
        .order_by("group__name", "pk")
    )
    return render(request, "groups/groups.html", {"places": places})
