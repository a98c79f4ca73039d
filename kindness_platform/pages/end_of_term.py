"""The end of a term: what the class takes along, and what becomes of it here."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.names import NameField
from accounts.people import person
from accounts.typed import typed
from challenges.days import day_name
from challenges.models import Challenge
from feed.models import Act
from feed.totals import Totals, totals_of
from groups.class_door import told_apart
from groups.models import Authorization, Classroom, Group, Pupil
from groups.next_year import AlreadyOver, roll_over
from groups.views.pupils import class_run_by

MOST_ACTS = 600
"""So many acts a booklet holds, the newest ones; the table has all of them."""


@require_safe
def end_of_term(request: HttpRequest, slug: str) -> HttpResponse:
    """First what can be taken along, then the two ways on."""
    group = class_run_by(person(request), slug, for_good=True)
    return render(request, "pages/end_of_term.html", {"group": group, "acts": _told_in_words(group).count()})


@require_safe
def booklet(request: HttpRequest, slug: str) -> HttpResponse:
    """The class booklet: what was approved, in words, with first names as the class shows them. Made to be printed."""
    group = class_run_by(person(request), slug, for_good=True)
    chapters, together = _chapters(group)
    context = {
        "group": group,
        "chapters": chapters,
        "together": together,
        "entries": list(_entries(group)),
    }
    return render(request, "pages/booklet.html", context)


@require_safe
def booklet_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a PDF file, to keep or to send."""
    # What draws it is large and needed a few times a year.
    from kindness_platform.booklet_pdf import Booklet, Entry, pdf_of

    group = class_run_by(person(request), slug, for_good=True)
    chapters, together = _chapters(group)
    says = ngettext("One act of kindness, together", "%(together)s acts of kindness, together", together)
    entries = [Entry(act.text, who, day_name(act.done_on)) for act, who in _entries(group)]
    file = pdf_of(
        Booklet(
            title=group.name,
            together=says % {"together": together},
            chapters=[_chapter(challenge) for challenge, _total in chapters],
            entries=entries,
            seed=group.public_id,
            language=get_language() or "en",
        )
    )
    response = HttpResponse(file, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{group.slug}.pdf") or "attachment"
    return response


def _chapters(group: Group) -> tuple[list[tuple[Challenge, int]], int]:
    """The class's challenges with what each of them counted, and all of it."""
    challenges = list(Challenge.objects.filter(group=group, cancelled_at=None).order_by("starts_on", "pk"))
    for challenge in challenges:
        challenge.group = group
    totals = totals_of(challenges)
    return [(challenge, totals[challenge.pk].total) for challenge in challenges], _sum(totals.values())


def _chapter(challenge: Challenge) -> str:
    first, last = (date_format(day, "DATE_FORMAT") for day in (challenge.starts_on, challenge.ends_on))
    return _("%(title)s, %(first)s to %(last)s") % {"title": challenge.title, "first": first, "last": last}


def _told_in_words(group: Group) -> QuerySet[Act]:
    return Act.objects.in_feed().filter(group=group).exclude(text="")


def _entries(group: Group) -> Iterator[tuple[Act, str]]:
    """What was told and who told it, oldest first. Who signed as "Someone" stays so."""
    classroom = group.classroom
    newest = _told_in_words(group).select_related("author")[:MOST_ACTS]
    for act in sorted(newest, key=lambda act: (act.done_on, act.pk)):
        yield act, _who(act, classroom)


def _who(act: Act, classroom: Classroom) -> str:
    if act.signed == Act.Signed.SOMEONE or act.author is None:
        return _("Someone")
    return classroom.shown_name(act.author.name) if act.author.is_pupil else act.author.name


def _sum(totals: Iterable[Totals]) -> int:
    return sum(one.total for one in totals)


class NextYearForm(forms.Form):
    """What the class is called next year, and who comes along."""

    name = NameField(max_length=80, label=gettext_lazy("What is the class called next year?"))
    pupils = forms.MultipleChoiceField(
        label=gettext_lazy("Who comes along?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("The school’s yes holds for the next year, too. I record it anew."),
        error_messages={"required": gettext_lazy("Without the school’s yes no class can go on here.")},
    )

    def __init__(self, data: Any = None, *, group: Group) -> None:
        self.named = told_apart(Pupil.objects.in_class(group))
        everybody = [named.pupil.user.public_id for named in self.named]
        super().__init__(data, initial={"name": group.name, "pupils": everybody})
        field = cast(forms.MultipleChoiceField, self.fields["pupils"])
        field.choices = [(named.pupil.user.public_id, named.shown) for named in self.named]
        if Authorization.objects.live().filter(organization=group.organization, group=None).exists():
            del self.fields["agreed"]

    def chosen(self) -> list[Pupil]:
        along = set(self.cleaned_data["pupils"])
        return [named.pupil for named in self.named if named.pupil.user.public_id in along]


@require_http_methods(["GET", "HEAD", "POST"])
def next_year(request: HttpRequest, slug: str) -> HttpResponse:
    """Two steps: say how the class goes on, then look at it once more and say yes."""
    user = person(request)
    group = class_run_by(user, slug, for_good=True)
    form = NextYearForm(typed(request), group=group)
    if not (form.is_bound and form.is_valid()):
        context = {"group": group, "form": form}
        return render(request, "pages/next_year.html", context, status=422 if form.is_bound else 200)
    chosen = form.chosen()
    if request.POST.get("do") != "yes":
        context = {"group": group, "form": form, "name": form.cleaned_data["name"], "along": len(chosen)}
        return render(request, "pages/next_year_sure.html", context | {"stay": len(form.named) - len(chosen)})
    try:
        new = roll_over(group, name=form.cleaned_data["name"], pupils=chosen, by=user)
    except AlreadyOver:
        return redirect("home")
    messages.success(request, _("%(class)s begins. The old class is gone in seven days.") % {"class": new.name})
    return redirect("class-launch", slug=new.slug)
