from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.models import User
from accounts.people import person
from accounts.typed import asked, storable, typed
from challenges import beginnings
from challenges.catalog import programs
from challenges.forms import MODES, NEW, StartForm
from challenges.models import Challenge
from challenges.programs import Glance
from kindness_platform.htmx import render_page


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Four inputs. Signed in, they make the challenge; signed out, they wait until there is an account."""
    if request.method != "POST":
        return _page(request, StartForm(user=request.user, initial=_first_answers(request)))
    form = StartForm(typed(request), user=request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    if not isinstance(request.user, User):
        beginnings.keep(request.session, form.cleaned_data, _key(request))
        return redirect(reverse("account_signup", query={"next": reverse("start-finish")}))
    return _made(request, form)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """The same page with the first week by the answers so far; nothing is kept and nothing is wrong yet."""
    if request.method != "POST":
        return redirect("start")
    return _page(request, StartForm(user=request.user, initial=storable(request.POST).dict()))


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """What was answered signed out, to be looked at once more and made with one button."""
    earlier = beginnings.made_from(person(request), _key(request)) if request.method == "POST" else None
    if earlier:
        return _invite(earlier)
    kept = beginnings.kept(request.session)
    if kept is None:
        return redirect("start")
    answers, key = kept
    form = StartForm({**answers, "group": NEW}, user=request.user)
    if not form.is_valid():
        return _page(request, form, key=key, status=422)
    if request.method == "POST":
        return _made(request, form, key)
    return render_page(request, "challenges/start_finish.html", _context(form, key))


def _made(request: HttpRequest, form: StartForm, key: str = "") -> HttpResponse:
    if not limits.allow(request, "start"):
        form.add_error(None, _("You have started a lot within an hour. Please try again a little later."))
        response = _page(request, form, key=key, status=429)
        response["Retry-After"] = str(limits.retry_after("start"))
        return response
    answers = form.cleaned_data
    challenge = beginnings.begin(
        person(request),
        key=key or _key(request),
        group=form.chosen,
        name=answers["name"],
        mode=answers["mode"],
        program=answers["program"],
        starts_on=answers["starts_on"],
    )
    beginnings.forget(request.session)
    return _invite(challenge)


def _invite(challenge: Challenge) -> HttpResponse:
    return redirect("invite", slug=challenge.group.slug)


def _key(request: HttpRequest) -> str:
    """The key drawn with the form; a form without one is a form of its own."""
    return storable(request.POST).get("form_key", "")[:32] or beginnings.new_key()


def _first_answers(request: HttpRequest) -> dict[str, str]:
    """What the form starts with: the answers that wait, and what the link says that somebody came by."""
    kept = beginnings.kept(request.session)
    answers = dict(kept[0]) if kept else {}
    link = asked(request)
    slug, mode = link.get("program", ""), link.get("mode", "")
    named = next((plan.key for plan in programs(get_language() or "en").values() if plan.slug == slug), "")
    return {
        **answers,
        "group": link.get("group", "") or (NEW if answers else ""),
        "program": named or answers.get("program", ""),
        "mode": mode if mode in MODES else answers.get("mode", ""),
    }


def _context(form: StartForm, key: str) -> dict[str, object]:
    preview = form.preview()
    return {
        "form": form,
        "form_key": key,
        "programs": [Glance(plan) for plan in form.programs.values()],
        "preview": preview,
        "glance": Glance(preview.program) if preview else None,
    }


def _page(request: HttpRequest, form: StartForm, *, key: str = "", status: int = 200) -> HttpResponse:
    context = _context(form, key or _key(request))
    return render_page(request, "challenges/start.html", context, partial="preview", status=status)
