"""Every kind of letter with made-up people in it, for those who write letters. In the demo alone."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from notifications import samples
from notifications.mail import as_kept
from notifications.views.kept_mail import LETTER_CSP, code_in


def _letter(name: str) -> EmailMultiAlternatives:
    if not settings.DEMO or name not in samples.every():
        raise Http404
    return samples.letter(name)


@require_safe
@login_not_required
def sample_mails(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    letters = [(name, samples.letter(name).subject) for name in samples.every()]
    return render(request, "notifications/sample_mails.html", {"letters": letters})


@require_safe
@login_not_required
def sample_mail(request: HttpRequest, name: str) -> HttpResponse:
    kept = as_kept(_letter(name))
    context: dict[str, Any] = {
        "mail": kept,
        "code": code_in(kept),
        "html_url": reverse("sample-mail-html", args=[name]),
        "is_sample": True,
    }
    return render(request, "notifications/kept_mail.html", context)


@require_safe
@login_not_required
@csp_override(LETTER_CSP)
def sample_mail_html(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(as_kept(_letter(name)).html)
