from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.names import isolated
from accounts.people import person
from accounts.typed import asked
from feed.cards import cards_for, name_of
from feed.comment_form import CommentForm
from feed.models import Act, Case, Comment, Credit, Decision, Moment
from feed.ripples import label_of, nodes_of, ripple_of, told
from groups.models import Group
from groups.places import places_of
from kindness_platform.htmx import render_page

DRAWN_BESIDE = 12
COMMENTS_SHOWN, COMMENTS_MOST = 50, 500


@require_safe
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """The lasting address of an act. Once it is taken down only its author finds something here: the way back."""
    user = person(request)
    gone = Q(author=user, state=Act.State.REMOVED, group__in=Group.objects.visible_to(user))
    seen = Q(pk__in=Act.objects.visible_to(user).filter(public_id=public_id).values("pk"))
    acts = Act.objects.with_card().select_related("challenge")
    act = get_object_or_404(acts.filter(seen | gone), public_id=public_id)
    return show_gone(request, act) if act.state == Act.State.REMOVED else show_act(request, act)


def show_gone(request: HttpRequest, act: Act, *, words: str = "", status: int = 200) -> HttpResponse:
    """What its author finds of an act that was taken down, with the `words` that were to take the place of its own."""
    return render(request, "feed/act_gone.html", _gone(act, person(request)) | {"words": words}, status=status)


def show_act(
    request: HttpRequest, act: Act, *, form: CommentForm | None = None, status: int = 200, partial: str = ""
) -> HttpResponse:
    """The page of an act, or one of its parts, also with a comment that could not be taken."""
    user = person(request)
    is_run = act.group.can_be_run_by(user)
    # What the page's frame asks as well saves the cards from asking once more.
    act.group.is_run = is_run
    act.group.my_place = next((place.my_place for place in places_of(request).groups if place == act.group), None)
    ripple = ripple_of(act, user)
    drawn = ripple.branch(act, most=DRAWN_BESIDE)
    may_choose = is_run and act.challenge is not None and act.is_in_feed
    context = {
        "act": act,
        "heading": _("Your act")
        if act.author_id == user.pk
        else _("An act by %(name)s") % {"name": isolated(name_of(act))},
        "is_own": act.author_id == user.pk,
        "cards": cards_for([act], user, [act.group]),
        "thanked": _thanked(act, user),
        "hidden": act.state == Act.State.HIDDEN and _hidden(act, user),
        "ripple": ripple,
        "nodes": nodes_of(drawn),
        "label": label_of(drawn, ripple),
        "story": told(drawn, current=act) if len(ripple.places) > 1 else [],
        "more": len(ripple.places) - len(drawn),
        "may_choose": may_choose,
        "is_moment": may_choose and Moment.objects.filter(challenge=act.challenge, act=act).exists(),
        **_comments(request, act, is_run=is_run),
        "form": form or CommentForm(),
    }
    return render_page(request, "feed/act.html", context, partial=partial, status=status)


def _comments(request: HttpRequest, act: Act, *, is_run: bool) -> dict[str, object]:
    user = person(request)
    most = COMMENTS_MOST if asked(request).get("comments") == "all" else COMMENTS_SHOWN
    newest = Comment.objects.visible_to(user).filter(act=act).select_related("author").order_by("-created_at", "-pk")
    found = list(newest[: most + 1])
    return {
        "comments": [(c, is_run or c.author_id == user.pk) for c in reversed(found[:most])],
        "has_earlier": len(found) > most,
        "may_comment": act.is_in_feed and act.group.policy.comments_open,
    }


def _gone(act: Act, user: User) -> dict[str, object]:
    """What its author reads of an act that was taken down: by whom, why, and whether it can come back."""
    last, decision = act.changes.order_by("-pk").first(), _decision_about(act)
    return {
        "act": act,
        "may_restore": act.can_be_restored_by(user),
        "is_by_author": last is not None and last.by_id == user.pk,
        "note": decision.note if decision else "",
    }


def _decision_about(act: Act) -> Decision | None:
    return Decision.objects.filter(case__act=act, case__comment=None).select_related("case").order_by("-pk").first()


def _hidden(act: Act, user: User) -> dict[str, object]:
    """Why an act is hidden and what its reader can do: its author change it, those who run the group decide."""
    case = Case.objects.filter(act=act, comment=None).first()
    decision = _decision_about(act)
    decided = decision is not None and decision.what == Decision.What.HIDDEN
    return {
        "waits": case is not None and (case.waiting_since is not None or case.was_changed),
        "note": decision.note if decision and decided else "",
        "case": case if case and case.is_decidable_by(user) else None,
    }


def _thanked(act: Act, user: User) -> list[str]:
    """Who said thank you for being seen; only the author is told, and never who did not."""
    if act.author_id != user.pk or act.kind not in Act.NAMING:
        return []
    thanked = Credit.objects.filter(act=act, thanked_at__isnull=False, state=Credit.State.SHOWN)
    return list(thanked.order_by("thanked_at").values_list("person__name", flat=True))
