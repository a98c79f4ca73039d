"""What those who run a group or an organization fill in."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.names import NameField, clean_name
from accounts.zones import zones_by_region
from groups.models import Group, JoinCode, Organization, SupportContact

NAME = 80
LONGEST_PAUSE = LONGEST_CODE = timedelta(days=366)
MOST_PLACES = 5000


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Please give a day."),
            "invalid": gettext_lazy("Please give a day, such as 2027-03-01."),
        },
        **kwargs,
    )


class RenameForm(forms.Form):
    name = NameField(
        max_length=NAME,
        label=gettext_lazy("Name of the group"),
        help_text=gettext_lazy("Links and codes go on working."),
    )


class PauseForm(forms.Form):
    """Until when somebody is asked to pause: from that day on they can speak again."""

    until = day_field(label=gettext_lazy("They can post again from"))

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        self.organization = organization
        super().__init__(data, initial={"until": organization.today() + timedelta(days=7)})

    def clean_until(self) -> datetime:
        until: date = self.cleaned_data["until"]
        today = self.organization.today()
        if not today < until <= today + LONGEST_PAUSE:
            raise ValidationError(_("Please choose a day from tomorrow on, within a year."))
        return self.organization.start_of(until)


class CodeForm(forms.Form):
    """How long a code works, and for how many."""

    until = day_field(label=gettext_lazy("Works until the end of"))
    max_uses = forms.IntegerField(
        label=gettext_lazy("For how many people"),
        help_text=gettext_lazy("Leave it empty for no limit."),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        error_messages={
            "invalid": gettext_lazy("Please give a whole number, or nothing."),
            "min_value": gettext_lazy("One person is the least."),
            "max_value": gettext_lazy("%(limit_value)d is the most."),
        },
    )

    def __init__(self, data: Any = None, *, group: Group, code: JoinCode | None) -> None:
        self.group, self.code = group, code
        organization = group.organization
        last = code.expires_at.astimezone(organization.zone) - timedelta(seconds=1) if code else None
        until = last.date() if last else organization.today() + timedelta(days=90)
        super().__init__(data, initial={"until": until, "max_uses": code.max_uses if code else None})

    def clean_max_uses(self) -> int | None:
        most: int | None = self.cleaned_data["max_uses"]
        uses = self.code.uses if self.code and self.data.get("do") == "limit" else 0
        if most and most <= uses:
            words = ngettext(
                "%(count)d person came by this code already.", "%(count)d people came by this code already.", uses
            )
            raise ValidationError(words % {"count": uses})
        return most

    def clean_until(self) -> datetime:
        until: date = self.cleaned_data["until"]
        today = self.group.organization.today()
        if not today <= until <= today + LONGEST_CODE:
            raise ValidationError(_("Please choose today or a later day, within a year."))
        return self.group.organization.start_of(until + timedelta(days=1))


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    name = NameField(max_length=NAME, label=gettext_lazy("Name of the organization"))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The last day of a challenge ends by this clock."),
        choices=zones_by_region,
        error_messages={
            "invalid_choice": gettext_lazy("We do not know this time zone. Please choose one from the list.")
        },
    )

    class Meta:
        model = Organization
        fields = ["name", "time_zone", "language", "first_weekday"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = zones_by_region(self.instance.time_zone)
        if len(settings.LANGUAGES) > 1:
            self.fields["language"] = forms.ChoiceField(
                label=gettext_lazy("Language"),
                help_text=gettext_lazy("For invitations and what else goes to people we do not know yet."),
                choices=settings.LANGUAGES,
            )
        else:
            del self.fields["language"]


class SupportContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom to turn to, and at least one way to reach them."""

    name = NameField(
        max_length=NAME, label=gettext_lazy("Name"), help_text=gettext_lazy("A person, an office or a helpline.")
    )
    what_for = forms.CharField(
        required=False, max_length=160, label=gettext_lazy("What for"), help_text=gettext_lazy("In one short sentence.")
    )

    class Meta:
        model = SupportContact
        fields = ["name", "what_for", "phone", "email", "link"]
        error_messages = {
            "email": {"invalid": gettext_lazy("This does not look like an e-mail address.")},
            "link": {"invalid": gettext_lazy("Please give the address of a page, such as https://example.org/help.")},
        }

    def clean_what_for(self) -> str:
        said: str = self.cleaned_data["what_for"]
        return clean_name(said, 160) if said else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ways = ("phone", "email", "link")
        if not any(data.get(way) or way in self.errors for way in ways):
            self.add_error(
                "phone", _("Please give a phone number, an e-mail address or a page, so that they can be reached.")
            )
        return data


class AdminForm(forms.Form):
    """Somebody of the organization who is to look after it as well."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("Who else looks after it?"),
        error_messages={
            "required": gettext_lazy("Please choose a person."),
            "invalid_choice": gettext_lazy("Please choose somebody who is in one of the groups."),
        },
    )

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[User]", self.fields["person"])
        field.queryset = organization.candidates()
        field.empty_label = _("Choose a person")


class DeleteForm(forms.Form):
    """The name of the group, typed by hand: deleting takes a second thought."""

    name = forms.CharField(
        max_length=NAME * 20,
        label=gettext_lazy("Type the name of the group"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please type the name of the group, so that nobody deletes it by mistake.")
        },
    )

    def __init__(self, data: Any = None, *, group: Group) -> None:
        self.group = group
        super().__init__(data)

    def clean_name(self) -> str:
        typed = clean_name(self.cleaned_data["name"], NAME)
        if typed.casefold() != self.group.name.casefold():
            raise ValidationError(_("That is not the name of this group. Nothing was deleted."))
        return typed
