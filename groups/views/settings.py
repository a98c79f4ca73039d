"""The settings of a group, for those who run it."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.typed import typed
from groups.rules import WORDS, rules_of
from groups.settings_forms import RenameForm
from groups.views.invite import group_run_by


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Its name, its rules, and how it ends."""
    user = person(request)
    group = group_run_by(user, slug, also_ended=True)
    if group.delete_after:
        return redirect("group-delete", slug=slug)
    form = RenameForm(typed(request), initial={"name": group.name})
    if form.is_bound:
        group.check_open()
    if form.is_valid():
        group.rename(form.cleaned_data["name"], user)
        messages.success(request, _("Saved."))
        return redirect("group-settings", slug=slug)
    context = {
        "group": group,
        "form": form,
        "rules": rules_of(group, user) if group.is_open else [],
        "is_admin": group.has_admin(user),
    }
    return render(request, "groups/settings.html", context, status=422 if form.is_bound else 200)


@require_POST
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Open or close one permission."""
    user = person(request)
    group = group_run_by(user, slug)
    name, allowed = asked_rule(request)
    group.change_rule(name, allowed=allowed, by=user)
    messages.success(request, said(name, allowed=getattr(group.policy, name)))
    return redirect("group-settings", slug=slug)


def asked_rule(request: HttpRequest) -> tuple[str, bool]:
    """Which permission a button opens or closes."""
    for field, allowed in (("open", True), ("close", False)):
        if (name := request.POST.get(field, "")) in WORDS:
            return name, allowed
    raise BadRequest("No such rule.")


def said(name: str, *, allowed: bool) -> str:
    """What holds from now on."""
    return str(WORDS[name].open if allowed else WORDS[name].closed)


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the group away, or bring it back."""
    user = person(request)
    group = group_run_by(user, slug, also_ended=True, for_good=True)
    if request.POST.get("do") == "back":
        done = group.bring_back(user)
        words = _("%(group)s is back. It goes on where it stopped.")
    else:
        done = group.put_away(user)
        words = _("%(group)s is put away. Its people can go on reading.")
    if done:
        messages.success(request, words % {"group": group.name})
    return redirect("group-settings", slug=slug)
