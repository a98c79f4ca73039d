"""The first administrator: somebody has to be let in before anybody can let others in."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.models.audit import record


class Command(BaseCommand):
    help = "Make a person who may see the status page, or let one who is here see it. No password is asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="what others call them; else the part before the @")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is no e-mail address.") from None
        with transaction.atomic():
            person, is_new = self._let_in(email, name.strip() or email.partition("@")[0])
        self.stdout.write(f"{person.name} <{email}> is {'a new' if is_new else 'now an'} administrator.")
        self.stdout.write(f"Sign in at {settings.BASE_URL}{reverse('account_login')} with this address.")
        if settings.MAIL_URL:
            self.stdout.write("The code comes by mail. A password or a passkey can be added later.")
        else:
            self.stdout.write(f"No mail server is set, so read the code with: manage.py signin_code {email}")

    def _let_in(self, email: str, name: str) -> tuple[User, bool]:
        person = User.objects.filter(email__iexact=email).first()
        is_new = person is None
        if person is None:
            person = User.objects.create_user(email, name=name[:60])
            EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        elif not person.is_active:
            raise CommandError("This account is closed.")
        if not person.is_staff:
            person.is_staff = True
            person.save(update_fields=["is_staff"])
            record(None, "made administrator", person)
        return person, is_new
