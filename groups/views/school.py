"""When a school is open: its weekdays and hours, its terms and holidays."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.names import NameField
from accounts.people import person
from accounts.typed import typed
from groups.models import Organization, School, SchoolSpan
from groups.models.school import MOST_SPANS
from groups.settings_forms import day_field
from groups.views.organizations import looked_after

LONGEST = 400


def _time_field(**kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time", "class": "input short"}, format="%H:%M"),
        error_messages={
            "required": gettext_lazy("Please give a time."),
            "invalid": gettext_lazy("Please give a time, such as 8:00."),
        },
        **kwargs,
    )


class HoursForm(forms.Form):
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days with lessons"),
        choices=[(str(number), name) for number, name in WEEKDAYS_ABBR.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one day.")},
    )
    opens_at = _time_field(label=gettext_lazy("The day begins at"))
    closes_at = _time_field(
        label=gettext_lazy("The day ends at"),
        help_text=gettext_lazy("From then on no pupil is signed in, unless a class is open at home."),
    )

    def __init__(self, data: Any = None, *, school: School) -> None:
        initial = {"weekdays": list(school.weekdays), "opens_at": school.opens_at, "closes_at": school.closes_at}
        super().__init__(data, initial=initial)

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The day has to end after it begins."))
        return data


class SpanForm(forms.Form):
    """A term or a holiday."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=SchoolSpan.Kind, widget=forms.RadioSelect, initial="holiday"
    )
    title = NameField(max_length=60, label=gettext_lazy("Name"), help_text=gettext_lazy("Such as “Half term”."))
    starts_on = day_field(label=gettext_lazy("First day"))
    ends_on = day_field(label=gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and not 0 <= (last - first).days <= LONGEST:
            self.add_error("ends_on", _("The last day has to be the first day or a later one, within a year."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def school(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    organization = looked_after(request, public_id)
    hours = School.of(organization)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = HoursForm(typed(request) if do == "hours" else None, school=hours)
    span_form = SpanForm(typed(request) if do == "add" else None, auto_id="id_span_%s")
    if do == "remove":
        _remove(organization, request.POST.get("span", "").replace("\0", ""), user)
        return redirect("school", public_id=public_id)
    if form.is_bound and form.is_valid():
        hours.change(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("school", public_id=public_id)
    if span_form.is_bound and organization.school_spans.count() >= MOST_SPANS:
        span_form.add_error(None, _("There are %(most)d already. Please take one away first.") % {"most": MOST_SPANS})
    if span_form.is_bound and span_form.is_valid():
        hours.add_span(user, **span_form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("school", public_id=public_id)
    spans = list(organization.school_spans.all())
    context = {
        "organization": organization,
        "form": form,
        "span_form": span_form,
        "terms": [span for span in spans if span.kind == SchoolSpan.Kind.TERM],
        "holidays": [span for span in spans if span.kind == SchoolSpan.Kind.HOLIDAY],
        "next": School.of(organization).calendar.next_school_day(organization.today()),
    }
    wrong = form.is_bound or span_form.is_bound
    return render(request, "groups/school.html", context, status=422 if wrong else 200)


def _remove(organization: Organization, public_id: str, by: User) -> None:
    span = organization.school_spans.filter(public_id=public_id).first()
    if span:
        School.of(organization).drop_span(span, by)
