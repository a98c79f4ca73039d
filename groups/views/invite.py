from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.models import User
from accounts.models.audit import record
from accounts.people import person
from accounts.typed import typed
from groups.forms import InvitationsForm
from groups.messages import invite
from groups.models import Group, JoinCode
from kindness_platform.htmx import render_page


@require_POST
def rotate(request: HttpRequest, slug: str) -> HttpResponse:
    """A new code in place of the old one, which is dead at once; or the first one."""
    group = group_run_by(person(request), slug)
    if group.is_class:
        return redirect("classroom", slug=slug)
    live = JoinCode.live_of(group)
    code = live.rotate(person(request)) if live else JoinCode.current(group, person(request))
    record(person(request), "rotated", code, group_id=group.pk)
    messages.success(request, _("Here is a new code. The old code and its link no longer work."))
    return redirect("invite", slug=group.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Mail the invitation to pasted addresses: to all of them, or, if one is wrong, to none yet."""
    user = person(request)
    group = group_run_by(user, slug)
    code = JoinCode.live_of(group)
    if request.method != "POST" or code is None:
        return redirect("invite", slug=group.slug)
    form = InvitationsForm(typed(request))
    if not form.is_valid():
        context = {"group": group, "form": form}
        return render_page(request, "groups/send_invitations.html", context, partial="send", status=422)
    if not group.policy.mail_open:
        raise PermissionDenied
    if not limits.allow(request, "invite"):
        return limits.too_many(request, "invite")
    addresses = form.cleaned_data["addresses"]
    with transaction.atomic():
        here = set(group.memberships.open().filter(user__email__in=addresses).values_list("user__email", flat=True))
        for address in addresses:
            if address not in here:
                invite(address, group, code, user)
    # The same words whoever is in already: a leader learns nobody's address by trying.
    words = ngettext(
        "Thank you, that is %(count)d address. Whoever is not in the group yet gets an invitation.",
        "Thank you, these are %(count)d addresses. Whoever is not in the group yet gets an invitation.",
        len(addresses),
    )
    messages.success(request, words % {"count": len(addresses)})
    return redirect("invite", slug=group.slug)


@require_safe
def qr(request: HttpRequest, slug: str) -> HttpResponse:
    """The join link as a picture to print, with the group's name and the code below it."""
    group = group_run_by(person(request), slug)
    code = JoinCode.live_of(group)
    if code is None:
        raise Http404
    context = {"group": group, "code": code, "link": link_of(code)}
    response = render(request, "groups/qr.svg", context, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{group.slug}.svg"'
    return response


def group_run_by(user: User, slug: str, *, also_ended: bool = False, for_good: bool = False) -> Group:
    """A group this person may run; a member may see it but not run it.

    Args:
        also_ended: whether it may be one that was put away or is about to be deleted.
        for_good: whether this is more than somebody may do who only stands in for a day.
    """
    groups = Group.objects.visible_to(user)
    if also_ended:
        groups |= Group.objects.ended_or_run_by(user)
    group = get_object_or_404(groups.select_related("organization"), slug=slug)
    if not group.can_be_run_by(user) or (for_good and group.is_led_for_a_time_by(user)):
        raise PermissionDenied
    if not also_ended:
        group.check_open()
    return group


def link_of(code: JoinCode) -> str:
    """The address that lets people in by this code."""
    return settings.BASE_URL + reverse("join", args=[code.code])
