"""The address somebody signs in with: changed by themselves, or with a leader's help when the mailbox is lost."""

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.utils import filter_users_by_email
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.confirming import confirmed
from accounts.limits import allow, too_many
from accounts.models import AddressChange
from accounts.people import person
from accounts.sign_in_forms import NewAddressForm

page = require_http_methods(["GET", "HEAD", "POST"])


@page
@confirmed
def address(request: HttpRequest) -> HttpResponse:
    """A new address; the code that is mailed there makes it the one, and the old one is told."""
    me = person(request)
    form = NewAddressForm(data=request.POST if request.method == "POST" else None, user=me)
    if form.is_valid():
        if not allow(request, "address"):
            return too_many(request, "address")
        sync_user_email_address(me)
        new = form.cleaned_data["email"]
        # An address of somebody else's account gets a letter that says so, and this page says the same as ever.
        EmailVerificationProcess.initiate(request=request, user=None if filter_users_by_email(new) else me, email=new)
        return redirect("account_email_verification_sent")
    return render(request, "account/address.html", {"form": form}, status=422 if form.is_bound else 200)


@page
@login_not_required
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail to the new address opens."""
    change = get_object_or_404(AddressChange.objects.open(), proof=token)
    if request.method == "POST" and change.prove():
        messages.success(request, _("This is your address now. Sign in with it."))
        return redirect("account_login")
    status = 409 if request.method == "POST" else 200
    return render(request, "account/address_prove.html", {"change": change}, status=status)


@page
@login_not_required
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail to the old address opens."""
    change = get_object_or_404(AddressChange.objects.open(), stopper=token)
    if request.method == "POST":
        change.stop()
        messages.success(request, _("Stopped. Your address stays as it is."))
        return redirect("home")
    return render(request, "account/address_stop.html", {"change": change})
