from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.people import person
from accounts.typed import asked
from feed.act_form import ActForm, step_of
from feed.cards import name_of, words_of
from feed.composer import Composer, composer_for
from feed.drafting import forget
from feed.models import Act
from feed.sharing import put_aside, share
from groups.models import Group
from groups.places import places_of

# On Today the failed composer takes the place of the one that was sent, and the page stays.
IN_PLACE = {"HX-Retarget": "#post", "HX-Reselect": "#post", "HX-Reswap": "outerHTML", "HX-Push-Url": "false"}


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """The composer on a page of its own, and where every composer posts to."""
    if request.method != "POST":
        return _asked(request)
    group = _group(request, request.POST.get("group", ""))
    form = ActForm(request.POST, request.FILES, user=person(request), group=group)
    if "leave" in request.POST:
        if not form.is_strayed:
            forget(form.user, group, form.followed)
        return redirect("home")
    if not limits.allow(request, "post"):
        form.hold_back("post", _("That is a lot at once. Please try again in a minute."))
    if "more" in request.POST or form.held_back:
        put_aside(request, form)
        return _again(request, form)
    act = share(request, form)
    if act is None:
        return _again(request, form)
    messages.success(request, _said(act))
    return redirect("home")


def _asked(request: HttpRequest) -> HttpResponse:
    """The composer as its address asks for it: in which group, for which prompt, of which kind."""
    query, places = asked(request), places_of(request).groups
    group = _group(request, query.get("group", places[0].slug if places else ""))
    step, kind = step_of(group, query.get("step", "")), query.get("kind", "")
    composer = composer_for(
        request,
        group,
        groups=places,
        step=step,
        idea=query.get("idea", "")[:12] if step else "",
        kind=step.words_for(group.mode).record if step else Act.Kind.DID,
        asked_kind=kind if kind in Act.Kind.values else "",
        whole=True,
    )
    return show_composer(request, composer)


def _group(request: HttpRequest, slug: str) -> Group:
    """The group that is named, or the only one there is; never one that the person is not a member of."""
    places = places_of(request).groups
    if not slug and len(places) == 1:
        return places[0]
    for group in places:
        if group.slug == slug:
            return group
    raise Http404


def _again(request: HttpRequest, form: ActForm) -> HttpResponse:
    """The composer with what was sent; where that was not posted it says why, on Today in its own place."""
    refused = bool(form.errors or form.told)
    composer = composer_for(
        request,
        form.group,
        groups=() if form.followed else places_of(request).groups,
        step=form.cleaned_data.get("step"),
        parent=form.followed,
        form=form,
        smooth=refused and "HX-Request" in request.headers,
        whole=True,
    )
    if not refused:
        return show_composer(request, composer)
    status = 429 if form.held_back else 503 if form.no_room else 422
    response = show_composer(request, composer, status=status)
    if form.held_back:
        response["Retry-After"] = str(limits.retry_after(form.held_back))
    for name, value in IN_PLACE.items():
        response[name] = value
    return response


def show_composer(request: HttpRequest, composer: Composer, *, status: int = 200) -> HttpResponse:
    """The page of a composer: with the act that it passes on, or alone."""
    act = composer.parent
    # Where only the composer changes, what the last post said would stand beside it; the toasts are emptied too.
    context: dict[str, object] = {"composer": composer, "oob": status != 200 and "HX-Request" in request.headers}
    if act is None:
        return render(request, "feed/post.html", context, status=status)
    context |= {"act": act, "name": name_of(act), "words": words_of(act, act.group)}
    return render(request, "feed/pass_on.html", context, status=status)


def _said(act: Act) -> str:
    if act.state == Act.State.PENDING:
        return _("Thank you. It is shown when somebody has read it.")
    if act.audience == Act.Audience.PRIVATE:
        return _("Kept, just for you.")
    return _("Shared with %(group)s.") % {"group": act.group.name}
