from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groups.addresses import addresses_in
from groups.models import Group, Membership

MOST_AT_ONCE = 50
NAMED = 5


class LostAddressForm(forms.Form):
    """Where somebody whose mailbox is lost can be reached now."""

    address = forms.EmailField(
        label=gettext_lazy("Their new e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please give their new address.")},
    )


class InvitationsForm(forms.Form):
    """Addresses as people paste them."""

    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        help_text=gettext_lazy(
            "One a line, with commas between them, or pasted from a mail or a table; 50 at most. "
            "Each person gets one invitation, and nothing else from us."
        ),
        max_length=MOST_AT_ONCE * 400,
        widget=forms.Textarea(attrs={"rows": 4, "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Please give at least one address.")},
    )

    def clean_addresses(self) -> list[str]:
        found = addresses_in(self.cleaned_data["addresses"])
        if found.wrong:
            raise ValidationError(_("These do not look like addresses: %(lines)s") % {"lines": _shown(found.wrong)})
        addresses = found.addresses
        if not addresses:
            raise ValidationError(_("Please give at least one address."))
        if len(addresses) > MOST_AT_ONCE:
            message = _("These are %(count)d addresses. Please send %(most)d at most at once.")
            raise ValidationError(message % {"count": len(addresses), "most": MOST_AT_ONCE})
        return addresses


def _shown(lines: list[str]) -> str:
    """The first few lines, cut to a readable length."""
    named = _(", ").join(f"“{line[:60]}”" for line in lines[:NAMED])
    more = len(lines) - NAMED
    if more <= 0:
        return named
    rest = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
    return f"{named} {rest}"


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among places in a group, each by its person's name."""

    def label_from_instance(self, obj: Any) -> str:
        name: str = obj.user.name
        return name


class LeaveForm(forms.Form):
    """Leaving a group. The only leader says who leads from then on."""

    successor = PersonField(
        label=gettext_lazy("Who leads the group from now on?"),
        queryset=Membership.objects.none(),
        error_messages={"required": gettext_lazy("Please choose somebody, so that the group is not left alone.")},
    )

    def __init__(self, data: Any = None, *, group: Group, membership: Membership) -> None:
        super().__init__(data)
        if not group.would_be_leaderless_without(membership):
            del self.fields["successor"]
            return
        field = cast(PersonField, self.fields["successor"])
        field.queryset = (
            group.memberships.active()
            .filter(until=None)
            .exclude(pk=membership.pk)
            .select_related("user")
            .order_by("user__name")
        )
        field.empty_label = _("Choose a person")
        field.widget.attrs["class"] = "input"
