"""What allauth's second factors ask of us: our name, our words, locked secrets, and which of them are asked for."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import locking
from accounts.models import User
from accounts.sessions import browser_of

Type = Authenticator.Type
MOST_PASSKEYS = 20


class KeysAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That did not match. Please try again with a fresh code."),
        "incorrect_passkey": gettext_lazy("That passkey could not be checked. Please try again."),
        "too_many_passkeys": gettext_lazy("You have many passkeys already. Please remove one that you no longer use."),
        "unverified_email": gettext_lazy("Please sign in with a mailed code once, so that we know your address works."),
    }

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """A second step is asked for once an authenticator app is set up.

        A passkey by itself is another way in, already stronger than the others, and no lock on them:
        who leaves the phone with it at home still gets in by a mailed code.
        """
        if types and set(types) == {Type.TOTP, Type.WEBAUTHN}:
            types = [Type.TOTP]
        enabled: bool = super().is_mfa_enabled(user, types=types)
        return enabled

    def encrypt(self, text: str) -> str:
        return locking.lock(text)

    def decrypt(self, encrypted_text: str) -> str:
        return locking.unlock(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The page draws the code itself."""
        return ""

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 (allauth's name)
        from allauth.core import context

        return browser_of(context.request) or _("My passkey")

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.name}

    def _get_site_name(self) -> str:
        return settings.SITE_NAME


def passkeys_of(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).order_by("created_at", "pk")


def has_second_step(user: User) -> bool:
    return KeysAdapter().is_mfa_enabled(user, [Type.TOTP])
