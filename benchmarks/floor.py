"""Three pages to measure against.

A1 is a bare page of a signed-in person (three queries). A3 is a feed of twenty acts as one would
ordinarily write it: four queries, and a template with an include, addresses and translations in the
loop. A3L is the same feed with a flat template.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from accounts.people import person
from feed.models import Act
from groups.models import Membership


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "bare.html", {"groups": Membership.objects.filter(user=person(request)).count()})


def _feed(request: HttpRequest, template: str, group: str) -> HttpResponse:
    member = get_object_or_404(
        Membership.objects.select_related("group"), user=person(request), group__slug=group, state="active"
    )
    acts = (
        # The product's own condition and order, so that the floor stands on the same index.
        Act.objects.filter(group_id=member.group_id).in_feed().select_related("author")[:20]
    )
    return render(request, template, {"group": member.group, "acts": acts})


@login_required
def feed(request: HttpRequest, group: str) -> HttpResponse:
    return _feed(request, "feed.html", group)


@login_required
def feed_flat(request: HttpRequest, group: str) -> HttpResponse:
    return _feed(request, "feed_flat.html", group)


urlpatterns = [
    path("a1/", bare, name="a1"),
    path("a3/<slug:group>/", feed, name="a3"),
    path("a3l/<slug:group>/", feed_flat, name="a3l"),
    path("acts/<str:public_id>/", bare, name="act"),
    path("acts/<str:public_id>/edit/", bare, name="act-edit"),
    path("acts/<str:public_id>/reactions/<str:kind>/", bare, name="reaction"),
    path("people/<str:public_id>/", bare, name="person"),
]
