"""Changes of how somebody signs in, as lines of the audit log: whichever page, form or library made them."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.db.models import Model
from django.dispatch import Signal

from accounts.models.audit import record

EVENTS: dict[Signal, str] = {
    account.password_set: "set a password",
    account.password_changed: "changed the password",
    account.password_reset: "reset the password",
    account.email_changed: "changed the address",
    mfa.authenticator_added: "added a key",
    mfa.authenticator_removed: "removed a key",
    mfa.authenticator_reset: "made recovery codes",
    social.social_account_added: "connected an account",
    social.social_account_removed: "disconnected an account",
}


def watch() -> None:
    for signal in EVENTS:
        signal.connect(_write, dispatch_uid="audit")


def _write(sender: Any, signal: Signal, **found: Any) -> None:
    if signal is account.email_changed and found["from_email_address"] is None:
        return  # the first address has been confirmed; none was changed
    person: Model = found.get("user") or _owner(found)
    record(person, EVENTS[signal], person)


def _owner(found: dict[str, Any]) -> Any:
    return (found.get("sociallogin") or found["socialaccount"]).user
