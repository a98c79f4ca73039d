"""My prompts in my own calendar: the page on which its address is made, and the file that calendars fetch."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from accounts.limits import allow, too_many
from accounts.models import User
from accounts.people import person
from challenges.calendar import file_of
from challenges.models import CalendarFeed


def _reader(request: HttpRequest) -> User:
    """Pupils have no calendar of their own: their prompts are in the class."""
    me = person(request)
    if me.is_pupil:
        raise PermissionDenied
    return me


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The page of the calendar. Sending it makes an address, in place of the one before if there is one."""
    me = _reader(request)
    address = ""
    if request.method == "POST":
        if not allow(request, "calendar"):
            return too_many(request, "calendar")
        # Shown in this answer and never again, so it is not redirected to a page that would have to know it.
        address = settings.BASE_URL + reverse("calendar-file", args=[CalendarFeed.objects.renew(me)])
    context = {
        "feed": CalendarFeed.objects.filter(user=me).first(),
        "address": address,
        "subscribe": address.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
    }
    return render(request, "challenges/calendar.html", context)


@require_POST
def calendar_off(request: HttpRequest) -> HttpResponse:
    CalendarFeed.objects.filter(user=_reader(request)).delete()
    messages.success(request, _("Switched off. The address no longer shows anything."))
    return redirect("calendar")


@require_safe
@login_not_required
@cache_control(private=True, no_cache=True)
@conditional_page
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar fetches, without a cookie. A wrong address and one that was given up look the same."""
    feed = CalendarFeed.objects.find(token)
    if feed is None:
        raise Http404
    if not allow(request, "calendar_file", key=str(feed.pk)):
        return too_many(request, "calendar_file")
    return HttpResponse(
        file_of(feed.user),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="kindness.ics"'},
    )
