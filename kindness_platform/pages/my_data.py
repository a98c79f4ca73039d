"""My data: a copy of it at once, and the way out."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import archive, data_rights, limits
from accounts.confirming import has_confirmed, require_confirmation
from accounts.data_rights import Keep
from accounts.models import User
from accounts.people import person
from notifications import farewell


class KeepForm(forms.Form):
    """Which of the two it shall be. Neither is chosen beforehand."""

    keep = forms.ChoiceField(
        label=gettext_lazy("What becomes of what you told?"),
        choices=[
            (Keep.ACTS.value, gettext_lazy("Keep my acts and comments, as “Someone”")),
            (Keep.NOTHING.value, gettext_lazy("Erase all of it")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose one of the two."),
            "invalid_choice": gettext_lazy("Please choose one of the two."),
        },
    )


class ConfirmForm(KeepForm):
    """The choice made on the page before, and a line that nobody types by accident."""

    keep = forms.ChoiceField(choices=[(keep.value, keep.value) for keep in Keep], widget=forms.HiddenInput)
    typed = forms.CharField(max_length=300, error_messages={"required": gettext_lazy("Please type it, to be sure.")})

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accepted = [text for text in (user.email, _("delete")) if text]
        field = self.fields["typed"]
        field.label = _("To be sure, type one line")
        field.help_text = (
            _("Your address, %(address)s, or the word “delete”.") % {"address": user.email}
            if user.email
            else _("The word “delete”.")
        )
        field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}

    def clean_typed(self) -> str:
        typed = self.cleaned_data["typed"].strip().strip("“”\"'").casefold()
        if typed not in {text.casefold() for text in self.accepted}:
            raise forms.ValidationError(_("That is neither your address nor the word. Nothing has been deleted."))
        return str(typed)


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What one can do with one's data: take a copy, leave."""
    return render(request, "pages/my_data.html")


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest) -> HttpResponseBase:
    """The copy itself, made now and kept nowhere. The file would tell a stranger everything, so one confirms first."""
    if not has_confirmed(request):
        return _confirm_first(request, reverse("my-data-copy"))
    if request.method != "POST":
        return render(request, "pages/my_copy.html", {"rooms": data_rights.rooms()})
    if not limits.allow(request, "copy"):
        return limits.too_many(request, "copy")
    user = person(request)
    return FileResponse(
        archive.write(user),
        as_attachment=True,
        filename=archive.file_name(user),
        content_type="application/zip",
        # It is compressed already, and a length lets the browser say how long it will take.
        headers={"Content-Encoding": "identity"},
    )


def _confirm_first(request: HttpRequest, onward: str) -> HttpResponseBase:
    """A page sends people to confirm and back; a form sent without leads to the page first, and nothing is done."""
    if request.method != "POST":
        require_confirmation(request)
    return redirect(onward)


@require_safe
def erase(request: HttpRequest) -> HttpResponse:
    """First step: what happens, what has to be settled before, and the two choices."""
    form = KeepForm(request.GET if "keep" in request.GET else None)
    return render(request, "pages/erase.html", {"form": form, **_outlook(person(request))})


@require_http_methods(["GET", "HEAD", "POST"])
def erase_confirm(request: HttpRequest) -> HttpResponseBase:
    """Second step: one line to type. Then it is done, and there is nobody here any more."""
    user = person(request)
    choice = KeepForm(request.GET if request.method != "POST" else request.POST)
    if not choice.is_valid():
        return render(request, "pages/erase.html", {"form": choice, **_outlook(user)}, status=422)
    keep = Keep(choice.cleaned_data["keep"])
    if not has_confirmed(request):
        return _confirm_first(request, f"{reverse('erase-confirm')}?{urlencode({'keep': keep.value})}")
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=user, initial={"keep": keep})
    if form.is_valid():
        try:
            _erase(user, keep)
        except data_rights.NotYet:
            return redirect("erase")
        logout(request)
        messages.success(request, _("Your account is deleted. Thank you for the kindness you brought."))
        return redirect("home")
    context = {"form": form, "keeps_acts": keep is Keep.ACTS, **_outlook(user)}
    return render(request, "pages/erase_confirm.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _erase(user: User, keep: Keep) -> None:
    address, language = user.email, user.language
    if data_rights.erase(user, keep=keep) and address:
        farewell.queue(address, language)


def _outlook(user: User) -> dict[str, Any]:
    return {"hurdles": data_rights.hurdles(user), "outlook": data_rights.foretell(user)}
