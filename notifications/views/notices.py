from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.people import person
from accounts.typed import asked, storable
from notifications.models import Notice
from notifications.shown import line_of, page_of


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What the platform has to tell me, newest first. Opening the list changes nothing."""
    mine = Notice.objects.visible_to(person(request))
    lines, older = page_of(mine, before=asked(request).get("before", ""))
    newest = mine.unread().order_by("-due_at", "-pk").values_list("public_id", flat=True).first()
    context = {"lines": lines, "older": older, "unread": newest}
    return render(request, "notifications/notices.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Open one notice (`id`) and note that it was read; without an id, note that all were.

    All are those that stood there: what came after the newest of them (`until`) stays new.
    """
    mine, sent = Notice.objects.visible_to(person(request)), storable(request.POST)
    if "id" not in sent:
        mine.up_to(sent.get("until", "")).unread().update(read_at=timezone.now())
        return redirect("notices")
    notice = get_object_or_404(mine, public_id=sent["id"])
    mine.unread().filter(pk=notice.pk).update(read_at=timezone.now())
    line = line_of(notice)
    if line is None:
        messages.info(request, _("That is no longer there."))
    return redirect(line.path if line and line.path else "notices")
