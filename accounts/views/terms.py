from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.people import person


@require_http_methods(["GET", "HEAD", "POST"])
def accept_terms(request: HttpRequest) -> HttpResponse:
    """One page, shown when the terms are new to somebody; then on to where they were going."""
    user = person(request)
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if not onward.startswith("/") or not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse(settings.LOGIN_REDIRECT_URL)
    if request.method == "POST" and not user.has_accepted_terms:
        user.accept_terms()
    if user.has_accepted_terms:
        return HttpResponseRedirect(onward)
    return render(request, "account/terms.html", {"next": onward, "is_first": not user.terms_fingerprint})
