from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import stopping
from notifications.models import Channel, SwitchedOff


@csrf_exempt  # mail programs post here by themselves, without a cookie; the token in the address says for whom
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail. Looking changes nothing, since programs that guard mailboxes open every link."""
    found = stopping.read(token)
    if found is None:
        return render(request, "notifications/stop_unknown.html", status=404)
    user, topic = found
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click":
            SwitchedOff.objects.switch_off(user, topic, Channel.MAIL, SwitchedOff.How.ONE_CLICK)
        elif request.POST.get("again") == "yes":
            SwitchedOff.objects.switch_on(user, topic, Channel.MAIL)
        else:
            return render(request, "notifications/stop_unknown.html", status=400)
    is_off = SwitchedOff.objects.is_off(user, topic, Channel.MAIL)
    return render(request, "notifications/stop.html", {"topic": topic.label, "is_off": is_off})
