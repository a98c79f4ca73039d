from typing import Any

from allauth.account.internal.stagekit import clear_login
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.models import User
from accounts.views.sign_in import SignupView
from challenges.programs import Glance
from groups.code_field import CodeField
from groups.models import JoinCode
from groups.models.join_code import LENGTH, in_fours, normalize_code
from kindness_platform.pages import joining

# Only the site's origin goes along, so a code never stands in a Referer. ("no-referrer" would turn the Origin
# of our own forms into "null", which the protection against forged requests has to refuse.)
REFERRER_POLICY = "strict-origin"


class CodeForm(forms.Form):
    code = CodeField(
        label=_("Code"),
        help_text=_("Twelve letters and digits. Capitals, spaces and dashes do not matter."),
        missing=_("Please type the code from your invitation."),
        too_long=_("A code has twelve letters and digits. Please look at the invitation again."),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _quietly(redirect("join", code=form.cleaned_data["code"]))
    return _quietly(render(request, "pages/enter_code.html", {"form": form}, status=422 if form.is_bound else 200))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponseBase:
    """What a code opens, and the way in. Whatever is wrong with a code, the answer is the same."""
    attempt = limits.attempt(request, "join")
    if attempt is None:
        return _quietly(limits.too_many(request, "join"))
    found = JoinCode.objects.find(code) or JoinCode.objects.find(code, JoinCode.Purpose.STAFF)
    if found is None:
        return _no_such_code(request, code)
    attempt.rollback()
    if not isinstance(request.user, User):
        return _quietly(_as_visitor(request, found))
    if found.group.memberships.active().filter(user=request.user).exists():
        return _quietly(redirect("home"))
    if found.has_shut_out(request.user) or (request.method == "POST" and not joining.let_in(found, request.user)):
        return _no_such_code(request, code)
    if request.method == "POST":
        joining.welcome(request, found.group)
        return _quietly(redirect("home"))
    return _quietly(render(request, "pages/join.html", _offer(found)))


def _as_visitor(request: HttpRequest, code: JoinCode) -> HttpResponseBase:
    """Sign up here, or go to sign in; either way the code waits in the session."""
    if request.method == "POST":
        joining.keep(request.session, code)
        clear_login(request)
        if "sign_in" in request.POST:
            return redirect("account_login")
    response: HttpResponseBase = JoinSignup.as_view(extra_context=_offer(code))(request)
    return response


class JoinSignup(SignupView):
    """Signing up as everywhere, with the group's own page around it."""

    template_name = "pages/join.html"


def _offer(code: JoinCode) -> dict[str, Any]:
    """What somebody should know before they join: the group, the program and what is asked."""
    running = joining.running_in(code.group)
    challenge = running[0] if running else None
    return {
        "code": code,
        "group": code.group,
        "challenge": challenge,
        "glance": Glance(challenge.program) if challenge else None,
        "begun": bool(challenge and challenge.starts_on <= code.group.organization.today()),
    }


def _no_such_code(request: HttpRequest, code: str) -> HttpResponse:
    form = CodeForm(initial={"code": in_fours(normalize_code(code)[:LENGTH])})
    return _quietly(render(request, "pages/enter_code.html", {"form": form, "wrong": True}, status=404))


def _quietly[Response: HttpResponseBase](response: Response) -> Response:
    response.headers["Referrer-Policy"] = REFERRER_POLICY
    return response
