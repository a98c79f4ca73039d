"""Signing in, up and out: allauth's flows; ours are the status codes and one page for both ways in."""

from typing import Any

from allauth.account import views as allauth
from allauth.account.internal.flows.manage_email import sync_user_email_address
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.oidc import offered
from accounts.people import person
from accounts.resetting import drop_outdated, note_password
from accounts.sign_in_forms import (
    AddressCodeForm,
    ChangePasswordForm,
    LoginCodeForm,
    LoginForm,
    NewPasswordForm,
    OurSignupForm,
    PasswordCodeForm,
    ResetPasswordForm,
)
from accounts.views.kind_status import KindStatus

page = require_http_methods(["GET", "HEAD", "POST"])


class LoginView(KindStatus, allauth.LoginView):  # type: ignore[misc]
    @property
    def with_password(self) -> bool:
        return bool(self.request.GET.get("with") == "password")

    def get_form_class(self) -> type[Form]:
        return LoginForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "with_password": self.with_password}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "with_password": self.with_password, "servers": offered()}

    def form_valid(self, form: Form) -> HttpResponse:
        # People whom an operator or a leader has entered have no address row yet: the code confirms it.
        user = getattr(form, "user", None)
        if user and not self.with_password:
            sync_user_email_address(user)
        response: HttpResponse = super().form_valid(form)
        return response


class SignupView(KindStatus, allauth.SignupView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return OurSignupForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by_passkey": "passkey" in self.request.POST}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "servers": offered()}


class Resend:
    """Says that another code is on its way; the first one the page itself announces."""

    request: HttpRequest
    _process: Any

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        before = self._process.state["resend_count"]
        response: HttpResponse = super()._resend_form_valid(form)  # type: ignore[misc]
        if self._process.state["resend_count"] > before:
            messages.success(self.request, _("A new code is on its way. Only the newest one works."))
        return response


class LoginCodeView(Resend, KindStatus, allauth.ConfirmLoginCodeView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return Form if self._action == "resend" else LoginCodeForm


class AddressCodeView(Resend, KindStatus, allauth.ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    def _get_verify_form_class(self) -> type[Form]:
        return AddressCodeForm


class Outdated:
    """A page of a reset, which ends where the password has been changed elsewhere since it began."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        drop_outdated(request)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class PasswordCodeView(Outdated, KindStatus, allauth.ConfirmPasswordResetCodeView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return PasswordCodeForm


class PasswordResetView(KindStatus, allauth.PasswordResetView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return ResetPasswordForm

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {"email": user.email} if user.is_authenticated else {}

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_password(self.request)
        return response


class NewPasswordView(Outdated, KindStatus, allauth.CompletePasswordResetView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return NewPasswordForm


class PasswordChangeView(KindStatus, allauth.PasswordChangeView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return ChangePasswordForm


login = page(LoginView.as_view())
signup = page(SignupView.as_view())
login_code = page(LoginCodeView.as_view())
address_code = page(login_not_required(AddressCodeView.as_view()))
password_reset = page(PasswordResetView.as_view())
password_code = page(login_not_required(PasswordCodeView.as_view()))
new_password = page(login_not_required(NewPasswordView.as_view()))
password_change = page(PasswordChangeView.as_view())


@require_safe
def password_set(request: HttpRequest) -> HttpResponse:
    """A first password is set with a mailed code, so that an unwatched screen is not enough."""
    name = "account_change_password" if person(request).has_usable_password() else "account_reset_password"
    return redirect(name)


@require_POST
@login_not_required
def logout(request: HttpRequest) -> HttpResponseBase:
    """Sign out; a GET (a link, a prefetch, an image) never does. `next` stays on this site."""
    response: HttpResponseBase = allauth.logout(request)
    # Pages say `no-store`; photos and what a browser keeps for Back are let go as well.
    response["Clear-Site-Data"] = '"cache"'
    return response
