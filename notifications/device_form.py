from django import forms
from django.core.exceptions import ValidationError

from notifications import push, web_push


class DeviceForm(forms.Form):
    """What a browser says about itself when it wants to be told things. None of it is typed by people."""

    endpoint = forms.CharField(max_length=push.LONGEST, strip=False)
    p256dh = forms.CharField(max_length=100, strip=False)
    auth = forms.CharField(max_length=40, strip=False)

    def clean_endpoint(self) -> str:
        endpoint: str = self.cleaned_data["endpoint"]
        if not push.is_service(endpoint):
            raise ValidationError("unknown service")
        return endpoint

    def clean_p256dh(self) -> str:
        text: str = self.cleaned_data["p256dh"]
        if not web_push.is_point(_bytes(text)):
            raise ValidationError("no key")
        return text

    def clean_auth(self) -> str:
        text: str = self.cleaned_data["auth"]
        if len(_bytes(text)) != web_push.SECRET:
            raise ValidationError("no secret")
        return text


def _bytes(text: str) -> bytes:
    try:
        return web_push.decoded(text)
    except ValueError:
        return b""
