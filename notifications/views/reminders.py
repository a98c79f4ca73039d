"""What I am told, when and how; and a pause from all of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.typed import typed
from notifications.models import Clock, Preferences, Suppression
from notifications.reminders_form import PauseForm, RemindersForm
from notifications.views.devices import owner


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    me, sent = owner(request), typed(request)
    do = sent.get("do", "") if sent else ""
    form = RemindersForm(sent if do == "save" else None, user=me)
    pause = PauseForm(sent if do == "pause" else None, today=me.today())
    if form.is_bound and form.is_valid():
        form.save()
        for remark in form.remarks():
            messages.info(request, remark)
        messages.success(request, _("Saved."))
        return redirect("reminders")
    if pause.is_bound and pause.is_valid():
        Preferences.objects.choose(me, paused_until=pause.cleaned_data["paused_until"])
        messages.success(request, _("Paused. Nothing is saved up for you meanwhile."))
        return redirect("reminders")
    if do == "resume":
        Preferences.objects.choose(me, paused_until=None)
        messages.success(request, _("Good to have you back."))
        return redirect("reminders")
    status = 422 if request.method == "POST" else 200
    return render(request, "notifications/reminders.html", _context(me, form, pause), status=status)


def _context(me: User, form: RemindersForm, pause: PauseForm) -> dict[str, object]:
    wishes = Preferences.objects.of(me)
    clock = Clock.objects.filter(user=me, rhythm="reminder").first()
    return {
        "form": form,
        "pause": pause,
        "paused_until": wishes.paused_until if wishes.is_paused_on(me.today()) else None,
        "next_at": clock.next_at if clock and clock.last_on else None,
        "zone": me.time_zone,
        "stopped": Suppression.objects.is_stopped(me.email or ""),
    }
