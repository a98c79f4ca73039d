"""A pupil tells what happened, and changes it as long as it waits."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.ids import new_public_id
from accounts.models import User
from accounts.people import person
from accounts.pupils import open_to_pupils
from accounts.typed import asked, typed
from feed.act_form import step_of
from feed.cards import words_of
from feed.models import Act
from feed.pupil_form import PupilChangeForm, PupilForm, first_sign
from feed.sharing import share
from feed.taking_down import take_down
from feed.telling import Telling, teacher_of
from groups.middleware import class_on
from groups.models import Group
from notifications.models import Notice

WAITS = frozenset({Act.State.PENDING, Act.State.RETURNED})


def pupil_and_class(request: HttpRequest) -> tuple[User, Group]:
    """Who tells, and in which class; for grown-ups there are no such pages."""
    user = person(request)
    if not user.is_pupil:
        raise Http404
    return user, class_on(request)


@open_to_pupils
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """I did, I saw, somebody was kind to me: one page each, and where a tick on Today goes."""
    user, group = pupil_and_class(request)
    if user.pupil.sits_out:
        return redirect("home")
    if request.method != "POST":
        return _show(request, _asked(request, user, group))
    form = PupilForm(request.POST, request.FILES, user=user, group=group)
    if not limits.allow(request, "post"):
        form.hold_back("post", _("That is a lot at once. Please try again in a minute."))
    act = None if form.held_back else share(request, form)
    if act is None:
        kind = form.data.get("kind", "")
        kind = kind if kind in Act.Kind.values else Act.Kind.DID
        step = step_of(group, form.data.get("step", ""))
        status = 429 if form.held_back else 503 if form.no_room else 422
        return _show(request, Telling(form, group, user, kind, step, form.data.get("idea", "")[:12]), status=status)
    messages.success(request, _said(act, teacher_of(group)))
    return redirect("home")


def _asked(request: HttpRequest, user: User, group: Group) -> Telling:
    query = asked(request)
    kind = query.get("kind", "") if query.get("kind", "") in Act.Kind.values else Act.Kind.DID
    step, idea = step_of(group, query.get("step", "")), query.get("idea", "")[:12]
    initial = {
        "kind": kind,
        "step": step.public_id if step else "",
        "idea": idea,
        "sign": first_sign(kind),
        "form_key": new_public_id(),
    }
    telling = Telling(PupilForm(user=user, group=group, initial=initial), group, user, kind, step, idea)
    for n, words in enumerate(telling.starters):
        if query.get("start") == str(n):
            telling.form.initial["text"] = words.rstrip("… ") + " "
    return telling


def _show(request: HttpRequest, telling: Telling, *, status: int = 200) -> HttpResponse:
    return render(request, "feed/tell.html", {"telling": telling, "form": telling.form}, status=status)


def _said(act: Act, teacher: str) -> str:
    if act.state == Act.State.PENDING:
        return _("Thank you. %(teacher)s reads it first.") % {"teacher": teacher}
    if act.audience == Act.Audience.PRIVATE:
        return _("Thank you. Nobody else can see it.")
    return _("Thank you. Your class can see it now.")


@open_to_pupils
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a pupil told: say it in other words while it waits, or take it away."""
    user, group = pupil_and_class(request)
    mine = Act.objects.visible_to(user).filter(author=user, group=group).select_related("step__challenge", "photo")
    act = get_object_or_404(mine, public_id=public_id)
    act.group = group
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "remove":
        take_down(act, user)
        messages.success(request, _("It is gone."))
        return redirect("home")
    form = PupilChangeForm(typed(request) if do == "save" and act.state in WAITS else None, act=act)
    if form.is_bound and (reason := group.why_quiet(user)):
        form.add_error(None, reason)
    if form.is_bound and form.is_valid():
        form.rewrite(user)
        messages.success(request, _said(act, teacher_of(group)))
        return redirect("home")
    context = {
        "act": act,
        "words": words_of(act, group),
        "form": form,
        "waits": act.state in WAITS,
        "note": note_to(act),
        "teacher": teacher_of(group),
    }
    return render(request, "feed/tell_change.html", context, status=422 if form.is_bound else 200)


def note_to(act: Act) -> str:
    """What the teacher wrote to it when it was sent back."""
    if act.state != Act.State.RETURNED:
        return ""
    last = act.changes.filter(after=Act.State.RETURNED).order_by("-pk").first()
    return last.why if last else ""


@open_to_pupils
@require_POST
def noted(request: HttpRequest) -> HttpResponse:
    """The news on Today were read."""
    user, _group = pupil_and_class(request)
    Notice.objects.visible_to(user).unread().update(read_at=timezone.now())
    return redirect("home")
