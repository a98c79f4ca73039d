"""How a class signs in and shows names, and its own code."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models.audit import record
from accounts.people import person
from accounts.typed import typed
from groups.class_forms import ClassroomForm
from groups.models import JoinCode
from groups.views.pupils import class_run_by


@require_http_methods(["GET", "HEAD", "POST"])
def classroom(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    group = class_run_by(user, slug)
    code = JoinCode.live_of(group, JoinCode.Purpose.CLASS)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "code":
        fresh = code.rotate(user) if code else JoinCode.current(group, user, JoinCode.Purpose.CLASS)
        record(user, "rotated", fresh, group_id=group.pk)
        messages.success(request, _("Here is a new class code. The old one no longer works; print the cards again."))
        return redirect("classroom", slug=slug)
    if do == "keep" and not group.is_led_for_a_time_by(user):
        group.classroom.keep_another_year(user)
        messages.success(request, _("Kept for another year."))
        return redirect("classroom", slug=slug)
    form = ClassroomForm(typed(request) if do == "save" else None, classroom=group.classroom)
    if form.is_bound and form.is_valid():
        group.classroom.change(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("classroom", slug=slug)
    context = {
        "group": group,
        "form": form,
        "code": code,
        "link": settings.BASE_URL + reverse("class-names", args=[code.code]) if code else "",
    }
    return render(request, "groups/classroom.html", context, status=422 if form.is_bound else 200)
