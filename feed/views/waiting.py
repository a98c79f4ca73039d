"""Reading first: what waits in a group, one answer each, or one for many."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.models.audit import record
from accounts.people import person
from accounts.typed import typed
from feed import reading, reading_messages
from feed.models import Act, Comment
from feed.models.act import TEXT_LIMIT
from feed.models.act_change import WHY_LIMIT
from feed.waiting_page import waiting_for
from feed.words import WordsField
from groups.models import Group
from groups.views.invite import group_run_by
from kindness_platform.htmx import render_page

TEMPLATE = "feed/waiting.html"
LENGTH = {"max_length": gettext_lazy("This is %(show_value)d characters long; %(limit_value)d fit here.")}


class WordsForm(forms.Form):
    """The words in which an act is shared, where whoever reads puts others in their place."""

    text = WordsField(required=False, max_length=TEXT_LIMIT, error_messages=LENGTH)


class NoteForm(forms.Form):
    """A kind note to somebody whose act is sent back."""

    note = WordsField(
        max_length=WHY_LIMIT,
        error_messages={**LENGTH, "required": gettext_lazy("Please write a few words, so that they know what to do.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    group = group_run_by(user, slug)
    data = typed(request)
    if data is None:
        return _show(request, group)
    do, ids = data.get("do", ""), data.getlist("act")[: reading.MOST]
    if do in {"save", "back"} and ids:
        form: Any = WordsForm(data) if do == "save" else NoteForm(data)
        if not form.is_valid():
            return _show(request, group, refused={ids[0]: (form, do)}, status=422)
    done = _answer(user, group, do, ids, data)
    _say(request, group, do, done)
    return _show(request, group) if request.headers.get("HX-Target") == "waiting" else redirect("waiting", slug=slug)


def _answer(user: User, group: Group, do: str, ids: list[str], data: Any) -> list[str]:
    """Give each of these its answer; returns the ids of those that were still waiting."""
    moment = timezone.now()
    done = []
    for act in Act.objects.filter(group=group, public_id__in=ids).select_related("author", "step__challenge"):
        act.group = group
        if _answer_act(act, user, do, data, moment):
            done.append(act.public_id)
    comments = Comment.objects.filter(group=group, public_id__in=ids).select_related("act", "group")
    return done + [comment.public_id for comment in comments if _answer_comment(comment, user, do)]


def _answer_act(act: Act, user: User, do: str, data: Any, moment: Any) -> bool:
    if act.audience == Act.Audience.PRIVATE:
        return False
    if do == "share":
        return reading.share(act, user, at=moment)
    if do == "save":
        kept = data.getlist("name") if act.credits.exists() else None
        words, without = WordsForm(data), "photo" in data and data["photo"] == "no"
        text = words.cleaned_data["text"] if words.is_valid() else None
        return reading.share(act, user, text=text, names=kept, without_photo=without)
    if do == "back":
        note = NoteForm(data)
        return note.is_valid() and reading.send_back(act, user, note.cleaned_data["note"])
    return do == "decline" and reading.decline(act, user)


def _answer_comment(comment: Comment, user: User, do: str) -> bool:
    if comment.state != Act.State.PENDING or do not in {"share", "decline"}:
        return False
    changed = comment.change(Act.State.SHOWN if do == "share" else Act.State.REMOVED)
    if changed:
        record(user, "shared" if do == "share" else "declined", comment, group_id=comment.group_id)
        reading_messages.nothing_waits(comment.group)
    return changed


def _say(request: HttpRequest, group: Group, do: str, done: list[str]) -> None:
    if not done:
        messages.info(request, _("That did not wait any more, so nothing was changed."))
        return
    n = len(done)
    said = {
        "share": ngettext("Shared.", "%(n)d shared.", n),
        "save": _("Shared, as you put it."),
        "back": _("Sent back, with your note."),
        "decline": _("Declined. Nobody else sees it."),
    }
    undo = reverse("waiting-undo", args=[group.slug, done[0]])
    messages.success(request, said[do] % {"n": n}, extra_tags=f"undo:{undo}")


def _show(
    request: HttpRequest, group: Group, *, refused: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    page = waiting_for(group, user, refused=refused)
    reading.note_who_read(user, page.acts, group)
    is_part = request.headers.get("HX-Target") == "waiting"
    context = {"group": group, "page": page, "note_limit": WHY_LIMIT, "text_limit": TEXT_LIMIT, "oob": is_part}
    return render_page(request, TEMPLATE, context, partial="waiting", status=status)


@require_POST
def undo(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Take an answer back, and what was answered with it."""
    user = person(request)
    group = group_run_by(user, slug)
    act = Act.objects.filter(group=group, public_id=public_id).select_related("author", "step__challenge").first()
    if act is not None:
        undone = reading.undo(act, user)
    else:
        comments = Comment.objects.filter(group=group).select_related("act")
        undone = reading.undo_comment(get_object_or_404(comments, public_id=public_id), user)
    words = ngettext("It waits again.", "%(n)d wait again.", undone) % {"n": undone}
    messages.success(request, words if undone else _("There is nothing to take back here."))
    return redirect("waiting", slug=slug)
