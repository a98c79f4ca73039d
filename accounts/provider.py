"""Where allauth looks for the kinds of servers to sign in at: there is one."""

from accounts.oidc import OidcProvider

provider_classes = [OidcProvider]
