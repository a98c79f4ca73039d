from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.keys import Type, passkeys_of
from accounts.models import AddressChange
from accounts.oidc import offered
from accounts.people import person
from accounts.sessions import sessions_of


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Every way in, in one place."""
    me = person(request)
    factors = {factor.type: factor for factor in Authenticator.objects.filter(user=me)}
    codes = factors.get(Type.RECOVERY_CODES)
    context = {
        "passkeys": passkeys_of(me),
        "change": AddressChange.objects.open().filter(user=me).first(),
        "has_app": Type.TOTP in factors,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "session_count": sessions_of(me).count(),
        "servers_offered": bool(offered()) or SocialAccount.objects.filter(user=me).exists(),
    }
    return render(request, "account/security.html", context)
