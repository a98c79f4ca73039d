"""The codes of a group: how long the one that works goes on, for how many, and which ones do not work any more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models.audit import record
from accounts.people import person
from accounts.typed import typed
from groups.models import JoinCode
from groups.settings_forms import CodeForm
from groups.views.invite import group_run_by, link_of

DEAD_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    group = group_run_by(user, slug)
    if group.is_class:
        return redirect("classroom", slug=slug)
    live = JoinCode.live_of(group)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = CodeForm(typed(request) if do in {"limit", "new"} else None, group=group, code=live)
    if do == "stop":
        if live:
            live.stop(user)
        messages.success(request, _("The code no longer works. Everybody who is in stays in."))
        return redirect("group-codes", slug=slug)
    if form.is_valid():
        code, words = live, _("Saved. Link and code stay the same.")
        if do == "new" or code is None:
            code = live.rotate(user) if live else JoinCode.current(group, user)
            record(user, "rotated", code, group_id=group.pk)
            words = _("Here is a new code. The old code and its link no longer work.") if live else _("Here is a code.")
        code.limit(expires_at=form.cleaned_data["until"], max_uses=form.cleaned_data["max_uses"], by=user)
        messages.success(request, words)
        return redirect("group-codes", slug=slug)
    known = JoinCode.objects.filter(group=group).select_related("created_by").order_by("-created_at", "-pk")
    alive = set(JoinCode.objects.live().filter(group=group).values_list("pk", flat=True))
    rows = list(known[: DEAD_SHOWN + len(alive)])
    context = {
        "group": group,
        "form": form,
        "code": live,
        "link": link_of(live) if live else "",
        "live": [code for code in rows if code.pk in alive],
        "dead": [code for code in rows if code.pk not in alive],
    }
    return render(request, "groups/codes.html", context, status=422 if form.is_bound else 200)
