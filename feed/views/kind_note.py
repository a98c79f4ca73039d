"""A kind note from who leads a group: to everybody, or to those who have not told anything yet. One a week."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import typed
from feed.models import KindNote
from feed.models.kind_note import LENGTH, Already
from feed.words import WordsField
from groups.models import Group


class KindNoteForm(forms.Form):
    to = forms.ChoiceField(label=gettext_lazy("For whom"), choices=KindNote.To, widget=forms.RadioSelect)
    text = WordsField(
        label=gettext_lazy("Your words"),
        help_text=gettext_lazy("Plain and short is best. Please name nobody."),
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def kind_note(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    group = get_object_or_404(Group.objects.visible_to(user).select_related("organization"), slug=slug)
    if not group.can_be_run_by(user):
        raise PermissionDenied
    if group.is_class:  # a teacher speaks to them
        raise Http404
    group.check_open()
    sent = typed(request)
    form = KindNoteForm(sent, initial=_suggested())
    if form.is_bound and form.is_valid():
        if reason := group.why_quiet(user):
            form.add_error(None, reason)
        else:
            try:
                KindNote.objects.send(group, user, **form.cleaned_data)
            except Already:
                form.add_error(None, _("There was a note this week already. One a week is plenty."))
            else:
                messages.success(request, _("Your note is on its way."))
                return redirect("lead", slug=slug)
    context = {"group": group, "form": form, "already": KindNote.objects.of_this_week(group) if not sent else None}
    return render(request, "feed/kind_note.html", context, status=422 if form.is_bound else 200)


def _suggested() -> dict[str, Any]:
    return {
        "to": KindNote.To.ALL,
        "text": _(
            "How is your week? If something kind crossed your way, we would love to hear of it. If not, fine, too."
        ),
    }
