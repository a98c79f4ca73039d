"""The letters of the demo. Public there, because signing in needs the code; nowhere else do these pages exist."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from notifications.models import KeptMail

NEWEST = 50
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
# A letter brings its own styles. It is shown alone, without scripts, pictures, forms or anything from elsewhere.
LETTER_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "form-action": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "sandbox": [""],
}


def _kept() -> QuerySet[KeptMail]:
    if not settings.DEMO:
        raise Http404
    return KeptMail.objects.order_by("-created_at", "-pk")


@require_safe
@login_not_required
def kept_mails(request: HttpRequest) -> HttpResponse:
    mails = [(mail, code_in(mail)) for mail in _kept()[:NEWEST]]
    return render(request, "notifications/kept_mails.html", {"mails": mails})


@require_safe
@login_not_required
def kept_mail(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = get_object_or_404(_kept(), public_id=public_id)
    html_url = reverse("kept-mail-html", args=[mail.public_id])
    return render(request, "notifications/kept_mail.html", {"mail": mail, "code": code_in(mail), "html_url": html_url})


@require_safe
@login_not_required
@csp_override(LETTER_CSP)
def kept_mail_html(request: HttpRequest, public_id: str) -> HttpResponse:
    return HttpResponse(get_object_or_404(_kept(), public_id=public_id).html)


def code_in(mail: KeptMail) -> str:
    """The code that a letter is about, if it is about one."""
    found = CODE.search(mail.text)
    return found[1] if found else ""
