"""Keys in a real browser: a passkey from the first day (Chromium's virtual authenticator), an authenticator app, and
recovery codes when the phone is lost."""

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.e2e.conftest import MailedCode, Visit


def authenticator(page: Page, *, verified: bool = True) -> Any:
    """Give the browser a phone with a fingerprint reader."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": verified, "automaticPresenceSimulation": True}
    device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def ask(verb: str, **more: Any) -> Any:
        return cdp.send(f"WebAuthn.{verb}", {"authenticatorId": device, **more})

    return ask


def sign_out(page: Page) -> None:
    page.goto("/you/settings/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def confirm(page: Page, mailed_code: MailedCode, address: str) -> None:
    page.get_by_role("button", name="Mail me a code", exact=True).click()
    page.get_by_label("six digits").fill(mailed_code(address))
    page.get_by_role("button", name="Confirm").click()


def test_a_passkey_an_app_and_a_recovery_code(visit: Visit, mailed_code: MailedCode) -> None:
    page = visit()
    device = authenticator(page)

    # Nia signs up with a passkey.
    page.goto("/accounts/signup/")
    page.get_by_label("What should people call you?").fill("Nia New")
    page.get_by_label("E-mail address").fill("nia@example.org")
    page.get_by_role("button", name="then make a passkey").click()
    page.get_by_label("six digits").fill(mailed_code("nia@example.org"))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What do you call it?").fill("my phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("The passkey is ready")).to_be_visible()
    nia = User.objects.get(name="Nia New")
    assert len(device("getCredentials")["credentials"]) == 1

    # It signs her in again, and on to where she was going; without a finger it does not.
    sign_out(page)
    page.goto("/you/signing-in/")
    device("setUserVerified", isUserVerified=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("That did not work")
    device("setUserVerified", isUserVerified=True)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Signing in")).to_be_visible()
    expect(page.locator("strong bdi", has_text="my phone")).to_be_visible()

    # She sets an authenticator app up: the passkey confirms that it is her.
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    secret = page.locator("main strong[translate=no]").inner_text()
    page.get_by_label("six digits").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator("#recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("You have 10 recovery codes left")).to_be_visible()
    page.goto("/accounts/recovery-codes/")
    assert codes[0] not in page.content()

    # Elsewhere, without the phone: mailed code, then a recovery code, once.
    other = visit(javascript=False)
    for n, expected in ((0, "/"), (0, "/accounts/login/second/"), (1, "/")):
        other.context.clear_cookies()
        other.goto("/accounts/login/")
        expect(other.get_by_role("button", name="Use a passkey")).to_be_hidden()
        other.get_by_label("E-mail address").fill("nia@example.org")
        other.get_by_role("button", name="Mail me a sign-in code").click()
        other.get_by_label("six digits").fill(mailed_code("nia@example.org"))
        other.get_by_role("main").get_by_role("button", name="Sign in").click()
        other.get_by_label("recovery code").fill(codes[n])
        other.get_by_role("button", name="Sign in", exact=True).click()
        expect(other).to_have_url(re.compile(rf"localhost:\d+{expected}$"))

    # She signs that browser out from here, and removes the passkey.
    page.goto("/you/sessions/")
    page.get_by_role("button", name="Sign out everywhere else").click()
    other.goto("/you/")
    expect(other.get_by_role("heading", name="Welcome back")).to_be_visible()
    page.goto("/you/signing-in/")
    page.get_by_role("link", name="Remove my phone").click()
    page.get_by_role("button", name="Remove it").click()
    assert not Authenticator.objects.filter(user=nia, type="webauthn").exists()
    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("could not be checked").or_(page.get_by_text("did not match"))).to_be_visible()
