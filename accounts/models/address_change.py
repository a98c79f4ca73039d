from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.ids import new_public_id
from accounts.models.audit import record
from accounts.models.user import User

WAIT = timedelta(days=1)
"""How long the old mailbox can stop it, before the new one can finish it."""
LIFETIME = timedelta(days=7)


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def open(self) -> "AddressChangeQuerySet":
        return self.filter(state=AddressChange.State.OPEN, begun_at__gt=timezone.now() - LIFETIME)

    def begin(self, user: User, address: str, *, by: User, group_id: int) -> "AddressChange":
        """Somebody who leads the person's group starts it, because the person's mailbox is lost.

        Nothing changes yet: the new mailbox has to confirm it, a day later at the earliest, and until then the old
        one can stop it. So nobody takes over an account by naming an address of their own.
        """
        with transaction.atomic():
            self.filter(user=user, state=AddressChange.State.OPEN).update(state=AddressChange.State.STOPPED)
            change = self.create(user=user, address=address.lower(), begun_by=by)
            record(by, "began a change of address", user, group_id=group_id)
        change.announce()
        return change


class AddressChange(models.Model):
    """A change of address that a leader has begun for somebody who has lost their mailbox."""

    class State(models.TextChoices):
        OPEN = "open"
        STOPPED = "stopped"
        DONE = "done"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_changes")
    begun_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    address = models.EmailField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    # The ends of two links: the new mailbox gets one, the old one the other.
    proof = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    stopper = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state="open"), name="one_open_change_of_address_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"

    @property
    def provable_from(self) -> datetime:
        return self.begun_at + WAIT

    @property
    def can_be_proven(self) -> bool:
        return timezone.now() >= self.provable_from

    def announce(self) -> None:
        """Tell both mailboxes. One that belongs to somebody else's account is told so, and nobody else learns it."""
        from accounts import letters

        until = self.begun_at + LIFETIME
        language = self.user.language
        if self._is_taken():
            letters.send(self.address, "account_already_exists", code="", until=until, language=language)
        else:
            letters.send(self.address, "address_proof", code=self.proof, until=until, language=language)
        if self.user.email:
            letters.send(self.user.email, "address_stop", code=self.stopper, until=until, language=language)

    def stop(self) -> bool:
        """The old mailbox, or the person signed in somewhere, says no. True if it was still open."""
        stopped = self._settle(self.State.STOPPED)
        if stopped:
            record(self.user, "stopped a change of address", self.user)
        return stopped

    def prove(self) -> bool:
        """The new mailbox says yes: from now on it is the one. False if it is too early, too late or not free."""
        from accounts import letters

        old = self.user.email
        try:
            with transaction.atomic():
                if not self.can_be_proven or self._is_taken() or not self._settle(self.State.DONE):
                    return False
                self._use()
        except IntegrityError:
            return False
        until = timezone.now() + LIFETIME
        letters.send(self.address, "address_in_use", code="", until=until, language=self.user.language)
        if old:
            letters.send(old, "email_changed", code="", until=until, language=self.user.language)
        return True

    def _use(self) -> None:
        EmailAddress.objects.filter(user=self.user).delete()
        EmailAddress.objects.create(user=self.user, email=self.address, verified=True, primary=True)
        self.user.email = self.address
        self.user.save(update_fields=["email"])
        record(self.user, "changed the address", self.user)

    def _is_taken(self) -> bool:
        others = User.objects.exclude(pk=self.user_id)
        rows = EmailAddress.objects.exclude(user=self.user_id)
        return (
            others.filter(email__iexact=self.address).exists()
            or rows.filter(email__iexact=self.address, verified=True).exists()
        )

    def _settle(self, state: str) -> bool:
        """End it, once: whoever comes second has not done it."""
        return type(self).objects.open().filter(pk=self.pk).update(state=state) == 1
