"""Where somebody is signed in, and signing out there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.people import person
from accounts.sessions import end_others, sessions_of


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    here = request.session.session_key
    found = [(session, session.session_key == here) for session in sessions_of(person(request))]
    return render(request, "account/sessions.html", {"sessions": found})


@require_POST
def end_session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign out one browser; from that moment its cookie is worth nothing."""
    session = get_object_or_404(sessions_of(person(request)), public_id=public_id)
    if session.session_key == request.session.session_key:
        request.session.flush()
        return redirect("home")
    session.delete()
    messages.success(request, _("Signed out there."))
    return redirect("sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = end_others(request, person(request))
    messages.success(
        request, ngettext("Signed out in %(n)d place.", "Signed out in %(n)d places.", ended) % {"n": ended}
    )
    return redirect("sessions")
