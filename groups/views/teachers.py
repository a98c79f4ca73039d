"""Who teaches a class: colleagues who stay, and a substitute who comes for a day."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import typed
from groups.models import Group, JoinCode
from groups.settings_forms import day_field
from groups.views.pupils import class_run_by

FARTHEST = timedelta(days=14)


class SubstituteForm(forms.Form):
    """The last day on which somebody stands in."""

    day = day_field(label=gettext_lazy("Until the end of"))

    def __init__(self, data: Any = None, *, group: Group) -> None:
        self.group = group
        super().__init__(data, initial={"day": group.organization.today()})

    def clean_day(self) -> datetime:
        day: date = self.cleaned_data["day"]
        today = self.group.organization.today()
        if not today <= day <= today + FARTHEST:
            raise ValidationError(_("Please choose today or a day within two weeks."))
        return self.group.organization.start_of(day + timedelta(days=1))


@require_http_methods(["GET", "HEAD", "POST"])
def teachers(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who teaches here, and links that let in one more."""
    user = person(request)
    group = class_run_by(user, slug, for_good=True)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = SubstituteForm(typed(request) if do == "substitute" else None, group=group)
    codes = JoinCode.objects.live().filter(group=group, purpose=JoinCode.Purpose.STAFF).order_by("-created_at", "-pk")
    if do == "stop":
        code = codes.filter(code=request.POST.get("code", "")[:12].replace("\0", "")).first()
        if code:
            code.stop(user)
            messages.success(request, _("The link no longer works."))
        return redirect("class-teachers", slug=slug)
    if do == "colleague" or (form.is_bound and form.is_valid()):
        JoinCode.for_colleague(group, user, until=form.cleaned_data["day"] if form.is_bound else None)
        messages.success(request, _("Here is a link. Give it to them by hand or in your own mail; it works once."))
        return redirect("class-teachers", slug=slug)
    context = {
        "group": group,
        "form": form,
        "places": group.memberships.active().leaders().select_related("user").order_by("joined_at", "pk"),
        "codes": [(code, settings.BASE_URL + reverse("join", args=[code.code])) for code in codes],
    }
    return render(request, "groups/teachers.html", context, status=422 if form.is_bound else 200)
