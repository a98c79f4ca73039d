"""What accounts keep about a person: who they are, how they sign in, what they decided as a leader."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from accounts.data_rights import Copy, Keep, Room, register
from accounts.models import AccountMail, AddressChange, AuditEntry, Session, User


def export(user: User) -> Copy:
    """Passwords and codes are not in it: whoever finds the file must not be able to sign in with it."""
    fields = ("name", "email", "kind", "language", "time_zone", "public_id", "date_joined", "last_login")
    return Copy(
        {
            "you": {
                **{name: getattr(user, name) for name in fields},
                "has_password": user.has_usable_password(),
                "is_operator": user.is_staff,
                "terms_fingerprint": user.terms_fingerprint,
                "terms_accepted_at": user.terms_accepted_at,
            },
            "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
            "signed_in_at": list(
                Session.objects.filter(user=user).order_by("began_at").values("browser", "began_at", "expire_date")
            ),
            "keys": [
                {
                    "type": key.type,
                    "name": key.wrap().name if key.type == "webauthn" else "",
                    "created_at": key.created_at,
                }
                for key in Authenticator.objects.filter(user=user).order_by("created_at")
            ],
            "accounts_elsewhere": list(
                SocialAccount.objects.filter(user=user).values(
                    "provider", "uid", "extra_data", "date_joined", "last_login"
                )
            ),
            "changes_of_address": list(
                AddressChange.objects.filter(user=user).order_by("begun_at").values("address", "begun_at", "state")
            ),
            "letters_about_your_account": list(
                _letters(user)
                .order_by("created_at")
                .values("address", "template", "language", "created_at", "expires_at")
            ),
            "what_you_decided": list(
                AuditEntry.objects.filter(actor_id=user.pk).order_by("at").values("at", "verb", "thing")
            ),
        }
    )


def erase(user: User, keep: Keep) -> None:
    """The last room: with the person's own row goes every row that belongs to it."""
    _letters(user).delete()
    user.delete()


def addresses_of(user: User) -> set[str]:
    """Every address, in small letters, to which letters to this person went: none that is somebody else's by now."""
    changes = AddressChange.objects.filter(user=user).values_list("address", flat=True)
    known = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    found = {address.lower() for address in (user.email, *changes, *known) if address}
    return found - set(User.objects.exclude(pk=user.pk).filter(email__in=found).values_list("email", flat=True))


def _letters(user: User) -> QuerySet[AccountMail]:
    return AccountMail.objects.alias(small=Lower("address")).filter(small__in=addresses_of(user))


register(
    Room(
        "accounts",
        says=gettext_lazy("who you are, how you sign in, what you decided as a leader"),
        export=export,
        erase=erase,
    )
)
