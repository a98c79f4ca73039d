from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.people import person
from feed import messages as news
from feed.act_form import ActForm
from feed.cards import words_of
from feed.composer import CARRIED, composer_for
from feed.drafting import drafted, forget
from feed.edit_form import EditForm
from feed.models import Act, ActDraft
from feed.sharing import share
from feed.taking_down import bring_back, take_down
from feed.words import storable
from groups.models import Group
from groups.places import places_of

# On Today the failed composer takes the place of the one that was sent, and the page stays.
IN_PLACE = {"HX-Retarget": "#post", "HX-Reselect": "#post", "HX-Reswap": "outerHTML", "HX-Push-Url": "false"}


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """The composer on a page of its own, and where every composer posts to."""
    user = person(request)
    if request.method != "POST":
        return _composer(request, _group(request, request.GET.get("group", "")))
    group = _group(request, request.POST.get("group", ""))
    if "leave" in request.POST:
        forget(user, group)
        return redirect("home")
    if not limits.allow(request, "post"):
        ActDraft.objects.keep(user, group, drafted(request.POST))
        return limits.too_many(request, "post")
    if "more" in request.POST:
        ActDraft.objects.keep(user, group, drafted(request.POST))
        sent = storable(request.POST)
        # What it is for is no part of a draft; here it goes on with the words.
        initial = drafted(request.POST) | {name: sent.get(name, "") for name in CARRIED}
        return _composer(request, group, ActForm(user=user, group=group, initial=initial))
    form = ActForm(request.POST, request.FILES, user=user, group=group)
    act = share(request, user, group, form)
    if act is None:
        return _composer(request, group, form)
    messages.success(request, _said(act))
    return redirect("home")


def _group(request: HttpRequest, slug: str) -> Group:
    """The group that is named, or the only one there is; never one that the person is not a member of."""
    places = places_of(request).groups
    if not slug and len(places) == 1:
        return places[0]
    for group in places:
        if group.slug == slug:
            return group
    raise Http404


def _composer(request: HttpRequest, group: Group, form: ActForm | None = None) -> HttpResponse:
    asked = request.GET.get("kind", "")
    kind = asked if asked in Act.Kind.values else "did"
    # The group was read before this try; what it left is in the draft now.
    vars(group).pop("draft", None)
    composer = composer_for(request, group, kind=kind, form=form, whole=True)
    failed = form is not None and form.is_bound
    status = 200 if form is None or not failed else 503 if form.no_room else 422
    response = render(request, "feed/post.html", {"composer": composer}, status=status)
    if failed:
        for name, value in IN_PLACE.items():
            response[name] = value
    return response


def _said(act: Act) -> str:
    if act.state == Act.State.PENDING:
        return _("Thank you. It is shown when somebody has read it.")
    if act.audience == Act.Audience.PRIVATE:
        return _("Kept, just for you.")
    return _("Shared with %(group)s.") % {"group": act.group.name}


def _mine(request: HttpRequest, public_id: str) -> Act:
    """An act that the person may see, if it is theirs to change."""
    acts = Act.objects.visible_to(person(request)).select_related("group", "challenge", "photo", "step__challenge")
    act = get_object_or_404(acts, public_id=public_id)
    if not act.can_be_changed_by(person(request)):
        raise PermissionDenied
    return act


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    act = _mine(request, public_id)
    form = EditForm(request.POST if request.method == "POST" else None, act=act, user=person(request))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.rewrite(person(request))
            news.act_was_shown(act)
        waits = act.state == Act.State.PENDING
        said = _("Changed. It is shown again when somebody has read it.") if waits else _("Changed.")
        messages.success(request, said)
        return redirect(act)
    return render(request, "feed/edit.html", {"act": act, "form": form}, status=422 if form.errors else 200)


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
