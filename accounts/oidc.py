"""Signing in at Google, at Microsoft or at any server that speaks OpenID Connect: one way for all of them.

allauth does the redirects and keeps the state. What the server says about somebody is believed only when its signed
statement holds: the right key, issuer and audience, in time, and made for this very attempt (SAFETY B23).
"""

import functools
import secrets
from typing import Any

import jwt
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.names import MAX_LENGTH, clean_name

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLAIMS = ["iss", "aud", "exp", "iat", "sub"]
LEEWAY = 30
"""Seconds by which the clocks of two servers may differ."""


def offered() -> list[dict[str, str]]:
    """The servers one may sign in at, by key, name and address of the button."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["oidc"]["APPS"]
    return [
        {"key": app["provider_id"], "name": app["name"], "url": reverse("oidc_login", args=[app["provider_id"]])}
        for app in apps
    ]


class Server(OAuth2Adapter):  # type: ignore[misc]
    """One server to sign in at, and what it publishes about itself."""

    nonce = ""

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        self.provider_id = provider_id
        super().__init__(request)

    @functools.cached_property
    def published(self) -> dict[str, Any]:
        """Its addresses; only those of the server that was configured, or somebody has mixed two up."""
        address = self.get_provider().app.settings["server_url"]
        published = self.fetch(f"{address}/.well-known/openid-configuration")
        if str(published.get("issuer", "")).rstrip("/") != address:
            raise OAuth2Error("the server names another issuer")
        if any(not published.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
            raise OAuth2Error("the server does not say where to go")
        return published

    def fetch(self, address: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            reply = session.get(address)
            reply.raise_for_status()
            found = reply.json()
        if reply.status_code != 200 or not isinstance(found, dict):
            raise OAuth2Error("the server's answer is not understood")
        return found

    @property
    def access_token_url(self) -> str:
        return str(self.published["token_endpoint"])

    @property
    def authorize_url(self) -> str:
        return str(self.published["authorization_endpoint"])

    @property
    def basic_auth(self) -> bool:
        methods = self.published.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_post" not in methods

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return settings.BASE_URL + reverse("oidc_callback", args=[self.provider_id])

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = self.verified(kwargs["response"].get("id_token"), app.client_id)
        return self.get_provider().sociallogin_from_response(request, claims)

    def verified(self, statement: Any, client_id: str) -> dict[str, Any]:
        """The claims of an ID token, or an error whatever is wrong with it."""
        if not isinstance(statement, str):
            raise OAuth2Error("no ID token")
        try:
            header = jwt.get_unverified_header(statement)
            if header.get("alg") not in ALGORITHMS:
                raise OAuth2Error("the ID token is not signed as it should be")
            keys = jwt.PyJWKSet.from_dict(self.fetch(self.published["jwks_uri"]))
            claims: dict[str, Any] = jwt.decode(
                statement,
                keys[header.get("kid", "")],
                algorithms=ALGORITHMS,
                audience=client_id,
                issuer=self.published["issuer"],
                leeway=LEEWAY,
                options={"require": CLAIMS},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error("the ID token does not hold") from error
        if isinstance(claims["aud"], list) and claims.get("azp", client_id) != client_id:
            raise OAuth2Error("the ID token was made for somebody else")
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), self.nonce.encode()):
            raise OAuth2Error("the ID token was made for another attempt")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 191:
            raise OAuth2Error("the ID token does not say who it is")
        return claims


class OidcProvider(OAuth2Provider):  # type: ignore[misc]
    id = "oidc"
    name = "OpenID Connect"
    oauth2_adapter_class = Server
    pkce_enabled_default = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = self.app.name

    def serialize(self) -> dict[str, str]:
        """Which server it is, also where two of them know us under one name."""
        return {"id": self.app.provider_id}

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("oidc_login", args=[self.app.provider_id])

    def get_callback_url(self) -> str:
        return reverse("oidc_callback", args=[self.app.provider_id])

    def get_oauth2_adapter(self, request: HttpRequest) -> Server:
        return Server(request, self.app.provider_id)

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile", "email"]

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What is asked of the server is ours to say, not the address bar's."""
        return self.get_default_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return {}

    def redirect(self, request: HttpRequest, process: str, *args: Any, **kwargs: Any) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {"nonce": nonce}
        try:
            response: HttpResponse = super().redirect(request, process, *args, nonce=nonce, **kwargs)
        except (OAuth2Error, requests.RequestException) as error:
            response = render_authentication_error(request, self, exception=error)
        return response

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing is kept but who it is there."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"email": _words(data.get("email")), "name": _words(data.get("name"))}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """An address counts as proven only where the server says exactly so; else we mail a code to it."""
        address = _words(data.get("email"))
        verified = data.get("email_verified") is True
        return [EmailAddress(email=address, verified=verified, primary=True)] if address else []


class ProvidersAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """The name and the address as the server knows them, to be changed by the person before anything is kept."""
        user = super().populate_user(request, sociallogin, data)
        try:
            user.name = clean_name(str(data.get("name") or "")[:MAX_LENGTH])
        except ValidationError:
            user.name = ""
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """The address that was chosen is the only one; what the server has proven of another counts for nothing."""
        chosen = form.cleaned_data["email"].lower()
        sociallogin.email_addresses = [found for found in sociallogin.email_addresses if found.email.lower() == chosen]
        return super().save_user(request, sociallogin, form)

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        return {**super().get_signup_form_initial_data(sociallogin), "name": sociallogin.user.name}

    def get_requests_session(self) -> requests.Session:
        """No redirect is followed: an address we ask is one the operator or the server named."""
        session: requests.Session = super().get_requests_session()
        session.request = functools.partial(session.request, allow_redirects=False)  # type: ignore[method-assign]
        return session


class SignInAtServer(OAuth2LoginView):  # type: ignore[misc]
    pass


class BackFromServer(OAuth2CallbackView):  # type: ignore[misc]
    adapter: Server

    def _get_state(self, request: HttpRequest, provider: OidcProvider) -> tuple[dict[str, Any] | None, Any]:
        """The attempt this answer belongs to; the server must be the one we went to (RFC 9207)."""
        state, refusal = super()._get_state(request, provider)
        if refusal or state is None:
            return state, refusal
        self.adapter.nonce = state.get("nonce") or ""
        try:
            issuer = self.adapter.published["issuer"]
        except (OAuth2Error, requests.RequestException) as error:
            return None, render_authentication_error(request, provider, exception=error)
        if request.GET.get("iss", issuer) != issuer:
            return None, render_authentication_error(request, provider)
        return state, None


def _words(value: Any) -> str:
    return value[:254] if isinstance(value, str) else ""
