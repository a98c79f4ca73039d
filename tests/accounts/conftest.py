"""A visitor at the door, and the letters they get."""

import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

Send = Callable[..., HttpResponse]


@pytest.fixture
def send(visitor: Client, django_capture_on_commit_callbacks: Any) -> Send:
    """Post a form as the visitor, and let what it queued be mailed."""

    def post(path: str, data: dict[str, str] | None = None, **more: Any) -> HttpResponse:
        client: Client = more.pop("client", visitor)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(path, data or {}, **more)
        return cast(HttpResponse, response)

    return post


def code_in_the_mail(number: int = -1) -> str:
    """The six digits of a letter; of the newest one, if not said."""
    found = re.search(r"^\s*(\d{6})\s*$", str(mail.outbox[number].body), re.MULTILINE)
    assert found, mail.outbox[number].body
    return found[1]


def signed_in_as(client: Client) -> int | None:
    value = client.session.get("_auth_user_id")
    return int(value) if value else None


def confirm(client: Client, send: Send) -> None:
    """Confirm with a mailed code that it is still the same person."""
    path = "/accounts/confirm/mail/?next=/you/"
    send(path, {"action": "send"}, client=client)
    assert send(path, {"code": code_in_the_mail()}, client=client)["Location"] == "/you/"
