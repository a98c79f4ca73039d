"""Pupils: people without an address, who reach only what is marked for them."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

OPEN = "open_to_pupils"


def open_to_pupils[View: Callable[..., Any]](view: View) -> View:
    """Let pupils open this view. Whatever is not marked answers them as if it did not exist (groups.middleware)."""
    setattr(view, OPEN, True)
    return view


def is_open_to_pupils(view: Any) -> bool:
    return getattr(view, OPEN, False) is True


class PupilBackend(ModelBackend):
    """Knows a pupil again within a session. It lets nobody in: that is the door of the class (groups.class_door)."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:  # type: ignore[override]
        return None

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:  # type: ignore[override]
        return getattr(user, "is_pupil", False) and super().user_can_authenticate(user)  # type: ignore[arg-type]
