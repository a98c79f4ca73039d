from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.confirming import require_confirmation
from accounts.limits import allow, too_many
from accounts.models import AddressChange
from accounts.people import person
from groups.forms import LostAddressForm
from groups.lost_address import can_begin
from groups.models import Group


@require_http_methods(["GET", "HEAD", "POST"])
def lost_address(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Begin a change of address for a member who can no longer read their mail."""
    me = person(request)
    group = get_object_or_404(Group.objects.visible_to(me), slug=slug)
    place = get_object_or_404(group.memberships.active().select_related("user"), user__public_id=public_id)
    if not can_begin(group, me, place.user):
        raise PermissionDenied
    require_confirmation(request)
    form = LostAddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not allow(request, "address"):
            return too_many(request, "address")
        AddressChange.objects.begin(place.user, form.cleaned_data["address"], by=me, group_id=group.pk)
        messages.success(
            request, _("We have written to both addresses. %(name)s does the rest.") % {"name": place.user.name}
        )
        return redirect("people", group.slug)
    context = {"group": group, "member": place.user, "form": form}
    return render(request, "groups/lost_address.html", context, status=422 if form.is_bound else 200)
