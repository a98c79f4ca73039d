"""Passkeys: adding, naming and removing them, signing in with one, and having one from the first day."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as allauth
from allauth.mfa.webauthn.internal import auth, flows
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.confirming import confirmed, require_confirmation
from accounts.key_forms import NewPasskeyForm, PasskeySignInForm, RenamePasskeyForm, SignUpPasskeyForm
from accounts.keys import passkeys_of
from accounts.people import person
from accounts.views.kind_status import KindStatus

page = require_http_methods(["GET", "HEAD", "POST"])


@method_decorator(confirmed, name="dispatch")
class AddPasskeyView(KindStatus, allauth.AddWebAuthnView):  # type: ignore[misc]
    template_name = "account/passkey_add.html"

    def get_form_class(self) -> type[Form]:
        return NewPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every key of ours is a passkey: the device finds it by itself, and checks who is there."""
        context = {**super().get_context_data(**kwargs), **kwargs}
        context["js_data"] = {"creation_options": auth.begin_registration(person(self.request), True)}
        return context

    def form_valid(self, form: Form) -> HttpResponse:
        # As allauth adds one at sign-up: without recovery codes, which belong to the authenticator app.
        flows.signup_authenticator(
            self.request,
            user=person(self.request),
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
        )
        account_adapter().send_notification_mail("mfa/email/webauthn_added", person(self.request))
        return redirect("mfa_index")


class PasskeySignInView(allauth.LoginWebAuthnView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return PasskeySignInForm

    def form_valid(self, form: Form) -> HttpResponse:
        """As allauth signs in, and on to the page somebody was on the way to."""
        authenticator: Authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(self.request, authenticator, login)
        return response


class SignUpPasskeyView(KindStatus, allauth.SignupWebAuthnView):  # type: ignore[misc]
    template_name = "account/passkey_sign_up.html"

    def get_form_class(self) -> type[Form]:
        return SignUpPasskeyForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("action") == "later":
            later: HttpResponse = self._login_stage.exit()
            return later
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **kwargs}


@page
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(passkeys_of(person(request)), pk=pk)
    require_confirmation(request)
    form = RenamePasskeyForm(request.POST or None, instance=passkey)
    if form.is_valid():
        passkey.wrap().name = form.cleaned_data["name"]
        passkey.save(update_fields=["data"])
        messages.success(request, _("Saved."))
        return redirect("mfa_index")
    context = {"form": form, "passkey": passkey}
    return render(request, "account/passkey_rename.html", context, status=422 if form.is_bound else 200)


@page
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(passkeys_of(person(request)), pk=pk)
    require_confirmation(request)
    if request.method == "POST":
        passkey.delete()
        signals.authenticator_removed.send(
            sender=Authenticator, request=request, user=person(request), authenticator=passkey
        )
        account_adapter().send_notification_mail("mfa/email/webauthn_removed", person(request))
        messages.success(request, _("The passkey is removed."))
        return redirect("mfa_index")
    return render(request, "account/passkey_remove.html", {"passkey": passkey})


add = page(AddPasskeyView.as_view())
sign_in = page(login_not_required(PasskeySignInView.as_view()))
sign_up = page(SignUpPasskeyView.as_view())
