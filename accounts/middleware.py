from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class PersonalClockMiddleware:
    """Shows dates in the signed-in person's zone and words in their language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        translation.activate(user.language)
        with timezone.override(user.zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        return response
