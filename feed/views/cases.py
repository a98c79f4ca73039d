from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.models.audit import record
from accounts.people import person
from accounts.typed import asked, typed
from feed.cards import name_of, words_of
from feed.decision_form import DecisionForm, ready_note
from feed.models import Act, Case, Decision, Report
from feed.models.photo import photo_of
from groups.models import Group

PAGE = 20


@require_safe
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits to be looked at in a group, the oldest first, and what was decided lately."""
    user = person(request)
    group = get_object_or_404(Group.objects.visible_to(user).select_related("organization"), slug=slug)
    if not group.can_be_run_by(user):
        raise PermissionDenied
    unanswered = Prefetch("reports", queryset=Report.objects.filter(decision=None).order_by("pk"), to_attr="asked")
    decided = Prefetch("decisions", queryset=Decision.objects.select_related("by").order_by("-pk"), to_attr="made")
    cases: Any = Case.objects.decidable_by(user).filter(group=group).with_thing()
    waiting = cases.waiting().prefetch_related(unanswered).order_by(F("waiting_since").asc(nulls_last=True), "pk")
    page = Paginator(waiting, PAGE).get_page(asked(request).get("page"))
    context = {
        "group": group,
        "page": page,
        "waiting": [(case, shown(case), reasons_of(case.asked)) for case in page],
        "decided": [(case, shown(case), case.made[0]) for case in cases.decided().prefetch_related(decided)[:PAGE]],
    }
    return render(request, "feed/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One thing that was reported, and what becomes of it."""
    user = person(request)
    case = _case(user, public_id)
    if request.method != "POST":
        return _show(request, case)
    form = DecisionForm(typed(request))
    if not form.is_valid():
        return _show(request, case, form=form, status=422)
    decision = case.decide(form.cleaned_data["what"], by=user, note=form.cleaned_data["note"])
    if decision is None:
        messages.info(request, _("There is nothing left to decide here."))
    else:
        _say(request, decision)
    return redirect("reports", slug=case.group.slug)


@require_POST
def author(request: HttpRequest, public_id: str) -> HttpResponse:
    """Name who posted as Someone to whoever looks at the report. Each look is written down."""
    user = person(request)
    case = _case(user, public_id)
    if not case.may_name_author_to(user):
        raise PermissionDenied
    record(user, "looked up the author", case.act, group_id=case.group_id)
    return _show(request, case, author=case.act.author)


def _case(user: User, public_id: str) -> Case:
    case = get_object_or_404(Case.objects.visible_to(user).with_thing(), public_id=public_id)
    if not case.is_decidable_by(user):
        raise PermissionDenied
    return case


def _show(
    request: HttpRequest,
    case: Case,
    *,
    form: DecisionForm | None = None,
    author: User | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    unanswered = list(case.reports.filter(decision=None).order_by("pk"))
    note = ready_note(unanswered[0].reason if unanswered else Report.Reason.OTHER)
    context = {
        "case": case,
        "thing": shown(case),
        "reasons": reasons_of(unanswered),
        "said": [report.words for report in unanswered if report.words],
        "made": case.decisions.select_related("by").order_by("-pk"),
        "is_hidden": case.thing.state == Act.State.HIDDEN,
        "is_own": case.thing.author_id == user.pk,
        "may_name": case.may_name_author_to(user),
        "may_restore": case.comment is None and case.act.can_be_restored_by(user),
        "author": author,
        "form": form or DecisionForm(initial={"note": note}),
    }
    return render(request, "feed/case.html", context, status=status)


def shown(case: Case) -> dict[str, Any]:
    """A reported thing as those who decide may read it: an act signed Someone says no more than its card."""
    if not case.is_readable:
        return {"who": "", "words": "", "photo": None}
    if case.comment:
        who = case.comment.author.name if case.comment.author else _("Someone")
        return {"who": who, "words": case.comment.text, "photo": None}
    return {"who": name_of(case.act), "words": words_of(case.act, case.group), "photo": photo_of(case.act)}


def reasons_of(reports: list[Report]) -> list[str]:
    """Each reason once, in the order in which they came; how many gave it is not told."""
    return list(dict.fromkeys(str(report.get_reason_display()) for report in reports))


def _say(request: HttpRequest, decision: Decision) -> None:
    done = {
        Decision.What.HIDDEN: _("It is hidden. Whoever wrote it is told, with your note."),
        Decision.What.REMOVED: _("It is taken down. Whoever wrote it is told, with your note."),
        Decision.What.RESTORED: _("It is shown again."),
        Decision.What.KEPT: _("It stays as it is."),
    }
    act = decision.case.act if decision.case.comment is None else None
    undo = reverse("act-restore", args=[act.public_id]) if act and decision.what == Decision.What.REMOVED else ""
    messages.success(request, done[Decision.What(decision.what)], extra_tags=f"undo:{undo}" if undo else "")
