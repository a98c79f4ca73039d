"""The client of the tests: a browser that complains about bad HTML."""

import time
from pathlib import Path
from typing import Any

import allauth
from django.db import connection
from django.test import Client

from accounts.models import User
from groups.models import Pupil
from tests.html import check_html

THEIRS = str(Path(allauth.__file__).parent)


class CheckedClient(Client):
    """Looks over every HTML reply; a page can only be wrong where no test ever goes.

    Once is enough: a page is the same whatever database it was read from, and parsing it costs as much as
    making it, so the run on PostgreSQL leaves it out.

    Whatever was drawn for it, a letter or a line among them, has to be ours: nothing has allauth's own look.

    A letter that is shown as it was sent, in a sandbox, is no page of ours: its styles have to stand inside it.
    """

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        theirs = {drawn.name for drawn in response.templates or [] if _origin(drawn).startswith(THEIRS)}
        assert not theirs, f"drawn with templates of allauth: {theirs}"
        is_html = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        in_a_sandbox = "sandbox" in response.headers.get("Content-Security-Policy", "")
        if is_html and not in_a_sandbox and connection.vendor == "sqlite":
            check_html(response)
        return response


def _origin(template: Any) -> str:
    return str(template.origin.name) if template.origin else ""


def pupil_client(pupil: Pupil) -> CheckedClient:
    """A pupil who came in by their card; at a name the demo has too, where the pictures of the screens are taken."""
    client = CheckedClient(SERVER_NAME="localhost")
    client.get(f"/class/card/{pupil.user.public_id}/{pupil.secret.card}/")
    assert client.post("/class/card/").status_code == 302
    return client


def confirmed_client(user: User, browser: type[Client] = CheckedClient) -> Client:
    """Somebody who is signed in and has proved a moment ago that it is them."""
    client = browser()
    client.force_login(user)
    confirm_session(client, user)
    return client


def confirm_session(client: Client, user: User) -> None:
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
