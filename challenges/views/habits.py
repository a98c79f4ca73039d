"""One kindness to keep when the challenges are over."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import typed
from challenges.edit_forms import HabitForm
from challenges.models import Habit


@require_http_methods(["GET", "HEAD", "POST"])
def habit(request: HttpRequest) -> HttpResponse:
    """ "When …, I will …", for as long as I like; and whether I am reminded of it."""
    me, sent = person(request), typed(request)
    if me.is_pupil:  # nobody writes to them, and what a class keeps it keeps together
        raise PermissionDenied
    mine = Habit.objects.filter(user=me).first()
    if sent is not None and "let_go" in sent:
        Habit.objects.let_go(me)
        messages.success(request, _("Let go. Another may come by itself."))
        return redirect("habit")
    form = HabitForm(sent, initial={"cue": mine.cue, "act": mine.act, "monthly": mine.monthly} if mine else None)
    if form.is_bound and form.is_valid():
        Habit.objects.keep(me, **form.cleaned_data)
        messages.success(request, _("Kept. Only you can see it."))
        return redirect("habit")
    context = {"form": form, "mine": mine}
    return render(request, "challenges/habit.html", context, status=422 if form.is_bound else 200)
