"""Signing in with an account elsewhere, where the operator has configured one."""

from typing import Any

from allauth.socialaccount import views as allauth
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import flows
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.signals import social_account_removed
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.confirming import require_confirmation
from accounts.oidc import BackFromServer, Server, SignInAtServer, offered
from accounts.people import person
from accounts.sign_in_forms import ServerSignupForm
from accounts.views.kind_status import KindStatus


@require_POST
@login_not_required
def go(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the server. Connecting it with an account that is signed in is sensitive; signing in is not."""
    server = _server(request, provider_id)
    if request.user.is_authenticated:
        if request.POST.get("process") != "connect":
            return redirect("socialaccount_connections")
        require_confirmation(request)
    elif request.POST.get("process", "login") != "login":
        raise Http404
    response: HttpResponse = SignInAtServer.adapter_view(server)(request)
    return response


@require_safe
@login_not_required
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    response: HttpResponse = BackFromServer.adapter_view(_server(request, provider_id))(request)
    return response


def _server(request: HttpRequest, provider_id: str) -> Server:
    try:
        get_adapter().get_app(request, provider=provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return Server(request, provider_id)


@require_safe
@login_not_required
def cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")


class ServerSignupView(KindStatus, allauth.SignupView):  # type: ignore[misc]
    def get_form_class(self) -> type[Form]:
        return ServerSignupForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "server": self.sociallogin.provider.name}


sign_up = require_http_methods(["GET", "HEAD", "POST"])(ServerSignupView.as_view())


@require_safe
def servers(request: HttpRequest) -> HttpResponse:
    """The accounts elsewhere that open this one, and those that could."""
    connected = {account.provider: account for account in SocialAccount.objects.filter(user=person(request))}
    names = {server["key"]: server["name"] for server in offered()}
    ways = [(key, names.get(key, key), connected.get(key)) for key in {**names, **connected}]
    return render(request, "account/servers.html", {"ways": ways})


@require_POST
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """A mailed code still opens the account, so the last one may go as well."""
    account = get_object_or_404(SocialAccount, user=person(request), pk=pk)
    require_confirmation(request)
    try:
        flows.connect.disconnect(request, account)
    except SocialApp.DoesNotExist:
        _let_go(request, account)
    return redirect("socialaccount_connections")


def _let_go(request: HttpRequest, account: SocialAccount) -> None:
    """The server is offered here no more, and allauth asks it for its name first; the account goes all the same."""
    account.delete()
    social_account_removed.send(sender=SocialAccount, request=request, socialaccount=account)
    get_adapter().send_notification_mail("socialaccount/email/account_disconnected", person(request))
