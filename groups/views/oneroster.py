"""A school's whole list at once: the zip of a OneRoster export, looked at before anything changes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.people import person
from accounts.typed import typed
from groups.models import Authorization, Organization
from groups.models.authorization import TEXT_VERSION
from groups.oneroster.apply import Changed, ManyLeave, apply
from groups.oneroster.plan import Plan, make_plan
from groups.oneroster.problems import Refused
from groups.oneroster.school import School, read_school
from groups.views.launch import AuthorizationForm
from groups.views.organizations import looked_after
from kindness_platform.htmx import render_page

NAMED = 30


class RosterFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The zip that your school’s system has exported"),
        help_text=gettext_lazy("OneRoster 1.1 or 1.2, CSV, in bulk mode. The file is read and not kept."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={
            "required": gettext_lazy("Please choose the zip."),
            "empty": gettext_lazy("This file is empty."),
        },
    )
    age_band = forms.ChoiceField(
        label=gettext_lazy("How old are the pupils of classes whose grade is not in the file?"),
        choices=[
            ("7-11", gettext_lazy("7 to 11")),
            ("11-15", gettext_lazy("11 to 15")),
            ("16-18", gettext_lazy("16 to 18")),
        ],
        widget=forms.RadioSelect,
        initial="7-11",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest, public_id: str) -> HttpResponse:
    """First the yes of the whole school, then the file, then what it would change, then one button."""
    user = person(request)
    organization = looked_after(request, public_id)
    yes = Authorization.objects.live().filter(organization=organization, group=None).first()
    do = request.POST.get("do", "") if request.method == "POST" else ""
    yes_form = AuthorizationForm(typed(request) if do == "give" else None, auto_id="id_yes_%s")
    if do == "give" and yes_form.is_valid():
        Authorization.objects.give(
            organization,
            None,
            basis=yes_form.cleaned_data["basis"],
            given_by=yes_form.cleaned_data["given_by"],
            by=user,
        )
        messages.success(request, _("Recorded. Now pupils can be added."))
        return redirect("school-roster", public_id=public_id)
    if do == "withdraw" and yes:
        yes.withdraw(user)
        messages.success(request, _("Taken back. From this moment no pupil gets in, and none is added."))
        return redirect("school-roster", public_id=public_id)
    sent = do in {"look", "apply"} and yes is not None
    form = RosterFileForm(typed(request) if sent else None, request.FILES if sent else None)
    found: dict[str, Any] = {}
    if sent and not form.is_valid() and getattr(request, "too_large", False):
        form.add_error("file", _("This file is too large for a class list."))
    if sent and form.is_valid():
        found = _look(organization, form)
        if do == "apply" and found.get("plan"):
            done = _apply(request, organization, form, found)
            if done:
                return done
    wrong = (do == "give") or (sent and (not form.is_valid() or "plan" not in found))
    context = {
        "organization": organization,
        "form": form,
        "yes": yes,
        "yes_form": yes_form,
        "version": TEXT_VERSION,
        **found,
    }
    return render_page(request, "groups/school_roster.html", context, partial="plan", status=422 if wrong else 200)


def _look(organization: Organization, form: RosterFileForm) -> dict[str, Any]:
    """What the file would change, or what is wrong with it."""
    try:
        school = read_school(form.cleaned_data["file"], today=organization.today())
    except Refused as refused:
        form.add_error("file", ValidationError(str(refused)))
        return {}
    if school.problems:
        return {"problems": school.problems}
    plan = make_plan(organization, school)
    return {"school": school, "plan": plan, "named": NAMED}


def _apply(
    request: HttpRequest, organization: Organization, form: RosterFileForm, found: dict[str, Any]
) -> HttpResponse | None:
    """Do it, if it is what was looked at; else the page shows it again and says why."""
    school: School = found["school"]
    plan: Plan = found["plan"]
    try:
        apply(
            organization,
            school,
            by=person(request),
            seen=request.POST.get("seen", ""),
            sure=request.POST.get("sure") == "on",
            age_band=form.cleaned_data["age_band"],
        )
    except Changed:
        found["again"] = _("This is not quite what you have looked at. Please look at it once more.")
        return None
    except ManyLeave:
        found["again"] = _("Please say first that so many may leave.")
        return None
    added = len(plan.coming)
    messages.success(request, _("Done. New pupils: %(count)d.") % {"count": added})
    path = reverse("organization", args=[organization.public_id])
    return HttpResponseClientRedirect(path) if request.headers.get("HX-Request") else redirect(path)
