"""A teacher tells what a child without a device did: in the child's name, and read by the teacher already."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.ids import new_public_id
from accounts.models import User
from accounts.models.audit import record
from accounts.people import person
from accounts.typed import typed
from challenges import schedule
from challenges.models import Challenge
from feed import reading
from feed.act_form import NOT_THIS_DAY, day_choices
from feed.form_key import FormKeyField
from feed.models import Act
from feed.models.act import TEXT_LIMIT
from feed.words import WordsField
from groups.models import Group, Pupil
from groups.views.pupils import class_run_by, pupil_of

KINDS = (
    (Act.Kind.DID, gettext_lazy("They did it")),
    (Act.Kind.SAW, gettext_lazy("They saw it")),
    (Act.Kind.RECEIVED, gettext_lazy("They received it")),
)


class ForPupilForm(forms.Form):
    """What a child did, saw or received, in the teacher's hand."""

    kind = forms.ChoiceField(
        choices=KINDS, widget=forms.RadioSelect, initial="did", label=gettext_lazy("What kind of act is it?")
    )
    text = WordsField(
        max_length=TEXT_LIMIT,
        label=gettext_lazy("In a sentence or two"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_LIMIT}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
    )
    day = forms.TypedChoiceField(
        coerce=date.fromisoformat,
        label=gettext_lazy("When"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), NOT_THIS_DAY),
    )
    form_key = FormKeyField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"day": today.isoformat(), "form_key": new_public_id()})
        cast(forms.TypedChoiceField, self.fields["day"]).choices = day_choices(schedule.loggable_days(today), today)


@require_http_methods(["GET", "HEAD", "POST"])
def tell_for(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    teacher = person(request)
    group = class_run_by(teacher, slug)
    named = pupil_of(group, public_id)
    if named.pupil.sits_out:
        raise Http404
    form = ForPupilForm(typed(request), today=group.organization.today())
    if form.is_bound and (reason := group.why_quiet(teacher)):
        form.add_error(None, reason)
    if form.is_bound and form.is_valid():
        _tell(named.pupil, group, teacher, form.cleaned_data)
        messages.success(request, _("Told for %(name)s. The class can see it.") % {"name": named.shown})
        return redirect("class-pupil-page", slug=slug, public_id=public_id)
    context = {"group": group, "named": named, "form": form}
    return render(request, "feed/tell_for.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _tell(pupil: Pupil, group: Group, teacher: User, said: dict[str, Any]) -> None:
    day = said["day"]
    act = Act.objects.post(
        pupil.user,
        group,
        kind=said["kind"],
        text=said["text"],
        done_on=day,
        form_key=said["form_key"],
        challenge=Challenge.objects.of_day(group, day).first(),
    )
    if act.state == Act.State.PENDING:
        record(teacher, "told for a pupil", act, group_id=group.pk)
        reading.share(act, teacher, tell=False)
