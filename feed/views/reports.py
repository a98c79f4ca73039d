from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.people import person
from accounts.pupils import open_to_pupils
from accounts.typed import typed
from feed.cards import name_of, words_of
from feed.models import Act, Case, Comment, Report
from feed.report_form import ReportForm
from groups.models import Membership


@open_to_pupils
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask those who run the group to look at an act."""
    user = person(request)
    act = get_object_or_404(Act.objects.visible_to(user).with_card(), public_id=public_id)
    if act.author_id == user.pk or act.state != Act.State.SHOWN:
        raise PermissionDenied
    return _report(request, act, None)


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask those who run the group to look at a comment."""
    user = person(request)
    comments = Comment.objects.visible_to(user).select_related("author", "act__group__organization", "act__author")
    comment = get_object_or_404(comments, public_id=public_id)
    if comment.author_id == user.pk or {comment.state, comment.act.state} != {Act.State.SHOWN}:
        raise PermissionDenied
    return _report(request, comment.act, comment)


def _report(request: HttpRequest, act: Act, comment: Comment | None) -> HttpResponse:
    user = person(request)
    status = 200
    if request.method == "POST":
        form = ReportForm(typed(request))
        status = 422
        if form.is_valid():
            if limits.allow(request, _limit(request, act)):
                return _send(request, act, comment, form)
            form.add_error(None, _("Those were many reports in a short time. Please come back a little later."))
            status = 429
    else:
        mine = Report.objects.filter(case__act=act, case__comment=comment, reporter=user, decision=None).first()
        form = ReportForm(initial={"reason": mine.reason, "words": mine.words} if mine else None)
    context = {
        "act": act,
        "comment": comment,
        "who": _author(comment) if comment else name_of(act),
        "words": comment.text if comment else words_of(act, act.group),
        "form": form,
        "again": bool(form.initial),
        "is_named": act.credits.filter(person=user).exists(),
    }
    template = "feed/report_pupil.html" if user.is_pupil else "feed/report.html"
    response = render(request, template, context, status=status)
    if status == 429:
        response["Retry-After"] = str(limits.retry_after(_limit(request, act)))
    return response


def _send(request: HttpRequest, act: Act, comment: Comment | None, form: ReportForm) -> HttpResponse:
    user = person(request)
    case = Case.objects.about(act, comment)
    case.report(user, **form.cleaned_data)
    if case.is_decidable_by(user):
        return redirect(case)
    if user.is_pupil:
        messages.success(request, _("Thank you. Your teacher will look at it."))
        return redirect("home")
    messages.success(request, _("Thank you. Somebody who runs the group will look at it."))
    return redirect(act.group)


def _limit(request: HttpRequest, act: Act) -> str:
    """Whoever may not write for a while may still report, though not to keep others busy."""
    here = Membership.objects.active().filter(group=act.group_id, user=person(request))
    return "report_muted" if here.filter(muted_until__gt=timezone.now()).exists() else "report"


def _author(comment: Comment) -> str:
    return comment.author.name if comment.author else _("Someone")
