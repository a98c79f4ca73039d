"""Adding pupils: one name or a whole list, looked at before anything is changed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.typed import typed
from groups import roster
from groups.models import Authorization, NotAuthorized, Pupil
from groups.views.pupils import class_run_by

BIGGEST = 512 * 1024


class RosterForm(forms.Form):
    names = forms.CharField(
        required=False,
        max_length=roster.MOST_LETTERS,
        strip=False,
        label=gettext_lazy("Names, one a line"),
        help_text=gettext_lazy("First names or nicknames, typed or pasted. Numbers before a name do not matter."),
        widget=forms.Textarea(attrs={"rows": 8, "autocapitalize": "words", "spellcheck": "false"}),
    )
    file = forms.FileField(
        required=False,
        label=gettext_lazy("Or a CSV file"),
        help_text=gettext_lazy("We read the column of first names and nothing else. The file is not kept."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    whole = forms.BooleanField(
        required=False,
        label=gettext_lazy("These are first names only, also those of two words"),
        help_text=gettext_lazy("Otherwise we keep the first word of each line, because surnames have no place here."),
    )

    def clean_file(self) -> str:
        sent = self.cleaned_data["file"]
        if sent is None:
            return ""
        if sent.size > BIGGEST:
            raise ValidationError(_("This file is too large for a class list."))
        try:
            return roster.lines_of_csv(sent.read())
        except roster.NoText:
            raise ValidationError(_("This is no CSV file. In a spreadsheet, choose “Save as” and then CSV.")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data.get("names", "").strip() or data.get("file", "").strip()):
            self.add_error("names", _("Please give at least one name."))
        return data

    @property
    def text(self) -> str:
        """Both ways of giving names, as one list."""
        return "\n".join(filter(None, [self.cleaned_data["names"], self.cleaned_data["file"]]))


@require_http_methods(["GET", "HEAD", "POST"])
def add_pupils(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    group = class_run_by(user, slug)
    if not Authorization.objects.covering(group).exists():
        messages.info(request, _("First somebody says that this class may take part. It is one short page."))
        return redirect("class-authorization", slug=slug)
    form = RosterForm(typed(request), request.FILES if request.method == "POST" else None)
    changes, text = None, ""
    if form.is_bound and form.is_valid():
        text, whole = form.text, form.cleaned_data["whole"]
        changes = roster.diff(group, roster.read(text, whole=whole))
        if request.POST.get("do") == "add" and changes.is_good:
            try:
                added = roster.add_all(group, text, by=user, whole=whole)
            except NotAuthorized:
                return redirect("class-authorization", slug=slug)
            words = ngettext("%(count)d pupil was added.", "%(count)d pupils were added.", len(added))
            messages.success(request, words % {"count": len(added)})
            return redirect("class-pupils", slug=slug)
    wrong = form.is_bound and (not form.is_valid() or (changes is not None and not changes.is_good))
    context = {
        "group": group,
        "form": form,
        "changes": changes,
        "text": text,
        "here": Pupil.objects.in_class(group).count(),
    }
    return render(request, "groups/add_pupils.html", context, status=422 if wrong else 200)
