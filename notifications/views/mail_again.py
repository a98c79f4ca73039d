from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.limits import allow, too_many
from accounts.people import person
from notifications.models import Suppression


@require_POST
def mail_again(request: HttpRequest) -> HttpResponse:
    """My address works after all: write to me again. If letters come back once more, it stops once more."""
    if not allow(request, "mail_again"):
        return too_many(request, "mail_again")
    if Suppression.objects.lift(person(request).email or ""):
        messages.success(request, _("Thank you. We write to you again."))
    return redirect("you")
