from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.people import person
from feed.act_form import ActForm, followed_act
from feed.cards import name_of, words_of
from feed.composer import CARRIED, Composer, composer_for
from feed.drafting import drafted, forget
from feed.models import Act, ActDraft
from feed.sharing import share
from feed.words import storable
from groups.models import Group
from groups.places import places_of

# On Today the failed composer takes the place of the one that was sent, and the page stays.
IN_PLACE = {"HX-Retarget": "#post", "HX-Reselect": "#post", "HX-Reswap": "outerHTML", "HX-Push-Url": "false"}


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """The composer on a page of its own, and where every composer posts to."""
    if request.method != "POST":
        return _composer(request, _group(request, request.GET.get("group", "")))
    user, sent = person(request), storable(request.POST)
    group = _group(request, sent.get("group", ""))
    if {"leave", "more"} & sent.keys() or not limits.allow(request, "post"):
        return _put_aside(request, group, followed_act(user, group, sent.get("parent", "")))
    form = ActForm(request.POST, request.FILES, user=user, group=group)
    act = share(request, user, group, form)
    if act is None:
        return _composer(request, group, form, form.cleaned_data.get("parent"))
    messages.success(request, _said(act))
    return redirect("home")


def _put_aside(request: HttpRequest, group: Group, parent: Act | None) -> HttpResponse:
    """What is not to be posted now: let go, to be filled in further, or too much at once."""
    user, sent = person(request), storable(request.POST)
    if "leave" in sent:
        forget(user, group, parent)
        return redirect("home")
    ActDraft.objects.keep(user, group, drafted(request.POST), parent=parent)
    if "more" not in sent:
        return limits.too_many(request, "post")
    # What it is for is no part of a draft; here it goes on with the words.
    initial = drafted(request.POST) | {name: sent.get(name, "") for name in CARRIED}
    return _composer(request, group, ActForm(user=user, group=group, initial=initial), parent)


def _group(request: HttpRequest, slug: str) -> Group:
    """The group that is named, or the only one there is; never one that the person is not a member of."""
    places = places_of(request).groups
    if not slug and len(places) == 1:
        return places[0]
    for group in places:
        if group.slug == slug:
            return group
    raise Http404


def _composer(
    request: HttpRequest, group: Group, form: ActForm | None = None, parent: Act | None = None
) -> HttpResponse:
    asked = request.GET.get("kind", "")
    kind = asked if asked in Act.Kind.values else "did"
    # The group was read before this try; what it left is in the draft now.
    vars(group).pop("draft", None)
    composer = composer_for(request, group, kind=kind, parent=parent, form=form, whole=True)
    failed = form is not None and form.is_bound
    status = 200 if form is None or not failed else 503 if form.no_room else 422
    response = show_composer(request, composer, status=status)
    if failed:
        for name, value in IN_PLACE.items():
            response[name] = value
    return response


def show_composer(request: HttpRequest, composer: Composer, *, status: int = 200) -> HttpResponse:
    """The page of a composer: with the act that it passes on, or alone."""
    act = composer.parent
    if act is None:
        return render(request, "feed/post.html", {"composer": composer}, status=status)
    context = {"composer": composer, "act": act, "name": name_of(act), "words": words_of(act, act.group)}
    return render(request, "feed/pass_on.html", context, status=status)


def _said(act: Act) -> str:
    if act.state == Act.State.PENDING:
        return _("Thank you. It is shown when somebody has read it.")
    if act.audience == Act.Audience.PRIVATE:
        return _("Kept, just for you.")
    return _("Shared with %(group)s.") % {"group": act.group.name}
