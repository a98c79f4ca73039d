"""What people tell about themselves: at sign-up and in settings.

allauth imports this module while its own forms are being made, so those that build on them are in `sign_in_forms`.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import NameField
from accounts.zones import known_zones, when_moved, zones_by_region


class SignupForm(forms.Form):
    """What we ask for besides the address: a name. The browser adds its time zone.

    The page says beside its button that one accepts the terms with it.
    """

    name = NameField(label=_("What should people call you?"), help_text=_("Your group sees this name."))
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))

    field_order = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean_time_zone(self) -> str:
        """A zone we do not know is nobody's fault and not worth an error; settings can mend it."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in known_zones() else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.time_zone = self.cleaned_data["time_zone"]
        language = get_language() or settings.LANGUAGE_CODE
        user.language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        user.save()
        user.accept_terms()


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person can change about themselves."""

    name = NameField(label=_("Your name"), help_text=_("Your groups see this name."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days begin and reminders arrive by this clock."),
        error_messages={"invalid_choice": _("We do not know this time zone. Please choose one from the list.")},
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101
        zone.choices = zones_by_region(self.instance.time_zone)
        if len(settings.LANGUAGES) > 1:
            self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        else:
            del self.fields["language"]

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        if "time_zone" in self.changed_data:
            for tell in when_moved:
                tell(user)
        return user
