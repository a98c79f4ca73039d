"""A reset that was asked for before the password changed is worth nothing: who had it changed meant it."""

from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from django.http import HttpRequest

UNTIL_NOW = "until_now"


def note_password(request: HttpRequest) -> None:
    """Remember in the session, with the reset that just began, which password it is to replace."""
    process = PasswordResetVerificationProcess.resume(request)
    if process and process.user:
        process.state[UNTIL_NOW] = process.user.get_session_auth_hash()
        process.persist()


def drop_outdated(request: HttpRequest) -> None:
    """Forget a reset whose password has been changed in the meantime."""
    process = PasswordResetVerificationProcess.resume(request)
    if process and process.user and process.state.get(UNTIL_NOW) != process.user.get_session_auth_hash():
        process.abort()
