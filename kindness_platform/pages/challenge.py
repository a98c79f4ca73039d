"""One challenge as its whole group sees it: where it stands, what was asked, how far it went."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.people import person
from challenges.days import day_name
from challenges.models import Challenge
from challenges.overview import overview_of
from feed.ripples import longest_of
from feed.totals import totals_of
from groups.models import Group

PATCHES = 120
"""So many people are drawn; the number beside them counts all."""


@require_safe
def challenge(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    challenges = Challenge.objects.visible_to(user).select_related("group__organization")
    challenge = get_object_or_404(challenges, public_id=public_id)
    group = challenge.group
    count, people = people_of(group)
    context = {
        "challenge": challenge,
        "top_class": "top--spruce",
        "phase": challenge.phase,
        "totals": totals_of([challenge])[challenge.pk],
        "overview": overview_of(challenge, user),
        "ripple": longest_of(challenge),
        "people": people,
        "count": count,
        "is_member": group.memberships.active().filter(user=user).exists(),
        "runs": group.can_be_run_by(user),
        "days": days_of(challenge),
    }
    return render(request, "pages/challenge.html", context)


def people_of(group: Group) -> tuple[int, list[User]]:
    """How many people are in a group, and the first of them for the quilt: in an order that means nothing."""
    members = group.memberships.active()
    people = User.objects.filter(memberships__in=members).order_by("public_id")
    return members.count(), list(people.only("public_id")[:PATCHES])


def days_of(challenge: Challenge) -> dict[str, str]:
    """The days that a page about a challenge names, in words."""
    return {
        "starts": day_name(challenge.starts_on),
        "ends": day_name(challenge.ends_on),
        "closes": day_name(challenge.closes_on),
        "after": day_name(challenge.closes_on + timedelta(days=1)),
    }
