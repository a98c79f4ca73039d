"""Nothing of allauth's own look reaches anybody: every page, line and letter of its that can be reached is ours.

What it can draw is gathered from its code, so that a new version that draws something more fails here. That none of its
templates is ever drawn is also watched in every test that fetches a page (`tests/client.py`).
"""

import inspect
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.utils import timezone

from accounts import allauth_urls, letters
from accounts.models import AddressChange, User
from notifications.account_mail import KNOWN, LINKS

THEIRS = Path(allauth.__file__).parent
OURS = str(settings.BASE_DIR / "templates")
ROOMS = ("account", "mfa", "socialaccount")
DRAWN = re.compile(r'"((?:account|mfa|socialaccount)/[\w/]+)(?:\.(?:html|txt|\{[\w.]+\}))?"')

# What its code names and no address of ours leads to, with what would.
UNREACHED = {
    # its page of several addresses, and links in mails: an address is one, changed and confirmed by a code
    "account/email": "EmailView",
    "account/email_change": "EmailView",
    "account/email_confirm": "ConfirmEmailView",
    "account/verification_sent": "EmailVerificationSentView",
    "account/verified_email_required": "verified_email_required",
    "account/email/email_deleted": "EmailView",
    "account/messages/email_confirmation_failed": "ConfirmEmailView",
    "account/messages/email_deleted": "EmailView",
    "account/messages/cannot_delete_primary_email": "EmailView",
    "account/messages/primary_email_set": "EmailView",
    "account/messages/unverified_primary_email": "EmailView",
    # reset by a link: ours is by a code
    "account/password_reset_done": "PasswordResetDoneView",
    "account/email/password_reset_key": "PasswordResetView",
    # telephone numbers are not asked for
    "account/confirm_phone_verification_code": "ConfirmPhoneVerificationCodeView",
    "account/phone_change": "ChangePhoneView",
    "account/messages/phone_verification_sent": "ChangePhoneView",
    "account/messages/phone_verified": "ChangePhoneView",
    # pages that are one with another of ours, or whose forms are buttons
    "account/password_set": "PasswordSetView",
    "account/request_login_code": "RequestLoginCodeView",
    "account/signup_by_passkey": "SignupByPasskeyView",
    "mfa/index": "IndexView",
    "mfa/webauthn/authenticator_list": "ListWebAuthnView",
    "mfa/recovery_codes/download": "DownloadRecoveryCodesView",
    "socialaccount/connections": "ConnectionsView",
    # off (MFA_TRUST_ENABLED), and the answer to a GET, which our way to a server does not take
    "mfa/trust": "TrustView",
    "socialaccount/login": "respond_to_login_on_get",
    # only where session cookies are strict
    "socialaccount/login_redirect": "SESSION_COOKIE_SAMESITE",
}
# Templates that a view of ours, which inherits from the one that names it, has replaced by another name.
RENAMED = {
    "account/logout",  # only its POST is reached
    "account/reauthenticate",
    "account/signup_closed",  # signing up is never closed
    "account/password_reset_help_text",  # there is none: only a site of its own might write one
    "mfa/authenticate",
    "mfa/reauthenticate",
    "mfa/recovery_codes/generate",
    "mfa/recovery_codes/index",
    "mfa/totp/activate_form",
    "mfa/totp/deactivate_form",
    "mfa/webauthn/add_form",
    "mfa/webauthn/edit_form",
    "mfa/webauthn/reauthenticate",
    "mfa/webauthn/signup_form",
}


def named() -> set[str]:
    """All that allauth's code can draw, without the ends of the names."""
    paths = (path for room in ROOMS for path in (THEIRS / room).rglob("*.py"))
    return {name for path in paths for name in DRAWN.findall(path.read_text())}


def is_ours(name: str) -> bool:
    found = [Path(OURS) / f"{name}{end}" for end in (".html", ".txt")]
    return any(path.is_file() for path in found)


def test_its_code_is_read() -> None:
    assert len(named()) > 60
    assert {"account/login", "mfa/messages/totp_activated", "socialaccount/email/account_connected"} <= named()


def test_whatever_it_can_draw_is_ours_or_is_reached_by_nobody() -> None:
    letters_of_its = {name for name in named() if "/email/" in name}
    told = {name for name in letters_of_its if name.rsplit("/", 1)[-1] in KNOWN}
    left = named() - told - set(UNREACHED) - RENAMED
    assert {name for name in left if not is_ours(name)} == set()


def test_what_is_said_to_be_unreached_is_named_by_its_code() -> None:
    assert set(UNREACHED) | RENAMED <= named(), "these are no longer in allauth's code"


def views() -> dict[str, type]:
    """The classes behind our addresses of signing in."""
    found = {}
    for route in allauth_urls.urlpatterns:
        view = getattr(inspect.unwrap(route.callback), "view_class", None) or getattr(
            route.callback, "view_class", None
        )
        if view is not None:
            found[str(route.name)] = view
    return found


def test_every_routed_view_draws_a_template_of_ours() -> None:
    routed = {name: view for name, view in views().items() if getattr(view, "template_name", None)}
    assert len(routed) > 15
    for name, view in routed.items():
        origin = get_template(view.template_name).origin.name  # type: ignore[attr-defined]
        assert origin.startswith(OURS), f"{name}: {origin}"


def test_no_view_that_is_said_to_be_unreached_is_routed() -> None:
    routed = {base.__name__ for view in views().values() for base in view.__mro__}
    assert routed & set(UNREACHED.values()) <= {"EmailVerificationSentView", "PasswordResetView"}
    assert settings.ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED
    assert settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", sorted(KNOWN))
def test_every_letter_is_ours_in_text_and_in_html(
    template: str, language: str, mia: User, olive: User, django_capture_on_commit_callbacks: Any
) -> None:
    code = "482913"
    if template in LINKS:
        change = AddressChange.objects.create(user=mia, address="mia.new@example.org", begun_by=olive)
        code = change.proof if template == "address_proof" else change.stopper
    with django_capture_on_commit_callbacks(execute=True):
        letters.send(mia.email or "", template, code=code, until=timezone.now() + timedelta(hours=1), language=language)
    [letter] = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    [(content, kind)] = letter.alternatives
    html = str(content)
    assert kind == "text/html"
    assert f'<html lang="{language}"' in html
    assert settings.SITE_NAME in html
    assert "Georgia" in html  # the face of our headings
    assert letter.subject
    assert str(mia.email) in str(letter.body)
    for part in (html, str(letter.body)):
        assert "allauth" not in part.lower()
        assert "example.com" not in part
    if template not in LINKS and "code" in template and template != "recovery_codes_generated":
        assert code in html
        assert code in str(letter.body)
