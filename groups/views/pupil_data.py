"""When a parent asks: what is kept about one child, and its removal. And when a child moves to another class."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import archive, data_rights, limits
from accounts.models import User
from accounts.models.audit import record
from accounts.names import clean_name
from accounts.people import person
from accounts.typed import typed
from groups.models import Authorization, Group, Pupil
from groups.newcomers import welcome
from groups.retention import erase_pupil
from groups.views.pupils import class_run_by, pupil_of


class RemoveForm(forms.Form):
    """The child's name, typed by hand: this cannot be taken back."""

    name = forms.CharField(
        max_length=300,
        label=gettext_lazy("Type the name of the child"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please type the name, so that nobody is removed by mistake.")},
    )

    def __init__(self, data: Any = None, *, pupil: Pupil) -> None:
        self.pupil = pupil
        super().__init__(data)

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if name.casefold() != self.pupil.name.casefold():
            raise ValidationError(_("That is not the name of this child. Nothing was removed."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
def pupil_data(request: HttpRequest, slug: str, public_id: str) -> HttpResponseBase:
    """What is kept about one child, to hand to the parents, and the end of it."""
    user = person(request)
    group = class_run_by(user, slug, for_good=True)
    named = pupil_of(group, public_id)
    pupil = named.pupil
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "copy":
        if not limits.allow(request, "copy"):
            return limits.too_many(request, "copy")
        record(user, "took a copy of", pupil, group_id=group.pk)
        return FileResponse(archive.write(pupil.user), as_attachment=True, filename=archive.file_name(pupil.user))
    form = RemoveForm(typed(request) if do == "remove" else None, pupil=pupil)
    may_remove = _may_remove(user, pupil)
    if form.is_bound and not may_remove:
        raise PermissionDenied
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            record(user, "removed for good", pupil, group_id=group.pk)
            erase_pupil(pupil.user)
        messages.success(request, _("Removed, with everything that was kept."))
        return redirect("class-pupils", slug=slug)
    context = {
        "group": group,
        "named": named,
        "form": form,
        "rooms": data_rights.rooms(),
        "may_remove": may_remove,
    }
    return render(request, "groups/pupil_data.html", context, status=422 if form.is_bound else 200)


def _may_remove(user: User, pupil: Pupil) -> bool:
    """A child who is also in a colleague's class is removed by somebody who runs both, or by the school."""
    places = pupil.user.memberships.active().select_related("group__organization")
    return all(place.group.can_be_run_by(user) for place in places)


class MoveForm(forms.Form):
    to = forms.ModelChoiceField(
        Group.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("To which class?"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Please choose a class.")},
    )

    def __init__(self, data: Any = None, *, group: Group, user: User) -> None:
        super().__init__(data)
        others = Group.objects.run_by(user).filter(organization=group.organization, mode__in=["primary", "secondary"])
        field = cast("forms.ModelChoiceField[Group]", self.fields["to"])
        field.queryset = others.exclude(pk=group.pk).order_by("name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def move_pupil(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """To another class of the school: the card goes along, what was told stays where it was told."""
    user = person(request)
    group = class_run_by(user, slug, for_good=True)
    named = pupil_of(group, public_id)
    form = MoveForm(typed(request), group=group, user=user)
    if form.is_bound and form.is_valid():
        other = form.cleaned_data["to"]
        if not Authorization.objects.covering(other).exists():
            form.add_error("to", _("Nobody has said yet that this class may take part."))
        else:
            move(named.pupil, group, other, by=user)
            words = _("%(name)s is in %(group)s now, with the same pictures. Print the card again: its code is new.")
            messages.success(request, words % {"name": named.pupil.name, "group": other.name})
            return redirect("class-pupils", slug=slug)
    context = {"group": group, "named": named, "form": form, "there_are": form.fields["to"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "groups/move_pupil.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def move(pupil: Pupil, old: Group, new: Group, *, by: User) -> None:
    """Close the place in one class and open one in another, in one go."""
    Group.objects.select_for_update().get(pk=old.pk)
    place = old.memberships.active().filter(user=pupil.user).first()
    if place is None:  # a double click: they have moved
        return
    place.end("left")
    new.admit(pupil.user)
    pupil.user.sessions.all().delete()
    welcome(new, pupil.user)
    record(by, "moved", pupil, group_id=new.pk)
