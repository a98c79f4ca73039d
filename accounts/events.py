"""Signing in and out and changes of how, as lines of the audit log: whichever page, form or library made them.

Of pupils nothing is written here: when a child used a tablet is nobody's business for years.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.dispatch import Signal

from accounts.models import User
from accounts.models.audit import record

EVENTS: dict[Signal, str] = {
    account.user_logged_in: "signed in",
    account.user_logged_out: "signed out",
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
    person: User | None = found["user"] if "user" in found else _owner(found)
    if person is None or person.is_pupil:
        return
    if signal is account.user_logged_out and not User.objects.filter(pk=person.pk).exists():
        return  # they have deleted their account, and nothing more is written about them
    record(person, EVENTS[signal], person)


def _owner(found: dict[str, Any]) -> Any:
    return (found.get("sociallogin") or found["socialaccount"]).user
