"""What came together in a challenge: the page to look at with everybody once it is over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.people import person
from challenges.models import Challenge, Step
from challenges.schedule import Phase
from feed.cards import Card, cards_for
from feed.models import Act
from feed.ripples import longest_of
from feed.totals import totals_of
from kindness_platform.pages.challenge import days_of

MOMENTS = 24


@require_safe
def closing(request: HttpRequest, public_id: str) -> HttpResponse:
    """For everybody after the last day; until then a preview for those who run the group."""
    user = person(request)
    challenges = Challenge.objects.visible_to(user).select_related("group__organization")
    challenge = get_object_or_404(challenges, public_id=public_id)
    runs = challenge.group.can_be_run_by(user)
    ended = challenge.phase in {Phase.LATE, Phase.CLOSED}
    context = {"challenge": challenge, "runs": runs, "days": days_of(challenge), "phase": challenge.phase}
    if challenge.phase == Phase.CANCELLED or not (ended or runs):
        return render(request, "pages/closing_not_yet.html", context)
    context |= {
        "top_class": "top--spruce",
        "preview": not ended,
        "totals": totals_of([challenge])[challenge.pk],
        "cards": moments_of(challenge, user),
        "ripple": longest_of(challenge),
        "habit": habit_of(challenge),
    }
    return render(request, "pages/closing.html", context)


def moments_of(challenge: Challenge, reader: User) -> list[Card]:
    """The acts that the group chose to remember, as long as they are still in its feed."""
    chosen = Act.objects.in_feed().filter(moments__challenge=challenge, group=challenge.group_id)
    return cards_for(chosen.with_card()[:MOMENTS], reader, [challenge.group])


def habit_of(challenge: Challenge) -> Step | None:
    """The last thing the challenge asked: which act to keep, and when."""
    step = challenge.steps.visible().last()
    if step:
        step.challenge = challenge
    return step
