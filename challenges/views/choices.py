from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.people import person
from accounts.pupils import open_to_pupils
from challenges.choices import decide
from challenges.models import Challenge, Step
from challenges.prompts import prompt_of


@open_to_pupils
@require_POST
def choice(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take, put off, change or drop a prompt; each button of the prompt is a small form that ends here."""
    user = person(request)
    step = get_object_or_404(
        Step.objects.visible_to(user).visible().select_related("challenge__group__organization"), public_id=public_id
    )
    if not step.challenge.group.memberships.active().filter(user=user).exists():
        raise PermissionDenied
    step.challenge.group.check_open()
    do = request.POST.get("do", "")
    if not decide(user, step, do, option=request.POST.get("option", "")):
        messages.info(request, _("That prompt is not open any more, so nothing was changed."))
    moves_on = do in {"skip", "rest"} and step.challenge.cadence != Challenge.Cadence.DAILY
    return _prompt(request, user, step, asked="" if moves_on else step.public_id)


def _prompt(request: HttpRequest, user: User, step: Step, *, asked: str) -> HttpResponse:
    """The prompt as it stands now: alone for htmx, on Today otherwise."""
    prompt = prompt_of(user, step.challenge, asked=asked)
    if prompt and request.headers.get("HX-Target") == prompt.id:
        show_group = bool(request.POST.get("show_group"))
        # htmx gives the focus to what says autofocus; without it the keyboard would begin at the top again.
        context = {"prompt": prompt, "show_group": show_group, "swapped": True}
        return render(request, "challenges/prompt.html", context)
    if prompt is None:
        return redirect("home")
    return redirect(f"{reverse('home')}{f'?step={asked}' if asked else ''}#{prompt.id}")
