from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks who is not signed in to do so, and leads back to a page afterwards.

    Many addresses only take what a button sends: there is nothing to go back to. So whoever pressed one goes to sign
    in and back to where they pressed it. What a page sends by itself is refused: a redirect would be followed, and
    what was typed gone, or the sign-in page drawn inside the page. The page says that one is signed out.

    Words that came without scripts are given back to be copied. They are not carried through signing in: who does
    that in this browser may be somebody else.
    """

    WRITTEN = ("text", "alt", "words", "note", "prompt", "detail", "names", "addresses")

    def handle_no_permission(  # type: ignore[override]  # the stubs know of redirects only
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        sign_in = redirect_to_login(
            _page_of_button(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )
        written = [words for name in self.WRITTEN if (words := request.POST.get(name, "").strip())]
        if not written:
            return sign_in
        return render(request, "account/signed_out.html", {"written": written, "sign_in": sign_in.url}, status=401)


def _page_of_button(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    parts = urlsplit(came_from)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return path if is_ours and path.startswith("/") and not path.startswith("//") else reverse("home")


class PersonalClockMiddleware:
    """Shows dates in the signed-in person's zone and words in their language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        translation.activate(user.language)
        with timezone.override(user.zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        return response


class TermsMiddleware:
    """Asks a signed-in person once, when they open a page, to accept terms that have changed.

    Only whole pages are kept back: what somebody has typed is never lost to a form that comes in between. The
    terms can be read, and one's data taken along or erased, without accepting anything.
    """

    OPEN = frozenset(
        {"terms", "accept-terms", "privacy", "about", "healthz"} | {"my-data", "my-data-copy", "erase", "erase-confirm"}
    )
    SIGNING_IN = ("account_", "mfa_", "socialaccount_", "oidc_")
    """Names of the pages of signing in and out, and of confirming that it is you."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or request.user.has_accepted_terms or not _opens_a_page(request):
            return None
        name = match.view_name if match else ""
        if name in self.OPEN or name.startswith(self.SIGNING_IN):
            return None
        return redirect(f"{reverse('accept-terms')}?{urlencode({'next': request.get_full_path()})}")


def _opens_a_page(request: HttpRequest) -> bool:
    """Not a form, not a part that htmx asks for, not a picture in a page."""
    into = request.headers.get("Sec-Fetch-Dest", "document")
    return request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers and into == "document"
