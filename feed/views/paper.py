"""The paper round trip of a class: lists to print, and the page on which they are entered."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.people import person
from accounts.typed import typed
from challenges.models import Challenge, Step
from feed import paper
from groups.class_door import Named, told_apart
from groups.models import Group, Pupil


class CodeForm(forms.Form):
    """The code that stands on a printed list."""

    code = forms.CharField(
        label=gettext_lazy("Code on the sheet"),
        max_length=20,
        strip=True,
        error_messages={"required": gettext_lazy("Please type the code that stands at the top of the sheet.")},
        widget=forms.TextInput(attrs={"class": "input short", "autocomplete": "off", "autocapitalize": "characters"}),
    )


class TallyForm(forms.Form):
    """How often each prompt of a list was ticked in the whole class."""

    def __init__(self, data: Any = None, *, sheet: paper.Sheet) -> None:
        super().__init__(data, auto_id="tally-%s")
        now = paper.tallies(sheet)
        self.steps = {step.public_id: step for step in sheet.steps}
        for key, step in self.steps.items():
            self.fields[key] = forms.IntegerField(
                label=step.words.theme,
                help_text=step.words.prompt,
                initial=now.get(step.pk, 0),
                required=False,
                min_value=0,
                max_value=paper.MOST,
                widget=forms.NumberInput(attrs={"class": "input short", "inputmode": "numeric"}),
                error_messages={"invalid": gettext_lazy("Please give a whole number.")},
            )

    def numbers(self) -> dict[int, int]:
        return {step.pk: self.cleaned_data[key] or 0 for key, step in self.steps.items()}


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """From the code on a sheet to the page on which it is entered."""
    user = person(request)
    classes = Group.objects.run_by(user).filter(mode__in=[Group.Mode.PRIMARY, Group.Mode.SECONDARY])
    if not classes.exists():  # who teaches nowhere has no sheets
        raise Http404
    form = CodeForm(typed(request))
    if form.is_bound and form.is_valid():
        theirs = Challenge.objects.filter(group__in=classes).select_related("group__organization")
        sheet = paper.sheet_by_code(theirs, form.cleaned_data["code"])
        if sheet is not None:
            return redirect("challenge-paper-week", sheet.challenge.public_id, sheet.week)
        form.add_error("code", _("No sheet of your classes has this code. It looks like ABC234-1."))
    return render(request, "feed/paper_code.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def sheets(request: HttpRequest, public_id: str) -> HttpResponse:
    """The lists to print: one for the whole class to a week, or one for each child."""
    challenge = _taught(person(request), public_id)
    each = request.GET.get("for") == "pupils"
    found = paper.sheets_of(challenge)
    context = {
        "challenge": challenge,
        "group": challenge.group,
        "sheets": [(sheet, settings.BASE_URL + _address(sheet)) for sheet in found],
        "pupils": _pupils(challenge.group) if each else [],
        "each": each,
    }
    return render(request, "feed/paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, public_id: str, week: int) -> HttpResponse:
    """What came back: the class's tallies, or each child's ticks. Both can be put right while late acts are taken."""
    user = person(request)
    challenge = _taught(user, public_id)
    sheet = next((one for one in paper.sheets_of(challenge) if one.week == week), None)
    if sheet is None:
        raise Http404
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do and not sheet.takes_tallies:
        messages.info(request, _("This list takes no tallies at the moment, so nothing was changed."))
        return redirect(_address(sheet))
    form = TallyForm(typed(request) if do == "class" else None, sheet=sheet)
    if do == "class" and form.is_valid():
        paper.enter_class(sheet, form.numbers(), by=user)
    elif do == "pupils":
        people = [named.pupil.user for named in _pupils(challenge.group)]
        paper.enter_pupils(sheet, people, _marked(request, people, sheet.steps), by=user)
    if do in {"class", "pupils"} and not form.errors:
        messages.success(request, _("Entered. It is counted as “from paper”."))
        return redirect(_address(sheet))
    return render(request, "feed/paper_enter.html", _context(challenge, sheet, form), status=422 if do else 200)


def _context(challenge: Challenge, sheet: paper.Sheet, form: TallyForm) -> dict[str, object]:
    ticked, told = paper.ticks(sheet), paper.told_otherwise(sheet)
    rows = []
    for named in _pupils(challenge.group):
        keys = [(step, (named.pupil.user_id, step.pk)) for step in sheet.steps]
        rows.append((named, [(step, key in ticked, key in told) for step, key in keys]))
    return {
        "challenge": challenge,
        "group": challenge.group,
        "sheet": sheet,
        "others": [one for one in paper.sheets_of(challenge) if one.week != sheet.week],
        "form": form,
        "rows": rows,
    }


def _taught(user: User, public_id: str) -> Challenge:
    """A challenge of a class, for those who teach it; for a group of adults there is no such page."""
    challenges = Challenge.objects.visible_to(user).select_related("group__organization")
    challenge = get_object_or_404(challenges, public_id=public_id)
    if not challenge.group.can_be_run_by(user):
        raise PermissionDenied
    if not challenge.group.is_class:
        raise Http404
    return challenge


def _pupils(group: Group) -> list[Named]:
    """The children who take part; who does the other task has no list."""
    return [named for named in told_apart(Pupil.objects.in_class(group)) if not named.pupil.sits_out]


def _marked(request: HttpRequest, people: list[User], steps: list[Step]) -> paper.Ticks:
    """The boxes that were ticked; one that stood on no page is no box."""
    boxes = {f"{person.public_id}-{step.public_id}": (person.pk, step.pk) for person in people for step in steps}
    return {boxes[sent] for sent in request.POST.getlist("tick") if sent in boxes}


def _address(sheet: paper.Sheet) -> str:
    return reverse("challenge-paper-week", args=[sheet.challenge.public_id, sheet.week])
