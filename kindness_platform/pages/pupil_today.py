"""Today as a pupil sees it: one thing to do, in big words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.people import person
from groups.middleware import class_on


def pupil_today(request: HttpRequest) -> HttpResponse:
    user, group = person(request), class_on(request)
    context = {"group": group, "today": group.organization.today(), "sits_out": user.pupil.sits_out}
    return render(request, "pages/pupil_today.html", context)
