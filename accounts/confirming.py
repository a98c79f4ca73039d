"""Confirming anew that it is you, before something sensitive changes.

allauth keeps the list of how somebody proved themselves in this session; we ask for a proof of the last minutes also
of people who have no password, with a mailed code (allauth would let them pass).
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.core.exceptions import ReauthenticationRequired
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from accounts.people import person

View = Callable[..., HttpResponseBase]
CODE_KEY = "confirm_code"
TRIES = 3
LIFETIME = 600


def has_confirmed(request: HttpRequest) -> bool:
    """Whether this browser has proved within the last minutes that it is still the same person."""
    proofs = [proof for proof in _proofs(request) if proof.get("reauthenticated")]
    return bool(proofs) and time.time() - proofs[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def has_used_a_key(request: HttpRequest) -> bool:
    """Whether a passkey, an authenticator code or a recovery code was used in this session, at any time."""
    return any(proof.get("method") == "mfa" for proof in _proofs(request))


def require_confirmation(request: HttpRequest) -> None:
    """Send the person to prove themselves first, and back here afterwards (allauth's middleware does both)."""
    if has_confirmed(request):
        return
    if not get_adapter(request).get_reauthentication_methods(person(request)):
        raise PermissionDenied  # nobody could confirm anything, and the way would lead round in circles
    raise ReauthenticationRequired


def confirmed(view: View) -> View:
    """Guard of a view that changes how somebody signs in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_confirmation(request)
        return view(request, *args, **kwargs)

    return guarded


def _proofs(request: HttpRequest) -> list[dict[str, Any]]:
    proofs: list[dict[str, Any]] = get_authentication_records(request, person(request))
    return proofs


class MailedConfirmation(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """A six-digit code to the person's own address, for this session only."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(state=state, user=person(request), max_attempts=TRIES, timeout=LIFETIME)

    @classmethod
    def begin(cls, request: HttpRequest) -> "MailedConfirmation":
        process = cls(request, cls.initial_state(person(request), person(request).email))
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, request: HttpRequest) -> "MailedConfirmation | None":
        state = request.session.get(CODE_KEY)
        if not state or state.get("user_id") != cls.initial_state(person(request))["user_id"]:
            return None
        process: MailedConfirmation | None = cls(request, state).abort_if_invalid()
        return process

    def send(self) -> None:
        adapter = get_adapter(self.request)
        self.state["code"] = adapter.generate_login_code()
        adapter.send_mail("account/email/confirm_code", self.state["email"], {"code": self.code})

    def persist(self) -> None:
        self.request.session[CODE_KEY] = self.state

    def abort(self) -> None:
        self.request.session.pop(CODE_KEY, None)

    def finish(self) -> None:
        """The code has also shown that the address works."""
        self.abort()
        user: User = person(self.request)
        sync_user_email_address(user)
        verify_email_indirectly(self.request, user, self.state["email"])
        record_authentication(self.request, user, method="code", email=user.email, reauthenticated=True)
