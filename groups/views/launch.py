"""Before a class begins: the school's yes, and the list of what is settled."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.names import NameField, clean_name
from accounts.people import person
from accounts.typed import typed
from groups.launch import BY_KEY, Key, Line, launch_of
from groups.models import Authorization, Group, LaunchCheck
from groups.models.authorization import TEXT_VERSION
from groups.views.pupils import class_run_by


class AuthorizationForm(forms.Form):
    """Who says yes, and for whom."""

    basis = forms.ChoiceField(
        label=gettext_lazy("Who says yes?"), choices=Authorization.Basis, widget=forms.RadioSelect, initial="school"
    )
    given_by = NameField(
        max_length=80,
        label=gettext_lazy("Name and office"),
        help_text=gettext_lazy("Such as “Dr. Amina Yusuf, head teacher”, or “all parents, on paper”."),
    )
    read = forms.BooleanField(
        label=gettext_lazy("They have read what is allowed, as it stands above"),
        error_messages={"required": gettext_lazy("Please let them read it first.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def authorization(request: HttpRequest, slug: str) -> HttpResponse:
    """Record the yes without which no pupil is added, or take it back."""
    user = person(request)
    group = class_run_by(user, slug, for_good=request.method == "POST")
    standing = Authorization.objects.covering(group).order_by("group_id").first()
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "withdraw":
        if standing and (standing.group_id or group.has_admin(user)) and standing.withdraw(user):
            messages.success(request, _("Taken back. From this moment no pupil gets in, and none is added."))
        return redirect("class-authorization", slug=slug)
    form = AuthorizationForm(typed(request) if do == "give" else None)
    if form.is_bound and form.is_valid():
        Authorization.objects.give(
            group.organization,
            group,
            basis=form.cleaned_data["basis"],
            given_by=form.cleaned_data["given_by"],
            by=user,
        )
        messages.success(request, _("Recorded. Now pupils can be added."))
        return redirect("class-launch", slug=slug)
    context = {
        "group": group,
        "form": form,
        "standing": standing,
        "version": TEXT_VERSION,
        "earlier": Authorization.objects.filter(group=group).exclude(withdrawn_at=None).order_by("-withdrawn_at")[:5],
        "may_withdraw": standing is not None and (standing.group_id is not None or group.has_admin(user)),
    }
    return render(request, "groups/authorization.html", context, status=422 if form.is_bound else 200)


class CheckForm(forms.Form):
    """One line of the list: words where it asks for some, a teacher where it asks who reads."""

    words = forms.CharField(max_length=200, error_messages={"required": gettext_lazy("Please write a few words.")})
    moderator = forms.ModelChoiceField(User.objects.none(), to_field_name="public_id", empty_label=None)

    def __init__(self, data: Any = None, *, group: Group, line: Line, words: str = "") -> None:
        moderator = group.classroom.moderator
        super().__init__(
            data,
            auto_id=f"id_{line.key}_%s",
            initial={"words": words, "moderator": moderator.public_id if moderator else None},
        )
        if line.asks:
            self.fields["words"].label = str(line.asks)
        else:
            del self.fields["words"]
        if line.key == Key.MODERATOR:
            field = cast("forms.ModelChoiceField[User]", self.fields["moderator"])
            field.label = gettext_lazy("Who reads what pupils write?")
            teachers = group.memberships.active().leaders().values("user")
            field.queryset = User.objects.filter(pk__in=teachers, is_active=True).order_by("name", "pk")
        else:
            del self.fields["moderator"]

    def clean_words(self) -> str:
        return clean_name(self.cleaned_data["words"], 200)


@require_http_methods(["GET", "HEAD", "POST"])
def launch(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, line by line; each says why it is there."""
    user = person(request)
    group = class_run_by(user, slug)
    refused: dict[str, CheckForm] = {}
    if request.method == "POST":
        line = BY_KEY.get(request.POST.get("key", ""))
        if line is None:
            raise BadRequest("No such line.")
        form = CheckForm(typed(request), group=group, line=line)
        if form.is_valid() and not (line.key == Key.SUPPORT_CONTACTS and not _has_contacts(group)):
            if moderator := form.cleaned_data.get("moderator"):
                group.classroom.change(user, moderator=moderator)
            LaunchCheck.objects.tick(group, line.key, by=user, words=form.cleaned_data.get("words", ""))
            messages.success(request, _("Settled."))
            return redirect("class-launch", slug=slug)
        refused[line.key] = form
    found = launch_of(group)
    rows = [
        (
            state,
            refused.get(state.line.key)
            or CheckForm(group=group, line=state.line, words=state.check.words if state.check else ""),
        )
        for state in found.states
    ]
    context = {"group": group, "launch": found, "rows": rows, "contacts": group.organization.support_contacts.all()}
    return render(request, "groups/launch.html", context, status=422 if refused else 200)


def _has_contacts(group: Group) -> bool:
    return group.organization.support_contacts.exists()


@require_safe
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """A letter to the parents, to print."""
    user = person(request)
    group = class_run_by(user, slug)
    words = dict(LaunchCheck.objects.filter(group=group).values_list("key", "words"))
    context = {
        "group": group,
        "teacher": user.name,
        "lead": words.get(Key.SAFEGUARDING_LEAD, ""),
        "route": words.get(Key.OPT_OUT_ROUTE, ""),
    }
    return render(request, "groups/letter.html", context)
