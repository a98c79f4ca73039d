"""What this room tells people, in the app: they were thanked, their kindness was passed on, somebody wrote to them.

A notice holds ids. Whether it is still wanted and what it says is decided when it is shown, so an act that
was taken down, a name that was hidden or a group that was left is told to nobody.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import isolated
from feed import answers, case_messages
from feed.models import Act, Comment, Credit
from notifications import outbox, samples
from notifications.kinds import Message, kind_about, register
from notifications.models import Notice, Topic


def act_was_shown(act: Act, credits_: Iterable[Credit] | None = None) -> None:
    """Tell those whom an act concerns, when their group can read it; telling twice is telling once.

    Args:
        act: the one that can be read now.
        credits_: all that it names, where the caller has them at hand.
    """
    if not act.is_in_feed:
        return
    if credits_ is None:
        credits_ = act.credits.filter(state=Credit.State.SHOWN)
    named = [credit for credit in credits_ if credit.person_id != act.author_id]
    told = [(one.person_id, one.public_id, {"credit": one.pk, "group": act.group_id}) for one in named]
    outbox.queue_all("credit", told)
    if act.link_kind == Act.Link.PASSED_ON:
        _tell_earlier(act)


def act_was_hidden(act: Act) -> None:
    """Take back what was told of an act that its group cannot read any more, as far as nobody has read it yet."""
    acts_were_hidden([act])
    if act.state == Act.State.REMOVED and act.author_id is not None:
        # That somebody passed it on is told to its author for as long as it stands.
        outbox.withdraw_about("yours", [act.pk], people=[act.author_id])
    if act.cases.exists():
        case_messages.something_was_settled(act.group)


def acts_were_hidden(acts: Sequence[Act]) -> None:
    """The same for several, but for what was told to their own authors."""
    outbox.withdraw("passed_on", [act.public_id for act in acts])
    outbox.withdraw("credit", Credit.objects.filter(act__in=acts).values_list("public_id", flat=True))
    outbox.withdraw("comment", Comment.objects.filter(act__in=acts).values_list("public_id", flat=True))


def comments_were_hidden(comments: Sequence[Comment]) -> None:
    """Take back that somebody wrote, as far as nobody has read it yet."""
    outbox.withdraw("comment", [comment.public_id for comment in comments])


def _tell_earlier(act: Act) -> None:
    """Tell each person on the way from the origin to this act, once, whichever of their acts it was."""
    columns = ("pk", "parent_id", "author_id", "author__is_active")
    rows = Act.objects.filter(ripple_id=act.ripple_id).values_list(*columns)
    rows = rows.union(Act.objects.filter(pk=act.ripple_id).values_list(*columns))
    chain = {pk: (parent_id, author_id, is_active) for pk, parent_id, author_id, is_active in rows}
    theirs: dict[int, int] = {}
    at = act.parent_id
    while at is not None and at in chain:
        parent_id, author_id, is_active = chain[at]
        if is_active and author_id != act.author_id:
            theirs.setdefault(author_id, at)
        at = parent_id
    about = {"act": act.pk, "group": act.group_id}
    told = [(person, act.public_id, {**about, "yours": yours}) for person, yours in theirs.items()]
    outbox.queue_all("passed_on", told)


def comment_was_shown(comment: Comment) -> None:
    """Tell the author of an act that somebody wrote under it."""
    author = comment.act.author
    if author is not None and author.pk != comment.author_id:
        context = {"comment": comment.pk, "group": comment.group_id}
        outbox.queue(author, "comment", comment.public_id, context=context)


def act_was_answered(act: Act) -> None:
    """Somebody reacted to an act. It stands on its card; its author is told with the other answers of the day."""
    if act.author_id is not None:
        answers.somebody_reacted(act)


def _name(act: Act) -> str:
    """Who an act is signed by, as its group reads it."""
    return isolated(act.signed_by) if act.signed_by else _("Someone")


def _letter() -> dict[str, str]:
    return {"settings_url": settings.BASE_URL + reverse("reminders")}


def _readable(notices: Sequence[Notice], act_ids: Iterable[int]) -> set[int]:
    """Which of these acts their reader finds in a feed now. The notices are all of one person."""
    person = notices[0].recipient if notices else None
    if person is None:
        return set()
    return set(Act.objects.visible_to(person).in_feed().filter(pk__in=set(act_ids)).values_list("pk", flat=True))


def _ids(notices: Sequence[Notice], name: str) -> dict[int, int]:
    """By notice, the id it holds under a name."""
    return {notice.pk: notice.context[name] for notice in notices if name in notice.context}


def _credits(notices: Sequence[Notice]) -> dict[int, Credit]:
    ids = _ids(notices, "credit")
    shown = Credit.objects.filter(pk__in=ids.values(), state=Credit.State.SHOWN).select_related("act__author")
    found = {credit.pk: credit for credit in shown}
    readable = _readable(notices, (credit.act_id for credit in found.values()))
    return {notice: found[pk] for notice, pk in ids.items() if pk in found and found[pk].act_id in readable}


def _say_credit(_notice: Notice, credit: Credit) -> Message:
    name = _name(credit.act)
    if credit.act.kind == Act.Kind.RECEIVED:
        line = _("%(name)s thanks you for a kindness.") % {"name": name}
    else:
        line = _("%(name)s saw a kindness of yours and thanked you.") % {"name": name}
    return Message(subject=line, line=line, path=reverse("credits"), template="mail/answer", context=_letter())


def _passed_on(notices: Sequence[Notice]) -> dict[int, Act]:
    """The acts that followed, as long as the reader's own act still stands."""
    ids, yours = _ids(notices, "act"), _ids(notices, "yours")
    standing = Act.objects.filter(pk__in=yours.values()).exclude(state=Act.State.REMOVED)
    kept = set(standing.values_list("pk", flat=True))
    readable = _readable(notices, ids.values())
    found = Act.objects.filter(pk__in=readable).select_related("author", "ripple").in_bulk()
    return {notice: found[pk] for notice, pk in ids.items() if pk in found and yours.get(notice) in kept}


def _say_passed_on(notice: Notice, act: Act) -> Message:
    name = _name(act)
    if act.parent_id == notice.context.get("yours"):
        line = _("%(name)s passed your kindness on.") % {"name": name}
    else:
        line = _("Your kindness went further: %(name)s passed it on.") % {"name": name}
    path = reverse("ripple", args=[act.ripple.public_id]) if act.ripple else ""
    return Message(subject=line, line=line, path=path, template="mail/answer", context=_letter())


def _comments(notices: Sequence[Notice]) -> dict[int, Comment]:
    ids = _ids(notices, "comment")
    shown = Comment.objects.filter(pk__in=ids.values(), state=Act.State.SHOWN).select_related("author", "act")
    found = {comment.pk: comment for comment in shown}
    readable = _readable(notices, (comment.act_id for comment in found.values()))
    return {notice: found[pk] for notice, pk in ids.items() if pk in found and found[pk].act_id in readable}


def _say_comment(_notice: Notice, comment: Comment) -> Message:
    name = isolated(comment.author.name) if comment.author else _("Someone")
    line = _("%(name)s wrote under your act.") % {"name": name}
    path = f"{comment.act.get_absolute_url()}#comments"
    return Message(subject=line, line=line, path=path, template="mail/answer", context=_letter())


MANNER: dict[str, Any] = {"push": True, "topic": Topic.ANSWERS}
KINDS = (
    kind_about("credit", _credits, _say_credit, **MANNER),
    kind_about("passed_on", _passed_on, _say_passed_on, **MANNER),
    kind_about("comment", _comments, _say_comment, **MANNER),
)
for _told in KINDS:
    register(_told)


def _sample() -> Message:
    line = _("%(name)s saw a kindness of yours and thanked you.") % {"name": "Nora"}
    return Message(subject=line, line=line, path=reverse("credits"), template="mail/answer", context=_letter())


samples.register("answer", "credit", _sample)
