from typing import cast

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person of a request that the login middleware has let through."""
    return cast(User, request.user)
