from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.models import User
from accounts.people import person
from challenges.models import Challenge
from feed.back import back_to
from feed.composer import composer_for
from feed.models import Act
from feed.views.composing import show_composer
from groups.models import Group


def _followed(user: User, public_id: str) -> Act:
    """An act that this person may follow: one they can read, in a group they belong to."""
    act = get_object_or_404(Act.objects.visible_to(user).with_card(), public_id=public_id)
    if not act.can_be_followed_by(user) or not Group.objects.of_member(user).filter(pk=act.group_id).exists():
        raise PermissionDenied
    return act


@require_safe
def pass_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """The composer with the link set. Nothing is linked until it is posted."""
    act = _followed(person(request), public_id)
    composer = composer_for(request, act.group, parent=act, link_kind=Act.Link.PASSED_ON)
    return show_composer(request, composer)


@require_POST
def did_too(request: HttpRequest, public_id: str) -> HttpResponse:
    """One tap: I did the same. Counted once per person and act; not a link of the chain."""
    user = person(request)
    act = _followed(user, public_id)
    if words := act.group.why_quiet(user):
        messages.info(request, words)
        return back_to(request, act)
    if not limits.allow(request, "post"):
        return limits.too_many(request, "post")
    today = user.today()
    counts = act.challenge is not None and act.challenge.takes_acts_of(today, today=today)
    try:
        Act.objects.post(
            user,
            act.group,
            kind=Act.Kind.DID,
            done_on=today,
            form_key=f"too-{act.public_id}",
            source=Act.Source.TICK,
            idea_key=act.idea_key,
            challenge=act.challenge if counts else Challenge.objects.of_day(act.group, today).first(),
            step=act.step if counts else None,
            parent=act,
            link_kind=Act.Link.INSPIRED,
        )
    except Act.TakenDown as gone:
        # What somebody else took down does not come back by one more tap.
        if not gone.act.can_be_restored_by(user):
            messages.info(request, _("You told this before, and it was taken down. It does not come back by a tap."))
            return back_to(request, act)
        gone.act.restore(user)
    messages.success(request, _("Counted: you did this too. It is among your acts."))
    return back_to(request, act)
