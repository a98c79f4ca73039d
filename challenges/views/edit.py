"""What those who run a group may change of its challenges."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import storable, typed
from challenges import arrange
from challenges.days import day_name
from challenges.edit_forms import AgainForm, ChallengeForm, NewStepForm, StepForm
from challenges.models import Challenge, Step
from challenges.schedule import Phase
from groups.launch import is_ready


def _run(request: HttpRequest, public_id: str) -> Challenge:
    """The challenge, for those who run its group: a stranger gets 404, a member 403."""
    user = person(request)
    challenges = Challenge.objects.visible_to(user).select_related("group__organization")
    challenge = get_object_or_404(challenges, public_id=public_id)
    if not challenge.group.can_be_run_by(user):
        raise PermissionDenied
    challenge.group.check_open()
    return challenge


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    challenge = _run(request, public_id)
    form = ChallengeForm(typed(request), instance=challenge)
    if form.is_bound and form.is_valid():
        challenge.change(form.changed, by=person(request))
        if challenge.is_over:
            messages.success(request, _("Its name is saved. It is over, so all else stays as it was."))
        else:
            messages.success(request, _("Saved. What has been told stays as it is."))
        return redirect(challenge)
    status = 422 if form.is_bound else 200
    # A form that was refused has already written into its challenge; the page around it shows what is stored.
    stored = (
        Challenge.objects.select_related("group__organization").get(pk=challenge.pk) if form.is_bound else challenge
    )
    return render(request, "challenges/edit.html", {"challenge": stored, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: HttpRequest, public_id: str) -> HttpResponse:
    """The steps in their order: move, hide, show, and one of their own at the end."""
    challenge = _run(request, public_id)
    user = person(request)
    do = request.POST.get("do", "")
    form = NewStepForm(typed(request) if do == "add" else None, challenge=challenge)
    if form.is_bound and challenge.is_over:
        form.add_error(None, over())
    elif form.is_bound and form.is_valid():
        step = arrange.add(challenge, user, **form.fields_of_step())
        messages.success(request, _("Your step stands at the end now."))
        return redirect(f"{request.path}#step-{step.public_id}")
    if request.method == "POST" and do != "add":
        return _rearranged(request, challenge, do)
    rows = arrange.rows_of(challenge)
    context = {"challenge": challenge, "rows": rows, "form": form}
    return render(request, "challenges/steps.html", context, status=422 if form.is_bound else 200)


def over() -> str:
    """Why the steps of a challenge that is over cannot be changed, and what can be done instead."""
    return _("This challenge is over, so its prompts stay as they were. Run it again to change them for the next time.")


def _rearranged(request: HttpRequest, challenge: Challenge, do: str) -> HttpResponse:
    step = get_object_or_404(challenge.steps, public_id=storable(request.POST).get("step", ""))
    user = person(request)
    if challenge.is_over:
        messages.info(request, over())
    elif do in {"up", "down"}:
        if not arrange.move(challenge, step, -1 if do == "up" else 1, user):
            messages.info(request, _("That step stays where it is."))
    elif do in {"hide", "show"}:
        arrange.show(step, do == "show", user)
    return redirect(f"{request.path}#step-{step.public_id}")


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, public_id: str) -> HttpResponse:
    """The words of one step, with the way back to the program's words."""
    user = person(request)
    found = Step.objects.visible_to(user).select_related("challenge__group__organization")
    step = get_object_or_404(found, public_id=public_id)
    if not step.challenge.group.can_be_run_by(user):
        raise PermissionDenied
    step.challenge.group.check_open()
    if step.challenge.is_over and (request.method != "POST" or request.POST.get("do") == "reset"):
        messages.info(request, over())
        return redirect("challenge-steps", step.challenge.public_id)
    if request.POST.get("do") == "reset" and not step.is_own:
        step.reword({}, by=user)
        messages.success(request, _("The program’s words are back."))
        return redirect("step-edit", step.public_id)
    words = {name: getattr(step.words, name) for name in StepForm.base_fields}
    form = StepForm(typed(request), initial=words)
    if step.challenge.is_over:
        form.add_error(None, over())
    elif form.is_bound and form.is_valid():
        step.reword(form.words(), by=user)
        messages.success(request, _("Saved. From now on the step reads like this."))
        return redirect("challenge-steps", step.challenge.public_id)
    context = {"challenge": step.challenge, "step": step, "form": form}
    return render(request, "challenges/step_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    challenge = _run(request, public_id)
    if challenge.phase != Phase.OPEN:
        messages.info(request, _("Only a challenge that is under way can be ended."))
        return redirect(challenge)
    if request.method == "POST":
        challenge.end(person(request))
        messages.success(request, _("Today is the last day."))
        return redirect("closing", challenge.public_id)
    until = day_name(challenge.group.organization.today() + timedelta(days=7))
    return render(request, "challenges/end.html", {"challenge": challenge, "until": until})


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    challenge = _run(request, public_id)
    if challenge.is_over:
        messages.info(request, _("This challenge is over already."))
        return redirect(challenge)
    if request.method == "POST":
        challenge.cancel(person(request))
        messages.success(request, _("It is called off. What people told stays in the group."))
        return redirect("lead", challenge.group.slug)
    return render(request, "challenges/cancel.html", {"challenge": challenge})


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same steps with new dates. The same day chosen twice is one challenge, not two."""
    challenge = _run(request, public_id)
    if not is_ready(challenge.group):
        return redirect("class-launch", slug=challenge.group.slug)
    today = challenge.group.organization.today()
    begins = monday(max(today, challenge.ends_on))
    form = AgainForm(typed(request), today=today, initial={"starts_on": begins})
    if form.is_bound and form.is_valid():
        new = challenge.repeat(form.cleaned_data["starts_on"], by=person(request))
        messages.success(request, _("It starts on %(day)s.") % {"day": day_name(new.starts_on)})
        return redirect(new)
    status = 422 if form.is_bound else 200
    return render(request, "challenges/again.html", {"challenge": challenge, "form": form}, status=status)


def monday(day: date) -> date:
    """The Monday after a day, which is when most people like to begin."""
    return day + timedelta(days=7 - day.weekday())
