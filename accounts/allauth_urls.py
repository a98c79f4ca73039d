"""The pages of signing in and up that we offer, under allauth's names; what is not here does not exist."""

from allauth.account import views as allauth
from django.urls import path

from accounts.views import sign_in

urlpatterns = [
    path("login/", sign_in.login, name="account_login"),
    # allauth sends people here after a code has expired; it is the same page.
    path("login/code/", sign_in.login, name="account_request_login_code"),
    path("login/code/confirm/", sign_in.login_code, name="account_confirm_login_code"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", sign_in.signup, name="account_signup"),
    path("confirm-email/", sign_in.address_code, name="account_email_verification_sent"),
    path("email/", sign_in.email, name="account_email"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/set/", sign_in.password_set, name="account_set_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/confirm/", sign_in.password_code, name="account_confirm_password_reset_code"),
    path("password/reset/complete/", sign_in.new_password, name="account_complete_password_reset"),
    path("password/reset/done/", allauth.password_reset_from_key_done, name="account_password_reset_completed"),
]
