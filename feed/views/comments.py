from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.people import person
from feed.comment_form import CommentForm
from feed.models import Act, Comment
from feed.views.act_page import show_act


@require_POST
def comments(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    acts = Act.objects.visible_to(user).with_card().select_related("challenge")
    act = get_object_or_404(acts, public_id=public_id)
    if not act.is_in_feed or not act.group.policy.comments_open:
        raise PermissionDenied
    form = CommentForm(request.POST)
    if reason := act.group.why_quiet(user):
        form.add_error("text", reason)
    if not form.is_valid():
        return show_act(request, act, form=form, status=422, partial="comments")
    if not limits.allow(request, "comment"):
        form.add_error(
            "text", _("That is a lot at once. Your words are still here; please try again in a few minutes.")
        )
        response = show_act(request, act, form=form, status=429, partial="comments")
        response["Retry-After"] = str(limits.retry_after("comment"))
        response["HX-Reselect"] = "#comments"
        return response
    Comment.objects.post(act, user, form.cleaned_data["text"], form_key=form.cleaned_data["form_key"])
    if request.headers.get("HX-Target") == "comments":
        return show_act(request, act, partial="comments")
    return redirect(f"{act.get_absolute_url()}#comments")


@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    comments = Comment.objects.visible_to(user).select_related("act", "group__organization")
    comment = get_object_or_404(comments, public_id=public_id)
    if not comment.can_be_removed_by(user):
        raise PermissionDenied
    comment.remove()
    messages.success(request, _("The comment was taken down."))
    return redirect(f"{comment.act.get_absolute_url()}#comments")
