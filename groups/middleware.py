from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.pupils import is_open_to_pupils
from groups.class_door import class_of, code_of, keep_awake
from groups.models import Group


class PupilGateMiddleware:
    """Lets pupils reach what is marked for them, in their class, while it is open; nothing else exists for them.

    The default is no: a view that nobody has thought of answers a pupil as an address that leads nowhere. When the
    school day ends, or the school's yes is taken back, the next tap signs the pupil out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not user.is_pupil:
            return None
        if not is_open_to_pupils(view):
            raise Http404
        group = class_of(request, user)
        if group is None:
            code = code_of(request)
            logout(request)
            return redirect("class-names", code=code.code) if code else redirect("class-door")
        vars(request)["school_class"] = group
        keep_awake(request)
        return None


def class_on(request: HttpRequest) -> Group:
    """The class of a pupil's request, which the gate has let through."""
    group: Group = vars(request)["school_class"]
    return group


def class_seen(request: HttpRequest) -> Group | None:
    """The same, or None on a page that the gate has not let through, such as one that is not there."""
    return vars(request).get("school_class")
