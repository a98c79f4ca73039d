from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import typed
from feed.farewell import holdings_of
from groups.settings_forms import DeleteForm
from groups.views.invite import group_run_by


@require_http_methods(["GET", "HEAD", "POST"])
def delete_group(request: HttpRequest, slug: str) -> HttpResponse:
    """What would be lost, the name typed by hand, and for seven days the way back."""
    user = person(request)
    group = group_run_by(user, slug, also_ended=True, for_good=True)
    if request.method == "POST" and request.POST.get("do") == "keep":
        if group.keep(user):
            messages.success(request, _("%(group)s stays. Nothing was lost.") % {"group": group.name})
        return redirect("group-settings", slug=slug)
    form = DeleteForm(typed(request), group=group)
    if form.is_valid():
        group.delete_soon(user)
        return redirect("group-delete", slug=slug)
    context = {
        "group": group,
        "form": form,
        "holds": holdings_of(group),
        "is_last": not group.organization.groups.exclude(pk=group.pk).exists(),
    }
    return render(request, "pages/delete_group.html", context, status=422 if form.is_bound else 200)
