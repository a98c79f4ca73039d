"""The pages of signing in and up that we offer, under allauth's names; what is not here does not exist."""

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from accounts.views import address, confirm, passkeys, second_step, servers, sign_in

signup_page = require_safe(login_not_required(RedirectView.as_view(pattern_name="account_signup")))
urlpatterns = [
    path("login/", sign_in.login, name="account_login"),
    # allauth sends people here after a code has expired; it is the same page.
    path("login/code/", sign_in.login, name="account_request_login_code"),
    path("login/code/confirm/", sign_in.login_code, name="account_confirm_login_code"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", sign_in.signup, name="account_signup"),
    path("confirm-email/", sign_in.address_code, name="account_email_verification_sent"),
    path("email/", address.address, name="account_email"),
    path("address/<str:token>/", address.prove, name="account_prove_address"),
    path("address/<str:token>/stop/", address.stop, name="account_stop_address"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/set/", sign_in.password_set, name="account_set_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/confirm/", sign_in.password_code, name="account_confirm_password_reset_code"),
    path("password/reset/complete/", sign_in.new_password, name="account_complete_password_reset"),
    path("password/reset/done/", allauth.password_reset_from_key_done, name="account_password_reset_completed"),
    path("confirm/", confirm.by_password, name="account_reauthenticate"),
    path("confirm/mail/", confirm.by_mail, name="account_confirm_by_mail"),
    path("confirm/code/", confirm.by_factor, name="mfa_reauthenticate"),
    path("confirm/passkey/", confirm.by_passkey, name="mfa_reauthenticate_webauthn"),
    path("login/second/", second_step.second_step, name="mfa_authenticate"),
    path("login/passkey/", passkeys.sign_in, name="mfa_login_webauthn"),
    # allauth has a page of its own for signing up with a passkey; with us it is a button on the one page.
    path("signup/with-passkey/", signup_page, name="account_signup_by_passkey"),
    path("signup/passkey/", passkeys.sign_up, name="mfa_signup_webauthn"),
    path("passkeys/add/", passkeys.add, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", passkeys.rename, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove, name="mfa_remove_webauthn"),
    path("app/on/", second_step.turn_on_app, name="mfa_activate_totp"),
    path("app/off/", second_step.turn_off_app, name="mfa_deactivate_totp"),
    path("recovery-codes/", second_step.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", second_step.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("at/", servers.servers, name="socialaccount_connections"),
    path("at/signup/", servers.sign_up, name="socialaccount_signup"),
    path("at/cancelled/", servers.cancelled, name="socialaccount_login_cancelled"),
    path("at/<slug:provider_id>/", servers.go, name="oidc_login"),
    path("at/<slug:provider_id>/back/", servers.back, name="oidc_callback"),
    path("at/<int:pk>/disconnect/", servers.disconnect, name="disconnect"),
]
