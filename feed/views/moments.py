from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.people import person
from feed.back import back_to
from feed.models import Act, Moment


@require_POST
def moment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose an act for its challenge's closing page, or put it back."""
    user = person(request)
    act = get_object_or_404(Act.objects.visible_to(user).with_card(), public_id=public_id)
    if act.challenge is None or not act.is_in_feed or not act.group.can_be_run_by(user):
        raise PermissionDenied
    act.group.check_open()
    deleted, _rows = Moment.objects.filter(challenge=act.challenge, act=act).delete()
    if deleted:
        messages.success(request, _("It is no longer among the moments of the closing page."))
    else:
        Moment.objects.get_or_create(challenge=act.challenge, act=act, defaults={"chosen_by": user})
        messages.success(request, _("Chosen for the closing page."))
    return back_to(request, act)
