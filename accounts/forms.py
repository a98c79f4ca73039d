from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.zones import known_zones


class SignupForm(forms.Form):
    """What we ask for besides the address: a name. The browser adds its time zone."""

    name = forms.CharField(label=_("What should people call you?"), max_length=60)
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["name", "email"]

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        return zone if zone in known_zones() else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.time_zone = self.cleaned_data["time_zone"]
        user.save()
