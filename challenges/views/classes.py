"""Beginning with a school class: the class first, then its list, then a program."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.models import User
from accounts.names import NameField
from accounts.people import person
from accounts.typed import typed
from challenges import beginnings
from challenges.days import day_name
from challenges.forms import FARTHEST, next_monday
from challenges.programs import Glance, programs_for
from groups.launch import is_ready
from groups.models import Group, Organization, OrganizationAdmin
from groups.views.pupils import class_run_by

NEW = "new"
AGES = [
    ("primary", gettext_lazy("7 to 11")),
    ("secondary", gettext_lazy("11 to 15")),
    ("older", gettext_lazy("16 to 18")),
]
MADE = "classes_made"


class ClassForm(forms.Form):
    """A class and its school."""

    name = NameField(
        max_length=80, label=gettext_lazy("Name of the class"), help_text=gettext_lazy("Such as “Class 4 Kestrels”.")
    )
    ages = forms.ChoiceField(
        label=gettext_lazy("How old are they?"),
        choices=AGES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say how old they are.")},
    )
    school = forms.ChoiceField(label=gettext_lazy("Which school?"), widget=forms.RadioSelect, required=False)
    school_name = NameField(max_length=80, label=gettext_lazy("Name of the school"), required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.schools = {one.public_id: one for one in Organization.objects.administered_by(user).order_by("name", "pk")}
        super().__init__(data, initial={"school": next(iter(self.schools), NEW)})
        if self.schools:
            field = cast(forms.ChoiceField, self.fields["school"])
            field.choices = [*((key, one.name) for key, one in self.schools.items()), (NEW, _("Another school"))]
        else:
            del self.fields["school"]

    @property
    def chosen(self) -> Organization | None:
        return self.schools.get(self.cleaned_data.get("school", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.chosen and not data.get("school_name") and "school_name" not in self.errors:
            self.add_error("school_name", _("Please give the name of the school."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def start_class(request: HttpRequest) -> HttpResponse:
    """Make the class. Its pupils and its program come after the list of what is settled first."""
    user = person(request)
    key = request.POST.get("form_key", "").replace("\0", "")[:32] or beginnings.new_key()
    made = request.session.get(MADE, {})
    if request.method == "POST" and key in made:
        return redirect("class-launch", slug=made[key])
    form = ClassForm(typed(request), user=user)
    if form.is_bound and form.is_valid():
        if not limits.allow(request, "start"):
            return limits.too_many(request, "start")
        group = _found(user, form)
        request.session[MADE] = {**dict(list(made.items())[-4:]), key: group.slug}
        messages.success(request, _("Here is your class. Now a few lines, and then your pupils."))
        return redirect("class-launch", slug=group.slug)
    context = {"form": form, "form_key": key}
    return render(request, "challenges/start_class.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _found(user: User, form: ClassForm) -> Group:
    answers = form.cleaned_data
    organization = form.chosen
    if organization is None:
        organization = Organization.objects.create(
            name=answers["school_name"], time_zone=user.time_zone, language=user.language
        )
        OrganizationAdmin.objects.create(organization=organization, user=user)
    older = answers["ages"] == "older"
    return Group.objects.found(
        name=answers["name"],
        mode="secondary" if older else answers["ages"],
        founder=user,
        organization=organization,
        age_band="16-18" if older else "",
    )


class BeginForm(forms.Form):
    """Which program a class begins, and when."""

    program = forms.ChoiceField(
        label=gettext_lazy("Which program?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a program.")},
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "input short"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Please choose the first day."),
            "invalid": gettext_lazy("Please give a day of the calendar, such as 2027-03-01."),
        },
    )

    def __init__(self, data: Any = None, *, group: Group) -> None:
        self.group = group
        self.programs = programs_for(group.age_band, group.mode, language=get_language() or "en")
        today = group.organization.today()
        first = group.classroom.school.calendar.next_school_day(next_monday(today)) or next_monday(today)
        super().__init__(data, initial={"program": next(iter(self.programs), ""), "starts_on": first})
        field = cast(forms.ChoiceField, self.fields["program"])
        field.choices = [(plan.key, plan.title) for plan in self.programs.values()]

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        today = self.group.organization.today()
        if not today <= day <= today + FARTHEST:
            raise forms.ValidationError(_("Please choose today or a later day, within a year."))
        calendar = self.group.classroom.school.calendar
        if not calendar.is_school_day(day):
            later = calendar.next_school_day(day)
            if later is None:
                raise forms.ValidationError(_("Your school has no lessons on that day."))
            words = _("Your school has no lessons on that day. The next school day is %(day)s.")
            raise forms.ValidationError(words % {"day": day_name(later)})
        return day


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """A program and a first day, once everything on the list is settled."""
    user = person(request)
    group = class_run_by(user, slug)
    if not is_ready(group):
        messages.info(request, _("Before a class begins, its list has to be settled."))
        return redirect("class-launch", slug=slug)
    key = request.POST.get("form_key", "").replace("\0", "")[:32] or beginnings.new_key()
    form = BeginForm(typed(request), group=group)
    if form.is_bound and form.is_valid():
        if not limits.allow(request, "start"):
            return limits.too_many(request, "start")
        challenge = beginnings.begin(
            user,
            key=key,
            group=group,
            name="",
            mode=group.mode,
            program=form.cleaned_data["program"],
            starts_on=form.cleaned_data["starts_on"],
        )
        messages.success(request, _("It starts on %(day)s.") % {"day": day_name(challenge.starts_on)})
        return redirect("lead", slug=slug)
    context = {
        "group": group,
        "form": form,
        "form_key": key,
        "programs": [Glance(plan) for plan in form.programs.values()],
    }
    return render(request, "challenges/begin_class.html", context, status=422 if form.is_bound else 200)
