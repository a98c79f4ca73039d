from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.names import isolated
from accounts.people import person
from challenges.days import day_name
from challenges.models import Challenge
from groups.forms import InvitationsForm
from groups.models import Group, JoinCode
from groups.views.invite import group_run_by, link_of
from kindness_platform.pages.joining import running_in

# So long a leader is greeted with what to do first.
NEW_FOR = timedelta(days=3)


@require_safe
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that brings people in: words to copy, the link, the code, a picture, and mail."""
    group = group_run_by(person(request), slug)
    if group.is_class:
        return redirect("class-pupils", slug=slug)
    code = JoinCode.live_of(group)
    running = running_in(group)
    challenge = running[0] if running else None
    context = {
        "group": group,
        "code": code,
        "link": link_of(code) if code else "",
        "words": invitation(group, challenge, code) if code else "",
        "challenge": challenge,
        "is_new": bool(challenge and challenge.created_at > timezone.now() - NEW_FOR),
        "enter_url": settings.BASE_URL + reverse("enter-code"),
        "begun": bool(challenge and challenge.starts_on <= group.organization.today()),
        "form": InvitationsForm(),
    }
    return render(request, "pages/invite.html", context)


def invitation(group: Group, challenge: Challenge | None, code: JoinCode) -> str:
    """An invitation ready to be sent wherever a group already talks."""
    facts = {"group": isolated(group.name), "link": link_of(code), "code": code.spaced}
    if challenge is None:
        words = _(
            "You are invited to %(group)s, where we do, notice and pass on small acts of kindness.\n\n"
            "Join here: %(link)s\n"
            "Or type this code: %(code)s\n\n"
            "It takes a minute. You can leave whenever you like."
        )
        return words % facts
    facts |= {
        "title": isolated(challenge.title),
        "summary": challenge.program.summary,
        "start": day_name(challenge.starts_on),
        "end": day_name(challenge.ends_on),
    }
    words = _(
        "%(group)s is doing %(title)s, from %(start)s to %(end)s.\n"
        "%(summary)s\n\n"
        "Join here: %(link)s\n"
        "Or type this code: %(code)s\n\n"
        "It takes a minute. Any day can be skipped, and you can leave whenever you like."
    )
    return words % facts
