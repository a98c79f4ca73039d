from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.typed import storable
from feed import messages as news
from feed.cards import words_of
from feed.drafting import drafted
from feed.edit_form import EditForm
from feed.models import Act, ActDraft
from feed.taking_down import bring_back, look_at_prompt, take_down
from feed.views.act_page import show_gone
from groups.models import Group


def _mine(request: HttpRequest, public_id: str) -> Act:
    """An act that the person may see, if it is theirs to change."""
    acts = Act.objects.visible_to(person(request)).select_related(
        "group", "challenge", "photo", "step__challenge", "author"
    )
    act = get_object_or_404(acts, public_id=public_id)
    if not act.can_be_changed_by(person(request)):
        raise PermissionDenied
    return act


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    if request.method == "POST" and (gone := _gone_meanwhile(request, public_id)):
        return _too_late(request, gone)
    act = _mine(request, public_id)
    form = EditForm(request.POST if request.method == "POST" else None, act=act, user=person(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.rewrite(person(request))
                look_at_prompt(act)
                news.act_was_shown(act)
        except Act.TakenDown:
            return _too_late(request, act)
        waits = act.state == Act.State.PENDING
        said = _("Changed. It is shown again when somebody has read it.") if waits else _("Changed.")
        messages.success(request, said)
        return redirect(act)
    return render(request, "feed/edit.html", {"act": act, "form": form}, status=422 if form.errors else 200)


def _gone_meanwhile(request: HttpRequest, public_id: str) -> Act | None:
    """An act of this person that was taken down, perhaps while they were changing it."""
    seen = Group.objects.visible_to(person(request))
    mine = Act.objects.with_card().filter(author=person(request), state=Act.State.REMOVED, group__in=seen)
    return mine.filter(public_id=public_id).first()


def _too_late(request: HttpRequest, act: Act) -> HttpResponse:
    """Say that the act is gone and give the new words back; where no others wait, the composer keeps them too."""
    user, words = person(request), drafted(storable(request.POST)).get("text", "")
    is_member = Group.objects.of_member(user).filter(pk=act.group_id).exists()
    if words and is_member and not ActDraft.objects.at(user, act.group).exists():
        ActDraft.objects.keep(user, act.group, {"text": words, "kind": act.kind})
    return show_gone(request, act, words=words, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    act = get_object_or_404(Act.objects.visible_to(user).with_card(), public_id=public_id)
    if not act.can_be_removed_by(user):
        raise PermissionDenied
    if request.method != "POST":
        context = {"act": act, "own": act.author_id == user.pk, "words": words_of(act, act.group)}
        return render(request, "feed/remove.html", context)
    if take_down(act, user):
        restore_url = reverse("act-restore", args=[act.public_id])
        messages.success(request, _("The act is taken down."), extra_tags=f"undo:{restore_url}")
    return redirect("home")


@require_POST
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Undo: who took the act down brings it back."""
    user = person(request)
    acts = Act.objects.filter(group__in=Group.objects.visible_to(user), state=Act.State.REMOVED)
    act = get_object_or_404(acts.select_related("group", "author", "step__challenge"), public_id=public_id)
    if not act.can_be_restored_by(user):
        raise Http404
    bring_back(act, user)
    messages.success(request, _("It is back."))
    return redirect("home")
